/// Faults that the engine can be told to have, so that Tests/Torture can show that it finds them.
///
/// `planted(_:)` asks for one at the place where it would be made. Without the trait `TestSwitches`
/// the answer is a constant, and nothing of it is compiled.
@usableFromInline
package enum PlantedBug: Int, CaseIterable, Sendable {
  // What is forgotten or done in the wrong order.
  /// A group of the log is acknowledged without a sync.
  case skipLogSync = 1
  /// A checkpoint's pages are not synced before its header.
  case skipPageSync
  /// A header is not synced before log space is used again.
  case skipHeaderSync
  /// The folder is not synced after a file was created or renamed.
  case skipDirectorySync
  /// A checkpoint's header is written before its pages.
  case headerBeforePages
  /// Records and segments of any incarnation are taken for those of this one.
  case noSaltCheck
  /// A page's checksum does not depend on its number, and its number is not looked at.
  case noPageNumberInChecksum
  /// A page that is freed takes the one freed before with it, whoever has that by now.
  case doubleFree
  /// A checkpoint overwrites what snapshots still need.
  case readerMarkIgnored
  /// A write that took only its first bytes counts as done.
  case shortWriteIgnored
  /// A call that a signal interrupted counts as failed.
  case interruptIsError
  /// A cell is put where one byte of it has no room.
  case cellBoundOffByOne
  /// A unique key replaces its double instead of being refused.
  case skipUniqueCheck
  /// What refers to a deleted entry goes with it, what refers to that stays.
  case cascadeStopsAtDepthOne
  /// References that wait for the commit are forgotten there.
  case deferredChecksForgotten
  /// A changed key leaves its old index entry behind.
  case indexEntryLeftBehind
  /// Memory is used again although a reader is looking at it.
  case memoryReusedUnderReader
  /// Closing goes on, and removes the log, after a failed sync.
  case closeForgetsFailure
  /// Pages of a large commit are not synced before it is logged.
  case bulkPagesNotSynced
  /// Changes are applied to a page that misses the ones before.
  case lostWriteUnnoticed

  // One for each of the log's rules.
  /// Groups: one begins in the block in which the one before ends.
  case rule1GroupsShareBlocks
  /// Tail rule: any damage counts as a torn tail.
  case rule2DamageIsTail
  /// After a dropped tail the old salt and the old positions go on.
  case rule3SaltKept
  /// Who writes the page file: pages of a running transaction go there too.
  case rule4UncommittedPagesWritten
  /// Bulk path: pages that were in use since the last checkpoint are written directly.
  case rule5BulkPagesAnywhere
  /// Torn pages: a checkpoint logs no images.
  case rule6NoImages
  /// Reuse: log space below the newer header's checkpoint is used again.
  case rule7ReuseBelowNewer
  /// Checkpoint: nothing begins one.
  case rule8NoTrigger
  /// Failed sync: it is tried again, and what it then says is believed.
  case rule9SyncRetried
  /// Foreign logs: one is taken for an empty log of this file.
  case rule10ForeignLogTaken
  /// Rewriting compact: the new file goes on with the old one's incarnation.
  case rule11IncarnationKept
}

#if TEST_SWITCHES
  import Synchronization

  extension PlantedBug {
    private static let number = Atomic<Int>(0)

    /// The one that the engine has now, if any.
    package static var current: PlantedBug? {
      get { PlantedBug(rawValue: number.load(ordering: .relaxed)) }
      set { number.store(newValue?.rawValue ?? 0, ordering: .relaxed) }
    }

    static func isCurrent(_ bug: PlantedBug) -> Bool {
      number.load(ordering: .relaxed) == bug.rawValue
    }
  }

  /// Whether the engine is to have this bug.
  package func planted(_ bug: PlantedBug) -> Bool { PlantedBug.isCurrent(bug) }
#else
  /// Never: the engine has no planted bugs.
  @inlinable @inline(__always)
  package func planted(_ bug: PlantedBug) -> Bool { false }
#endif
