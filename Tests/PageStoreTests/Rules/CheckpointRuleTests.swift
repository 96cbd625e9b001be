import CareFSTestSupport
import Testing

@testable import PageStore

/// Rules 7 to 9 of the log: reuse, when checkpoints run, failed syncs.
@Suite struct CheckpointRuleTests {
  private static let log = Pager.logPath(Scenario.path)

  /// Rule 7: at any moment the newer copy of the header may rot: the older one still finds all.
  @Test func eitherHeaderFindsEverything() throws {
    var explorer = CrashExplorer()
    let names = [
      "log reuse over segments", "two checkpoints", "reopen and commit", "close after a crash",
      "bulk transaction", "file growth",
    ]
    for workload in Workload.all where names.contains(workload.name) {
      let scenario = try workload.run()
      for number in 0...scenario.files.operationCount {
        guard let range = scenario.timeline.allowed(after: number) else { continue }
        for slot in 0..<2 {
          // Nothing is unsynced: rot, and not a crash, took the header.
          guard scenario.files.unsyncedItems(after: number).isEmpty else { continue }
          let files = scenario.files.crash(after: number, keeping: .everything)
          files.flip(Scenario.path, at: slot * 4096 + 200, mask: 1)
          explorer.images += 1
          _ = explorer.check(
            files, scenario.timeline, range, "\(workload.name): after \(number), header \(slot)",
            options: scenario.options)
        }
      }
    }
    printFaults("F10 rotten header", injected: explorer.images, failed: explorer.failures)
    #expect(explorer.images > 50)
  }

  /// Rule 8: the log stays bounded however much is written, beside a reader that stays, too.
  @Test func theLogStaysBoundedBesideAReaderThatStays() throws {
    let scenario = Scenario(seed: 8) {
      $0.checkpointLogBytes = 64 << 10
      $0.maximumLogBytes = 1 << 20
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<6 { try $0.allocate() } }
    let known = scenario.contents
    let reader = try scenario.pager.beginRead()
    for round in 0..<120 as Range<UInt64> {
      try scenario.commit { try $0.fill(3 + UInt32(round % 6), round) }
    }
    let metrics = try scenario.pager.metrics
    #expect(metrics.checkpoints > 3)
    #expect(try scenario.pager.log?.bytesInUse ?? 0 <= 256 << 10)
    #expect((scenario.files.contents(of: Self.log)?.count ?? 0) <= 384 << 10)
    #expect((scenario.files.contents(of: Scenario.path)?.count ?? 0) <= 10 * 4096)
    for (page, bytes) in known { #expect(try CrashExplorer.holds(reader, page, bytes)) }
    reader.rollback()
  }

  /// Rule 8: many pages with small changes lead to a checkpoint as well.
  @Test func manyDirtyPagesLeadToACheckpoint() throws {
    let scenario = Scenario(seed: 8) { $0.cacheBytes = 0 }
    try scenario.create()
    for _ in 0..<40 { try scenario.commit { try $0.allocate() } }
    #expect(try scenario.pager.metrics.checkpoints > 0)
  }

  /// Rule 9: the first failed sync poisons the handle; nothing is acknowledged any more, and nothing
  /// is synced again as if it could help.
  @Test func theFirstFailedSyncPoisons() throws {
    for path in [Self.log, Scenario.path] {
      let scenario = Scenario(seed: 9)
      try scenario.create()
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      scenario.files.inject(InjectedFault([.sync], effect: .forgets))
      if path == Self.log {
        #expect(throws: StoreError.self) { try scenario.commit { try $0.set(3, at: 0, [1]) } }
      } else {
        #expect(throws: StoreError.self) { try scenario.checkpoint() }
      }
      let count = scenario.files.operationCount
      for _ in 0..<3 {
        #expect { try scenario.commit { try $0.set(4, at: 0, [2]) } } throws: {
          ($0 as? StoreError)?.code == .poisoned
        }
        #expect { try scenario.checkpoint() } throws: { ($0 as? StoreError)?.code == .poisoned }
      }
      #expect { try scenario.close() } throws: { ($0 as? StoreError)?.code == .poisoned }
      #expect(scenario.files.operationCount == count, "a poisoned handle wrote")
      var explorer = CrashExplorer()
      _ = explorer.check(
        scenario.files.crash(keeping: .nothing), scenario.timeline,
        1...scenario.timeline.steps.count - 1, "after a failed sync", options: scenario.options)
      #expect(explorer.failures == 0)
    }
  }

