import CareFSTestSupport
import Testing

@testable import PageStore

/// Rules 4 to 6 of the log: who writes the page file, the bulk path, torn pages.
@Suite struct PageFileRuleTests {
  private static let log = Pager.logPath(Scenario.path)

  /// The operations after `begun` that write the page file or sync either file.
  private func trace(_ scenario: Scenario, after begun: Int) -> [SimulatedOperation] {
    (begun + 1...max(begun + 1, scenario.files.operationCount)).compactMap {
      scenario.files.operation($0)
    }
  }

  private func pageWrites(_ operations: [SimulatedOperation]) -> [Range<Int>] {
    operations.compactMap {
      guard case .write(Scenario.path, let offset, let count) = $0 else { return nil }
      return offset / 4096..<(offset + count) / 4096
    }
  }

  /// Rule 4: commits, and transactions that outgrow the cache, leave the page file alone.
  @Test func onlyCheckpointsWriteThePageFile() throws {
    let scenario = Scenario(seed: 4) { $0.cacheBytes = 0 }
    try scenario.create()
    try scenario.commit { for _ in 0..<40 { try $0.allocate() } }
    let begun = scenario.files.operationCount
    try scenario.commit { try $0.set(9, at: 0, [1]) }
    try scenario.rollBack { writer in
      for page in 3...42 as ClosedRange<PageNumber> { try writer.set(page, at: 0, [2]) }
      for _ in 0..<40 { try writer.allocate() }
    }
    #expect(try scenario.pager.metrics.pagesSpilled > 0)
    // Where a commit was refused its page in the file, its header alone may have been written.
    #expect(pageWrites(trace(scenario, after: begun)).allSatisfy { $0.upperBound <= 2 })
    try scenario.checkpoint()
    #expect(pageWrites(trace(scenario, after: begun)).contains { $0.upperBound > 2 })
  }

  /// Rule 5: the bulk path writes only pages that no commit has used, and syncs them before the
  /// commit that names them is logged.
  @Test func bulkPagesAreNewAndSyncedFirst() throws {
    let scenario = Scenario(seed: 5) {
      $0.bulkLogBytes = 1_000
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<6 { try $0.allocate() } }
    try scenario.checkpoint()
    try scenario.commit { for page in 5...7 as ClosedRange<PageNumber> { try $0.free(page) } }
    let begun = scenario.files.operationCount
    try scenario.commit { writer in
      // Enough for the bulk way before the freed pages are taken.
      for at in 0..<100 { try writer.set(3, at: 20 * at, [1, 2, 3, 4, 5, 6, 7, 8]) }
      for round in 0..<12 as Range<UInt64> {
        let page = try writer.allocate()
        for at in 0..<30 { try writer.set(page, at: 40 * at, [UInt8(round), 1, 2, 3, 4, 5, 6, 7]) }
      }
    }
    let operations = trace(scenario, after: begun)
    let bulk = pageWrites(operations)
    #expect(!bulk.isEmpty, "nothing went the bulk way")
    for pages in bulk { #expect(pages.lowerBound >= 9, "a page in use or freed was overwritten") }
    var isSynced = false
    for operation in operations {
      switch operation {
      case .write(Scenario.path, _, _): isSynced = false
      case .sync(Scenario.path): isSynced = true
      case .write(Self.log, _, let count) where count < 64 << 10:
        #expect(isSynced, "the commit was logged before its pages were durable")
      default: break
      }
    }
  }

  /// Rule 5: a record that replaces one which a failed bulk commit had taken the place of.
  @Test func aFailedBulkCommitDoesNotLendItsLSN() throws {
    let scenario = Scenario(seed: 6) {
      $0.bulkLogBytes = 1_000
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
    // Some of the pages are written: they must not pass for pages of the next commit.
    scenario.files.inject(
      InjectedFault([.write], of: Scenario.path, effect: .partial(14 * 4096)))
    let isRefused: Bool
    do {
      try scenario.commit { writer in
        for round in 0..<40 as Range<UInt64> {
          let page = try writer.allocate(UInt8(round))
          try writer.set(page, at: 300, [UInt8](repeating: 7, count: 900))
        }
      }
      isRefused = false
    } catch {
      isRefused = true
    }
    #expect(isRefused)
    scenario.files.clearFaults()
    // The next commit takes the same pages; without care its record would get the same LSN.
    try scenario.commit { for _ in 0..<12 { try $0.allocate(99) } }
    var explorer = CrashExplorer()
    let end = scenario.timeline.steps.count - 1
    _ = explorer.check(
      scenario.files.copy(), scenario.timeline, end...end, "after a failed bulk commit",
      options: scenario.options)
    #expect(explorer.failures == 0)
  }

  /// Rule 6: a checkpoint's torn pages are mended from images in the log.
  @Test func everyTornPageOfACheckpointIsMended() throws {
    let scenario = Scenario(seed: 7)
    try scenario.create()
    try scenario.commit { for _ in 0..<4 { try $0.allocate() } }
    try scenario.checkpoint()
    try scenario.commit {
      for page in 3...6 as ClosedRange<PageNumber> { try $0.set(page, at: 9, [9]) }
    }
    let begun = scenario.files.operationCount
    try scenario.checkpoint()
    var explorer = CrashExplorer()
    for number in begun + 1...scenario.files.operationCount {
      guard case .write(Scenario.path, let offset, _) = scenario.files.operation(number),
        offset >= 2 * 4096
      else { continue }
      let garbage = Survival("garbage everywhere") { item, index, _ in
        item.operation == number ? .garbage(UInt64(index)) : .kept
      }
      explorer.images += 1
      _ = explorer.check(
        scenario.files.crash(after: number, keeping: garbage), scenario.timeline,
        scenario.timeline.allowed(after: number), "torn at \(number)", options: scenario.options)
    }
    #expect(explorer.images > 0)
    #expect(explorer.failures == 0)
  }

  /// Rule 6: a sound page that misses a change, because the disk lost a write, is not built upon.
  @Test func aGapInAPagesChangesIsCorruption() throws {
    let scenario = Scenario(seed: 8)
    try scenario.create()
    try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
    try scenario.checkpoint()
    let old = scenario.files.contents(of: Scenario.path) ?? []
    try scenario.commit { try $0.set(4, at: 0, [4, 4]) }
    try scenario.checkpoint()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(4, at: 8, [5, 5]) }
    let files = scenario.files.copy()
    var stale = files.contents(of: Scenario.path) ?? []
    stale.replaceSubrange(4 * 4096..<5 * 4096, with: old[4 * 4096..<5 * 4096])
    files.setContents(of: Scenario.path, stale)
    #expect {
      try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    } throws: {
      ($0 as? StoreError)?.code == .corrupt && ($0 as? StoreError)?.page == 4
    }
  }
}
