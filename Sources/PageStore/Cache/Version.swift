import Synchronization

/// One version of one page in memory, and where its bytes are.
///
/// Readers walk from a page's newest version along `previous` without a lock; everything that is
/// not atomic is either written before the version is published, or guarded by the cache's lock, or
/// belongs to the write transaction that made the version.
struct Version: ~Copyable {
  /// The page's bytes, or 0 while they are spilled.
  let data = Atomic<UInt>(0)
  /// The version before this one that some snapshot may still need.
  let previous = Atomic<UInt>(0)
  /// Set by readers, cleared by the eviction hand (second chance).
  let isReferenced = Atomic<Bool>(false)
  /// Set while the eviction hand decides; a pin that sees it goes the slow way.
  let isEvicting = Atomic<Bool>(false)
  let pins = Atomic<Int>(0)

  /// The LSN of the page's last change.
  var lsn: LSN = 0
  /// The LSN of the page's allocation or of its newest image in the log, or 0: while the log still
  /// holds it, recovery needs no older base.
  var freshLSN: LSN = 0
  var page: PageNumber = 0
  /// One more than the slot in the spill file, or 0.
  var spillSlot: UInt32 = 0
  /// Committed, and not yet in the page file.
  var isDirty = false
  /// An old version that a snapshot needs and the page file no longer has.
  var isRetained = false
  /// The place in the eviction ring, or -1.
  var ringIndex = -1

  // Of the write transaction that owns this private version:
  var baseLSN: LSN = 0
  var logIndex: UInt32 = 0
  var loggedBytes: UInt32 = 0
  var savepointDepth: UInt32 = 0
  var isFresh = false
  var isImageAtCommit = false
  var isBulk = false
  /// Only the page file has it: see `PageTransaction.seal`.
  var isInFile = false
}

typealias VersionPointer = UnsafeMutablePointer<Version>

extension UnsafeMutablePointer<Version> {
  @inline(__always) init?(word: UInt) { self.init(bitPattern: word) }
  @inline(__always) var word: UInt { UInt(bitPattern: self) }
  @inline(__always) var bytes: UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: pointee.data.load(ordering: .acquiring))
  }
  @inline(__always) var older: VersionPointer? {
    VersionPointer(word: pointee.previous.load(ordering: .acquiring))
  }
}