  /// Rule 9: the header by which a file was closed may not be on the disk when its sync failed, although
  /// it is read. The log that the one before it needs stays until it is.
  @Test func aLogIsKeptUntilTheClosedHeaderIsOnTheDisk() throws {
    var explorer = CrashExplorer()
    var closed = 0
    for nth in 1...6 {
      let scenario = Scenario(seed: 11)
      try scenario.create()
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.commit { try $0.set(3, at: 0, [1]) }
      scenario.files.inject(
        InjectedFault([.sync], of: Scenario.path, nth: nth, effect: .forgets))
      try? scenario.close()
      scenario.files.clearFaults()
      // The process is started again; the system was up all the time.
      let begun = scenario.files.operationCount
      try scenario.reopen()
      if try scenario.pager.log == nil { closed += 1 }
      try scenario.commit { try $0.set(4, at: 0, [2]) }
      for number in begun...scenario.files.operationCount {
        for survival in [Survival.nothing, .everything, .random(UInt64(number))] {
          _ = explorer.check(
            scenario.files.crash(after: number, keeping: survival), scenario.timeline,
            scenario.timeline.allowed(after: number), "sync \(nth) of closing failed",
            options: scenario.options)
        }
      }
    }
    // Some of them were read as closed cleanly.
    #expect(closed > 1)
    #expect(explorer.failures == 0)
  }

  /// Rule 9: after a failed sync reads may show bytes that the disk lacks. Recovery writes them again
  /// before it serves, so that a power cut at any later moment loses nothing that it showed.
  @Test func recoveryWritesAgainWhatTheDiskMayLack() throws {
    var explorer = CrashExplorer()
    var restarts = 0
    for nth in 1...6 {
      let scenario = Scenario(seed: 10)
      try scenario.create()
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.commit { try $0.set(3, at: 0, [1]) }
      scenario.files.inject(InjectedFault([.sync], nth: nth, effect: .forgets))
      do {
        try scenario.checkpoint()
        for round in 2...5 as ClosedRange<UInt8> {
          try scenario.commit {
            try $0.set(3, at: 0, [round])
            try $0.set(4, at: 0, [round])
          }
        }
      } catch {}
      scenario.files.clearFaults()
      try? scenario.close()
      // The process is started again; the system was up all the time.
      let begun = scenario.files.operationCount
      let shown = try Pager.open(
        path: Scenario.path, fileSystem: scenario.files, options: scenario.options)
      let range = scenario.timeline.allowed(after: begun) ?? 0...0
      guard let found = try CrashExplorer.match(shown, scenario.timeline, range) else {
        Issue.record("sync \(nth): none of the states \(range) after a restart")
        continue
      }
      let served = scenario.files.operationCount
      for number in begun...served {
        // Recovery may still drop what was never acknowledged, until it has served it.
        let allowed = number == served ? found...found : range.lowerBound...found
        for survival in [Survival.nothing, .everything, .random(UInt64(number))] {
          restarts += 1
          _ = explorer.check(
            scenario.files.crash(after: number, keeping: survival), scenario.timeline, allowed,
            "sync \(nth) failed, power cut after \(number - begun) of \(served - begun), \(survival)",
            options: scenario.options)
        }
      }
    }
    printFaults("F3 restart after a failed sync", injected: restarts, failed: explorer.failures)
    #expect(restarts > 20)
  }
}
