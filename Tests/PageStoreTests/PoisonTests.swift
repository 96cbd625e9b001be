import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// Failed syncs while others commit: rule 9 with threads.
@Suite struct PoisonTests {
  /// After a sync of the page file fails inside a checkpoint in the background, nothing more is
  /// acknowledged, no header is written, and nothing is tried again.
  @Test func aSyncThatFailsInABackgroundCheckpointPoisons() throws {
    var acknowledgedBefore = 0
    for nth in 1...3 {
      let scenario = Scenario(seed: UInt64(60 + nth)) {
        $0.hasBackgroundCheckpoints = true
        $0.checkpointLogBytes = 32 << 10
      }
      try scenario.create()
      try scenario.commit { for _ in 0..<8 { try $0.allocate() } }
      let files = scenario.files
      files.inject(InjectedFault([.sync], of: Scenario.path, nth: nth, effect: .forgets))
      var failed: StoreError?
      for round in 0..<2_000 as Range<UInt64> where failed == nil {
        do {
          try scenario.commit { try $0.fill(3 + UInt32(round % 8), round) }
        } catch {
          failed = error as? StoreError
        }
      }
      let begun = files.operationCount
      #expect(failed?.code == .poisoned, "\(String(describing: failed))")
      acknowledgedBefore += scenario.timeline.steps.count { $0.acknowledged < .max }
      #expect { try scenario.commit { try $0.allocate() } } throws: {
        ($0 as? StoreError)?.code == .poisoned
      }
      #expect { try scenario.close() } throws: { ($0 as? StoreError)?.code == .poisoned }
      #expect(files.operationCount == begun, "a poisoned handle wrote")
      // Behind the failed sync no page was written; the group that was on its way may have been.
      let operations = (1...begun).compactMap { files.operation($0) }
      let last = operations.lastIndex { if case .sync(Scenario.path) = $0 { true } else { false } }
      for operation in operations[((last ?? 0) + 1)...] {
        if case .write(Scenario.path, _, _) = operation { Issue.record("a page was written") }
      }
      var explorer = CrashExplorer()
      for survival in [Survival.nothing, .everything, .random(3)] {
        _ = explorer.check(
          files.crash(keeping: survival), scenario.timeline,
          scenario.timeline.allowed(after: begun), "sync \(nth) failed", options: scenario.options)
      }
      #expect(explorer.failures == 0)
    }
    #expect(acknowledgedBefore > 6)
  }

  /// Commits that wait for a group whose sync fails all get the error, and none later succeeds.
  @Test func waitingCommitsGetTheError() throws {
    let scenario = Scenario(seed: 64)
    try scenario.create()
    try scenario.commit { for _ in 0..<4 { try $0.allocate() } }
    let tickets = try (0..<6 as Range<UInt8>).map { round in
      try scenario.prepare { try $0.set(3, at: Int(round), [round]) }
    }
    scenario.files.inject(InjectedFault([.sync], of: Pager.logPath(Scenario.path)))
    let poisoned = Atomic<Int>(0)
    let threads = tickets.map { ticket in
      TestThread {
        do throws(StoreError) {
          try ticket.wait()
        } catch {
          if error.code == .poisoned { poisoned.wrappingAdd(1, ordering: .relaxed) }
        }
      }
    }
    for thread in threads { try thread.join() }
    #expect(poisoned.load(ordering: .relaxed) == 6)
    let reader = try scenario.pager.beginRead()
    #expect(try CrashExplorer.holds(reader, 3, scenario.timeline.steps[1].contents[3] ?? []))
    reader.rollback()
  }

  /// The system tells of a failed sync once: a second thread that synced the same file meanwhile
  /// must not take its own sync for a good one.
  @Test func aSyncBesideAFailedOneFailsToo() throws {
    let file = FailsOnce()
    let gate = SyncGate(file)
    let threads = (0..<4).map { _ in TestThread { try gate.sync() } }
    var failures = 0
    for thread in threads {
      do { try thread.join() } catch { failures += 1 }
    }
    #expect(failures == 4)
    #expect(file.calls.load(ordering: .relaxed) == 1)
  }
}

/// A file whose first sync fails, slowly, and whose later ones would succeed.
private final class FailsOnce: StorageFile {
  let calls = Atomic<Int>(0)

  func sync() throws(StoreError) {
    guard calls.wrappingAdd(1, ordering: .relaxed).oldValue == 0 else { return }
    for _ in 0..<20 { pause() }
    throw StoreError(.io, "lost", errno: 5)
  }
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int { 0 }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {}
  func size() throws(StoreError) -> UInt64 { 0 }
  func truncate(to size: UInt64) throws(StoreError) {}
  func lockForWriting() throws(StoreError) -> LockResult { .acquired }
  func identity() throws(StoreError) -> FileIdentity {
    FileIdentity(device: 0, inode: 0, linkCount: 1, isRegular: true)
  }
  func close() {}

  /// A log whose first sync failed, taken over by the next process: its size must become durable
  /// before a header counts on it, or a power cut leaves a file that cannot be opened.
  @Test(arguments: [InjectedFault.Effect.none, .forgets])
  func aLogThatWasNeverDurableIsMadeSo(effect: InjectedFault.Effect) throws {
    for call in [InjectedFault.Call.sync, .write] {
      let scenario = Scenario(seed: 21)
      try scenario.create()
      try scenario.close()
      try scenario.reopen()
      let wal = Pager.logPath(Scenario.path)
      let fault = call == .sync ? effect : .whole
      scenario.files.inject(InjectedFault([call], of: wal, effect: fault))
      // The cut of the part that was written fails too.
      scenario.files.inject(InjectedFault([.truncate], of: wal))
      #expect(throws: StoreError.self) { try scenario.commit { try $0.allocate() } }
      scenario.files.clearFaults()
      try? scenario.close()
      try scenario.reopen()
      try scenario.commit { try $0.allocate(5) }
      let after = scenario.files.crash(keeping: .nothing)
      let last = scenario.timeline.steps.count - 1
      let pager = try Pager.open(path: Scenario.path, fileSystem: after, options: scenario.options)
      #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
      try pager.close()
    }
  }
}
