import CareFSTestSupport
import Testing

@testable import PageStore

/// Where the log's segments go: none is lost, and the file stays within its bounds.
@Suite struct LogSpaceTests {
  private static let log = Pager.logPath(Scenario.path)

  /// Every segment of the file holds a part of the log or is free, and none is both.
  private func expectAccounted(_ pager: Pager, _ label: String) {
    guard let log = pager.log else { return }
    let (inUse, free, count) = log.lock.with {
      (log.segments.map(\.index), log.freeSegments, log.segmentCount)
    }
    #expect((inUse + free).sorted() == Array(0..<count), "\(label): \(inUse) and \(free)")
    #expect(free == free.sorted(by: >), "\(label)")
  }

  @Test func everySegmentIsInUseOrFree() throws {
    for workload in Workload.all {
      let scenario = try workload.run()
      if let pager = try? scenario.pager { expectAccounted(pager, workload.name) }
      let image = scenario.files.copy()
      let pager = try Pager.open(
        path: Scenario.path, fileSystem: image, options: scenario.options)
      expectAccounted(pager, "\(workload.name), recovered")
    }
  }

  /// Checkpoints that fail again and again log the image of a page once, not each time.
  @Test func failedCheckpointsDoNotFillTheLog() throws {
    let scenario = Scenario(seed: 51)
    try scenario.create()
    try scenario.commit { for _ in 0..<20 { try $0.allocate() } }
    try scenario.checkpoint()
    try scenario.commit {
      for page in 3...22 as ClosedRange<PageNumber> { try $0.set(page, at: 0, [5]) }
    }
    let pager = try scenario.pager
    let begun = pager.metrics.log.bytesWritten
    scenario.files.inject(InjectedFault([.write], of: Scenario.path, isForEver: true))
    for _ in 0..<50 { #expect(throws: StoreError.self) { try scenario.checkpoint() } }
    let written = pager.metrics.log.bytesWritten - begun
    print("log: 50 failed checkpoints of 20 pages wrote \(written / 4096) pages to the log")
    #expect(written < 30 * 4096)
    scenario.files.clearFaults()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(3, at: 0, [6]) }
    expectAccounted(pager, "after failed checkpoints")
    var explorer = CrashExplorer()
    let end = scenario.timeline.steps.count - 1
    _ = explorer.check(
      scenario.files.copy(), scenario.timeline, end...end, "after failed checkpoints",
      options: scenario.options)
    #expect(explorer.failures == 0)
  }

  /// A transaction larger than the log's cap lets the log exceed it once, and checkpoints cut it.
  @Test func theLogShrinksAfterATransactionBeyondItsCap() throws {
    var explorer = CrashExplorer()
    let scenario = Scenario(seed: 52) {
      $0.checkpointLogBytes = 64 << 10
      $0.maximumLogBytes = 256 << 10
      $0.bulkLogBytes = .max
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<120 { try $0.allocate() } }
    try scenario.commit { for page in 3...122 as ClosedRange<PageNumber> { try $0.fill(page, 1) } }
    let largest = scenario.files.contents(of: Self.log)?.count ?? 0
    let before = scenario.files.operationCount
    for round in 0..<80 as Range<UInt64> {
      try scenario.commit { try $0.fill(3 + UInt32(round % 6), round) }
    }
    let after = scenario.files.contents(of: Self.log)?.count ?? 0
    print("log: \(largest >> 10) KiB beyond a cap of 256 KiB, \(after >> 10) KiB afterwards")
    #expect(largest > 400 << 10)
    #expect(after <= 256 << 10)
    expectAccounted(try scenario.pager, "after shrinking")
    // The header never names more segments than there are, whatever of this is lost.
    for number in before...scenario.files.operationCount {
      guard case .truncate(Self.log, _) = scenario.files.operation(number) else { continue }
      for at in [number - 1, number, number + 1] {
        for survival in [Survival.nothing, .everything, .random(UInt64(at))] {
          explorer.images += 1
          _ = explorer.check(
            scenario.files.crash(after: at, keeping: survival), scenario.timeline,
            scenario.timeline.allowed(after: at), "shrinking at \(at), \(survival)",
            options: scenario.options)
        }
      }
    }
    printFaults("F6 shrinking log", injected: explorer.images, failed: explorer.failures)
    #expect(explorer.images > 0 && explorer.failures == 0)
  }

  /// A cap that the segment in use is beyond already holds no writer up for good, and lets the log
  /// grow no further than two checkpoints explain.
  @Test func aCapThatCannotBeKeptStopsNoOne() throws {
    let scenario = Scenario(seed: 54) { $0.maximumLogBytes = 0 }
    try scenario.create()
    let checkpoints = try scenario.pager.metrics.checkpoints
    for round in 0..<30 as Range<UInt8> { try scenario.commit { try $0.allocate(round) } }
    let pager = try scenario.pager
    #expect(try #require(pager.log).bytesInUse > 0)
    #expect(pager.metrics.checkpoints > checkpoints + 29)
    #expect(pager.metrics.checkpoints <= checkpoints + 90)
    #expect(scenario.files.contents(of: Self.log)?.count ?? 0 <= 8 * scenario.options.segmentSize)
    expectAccounted(pager, "beyond a cap of nothing")
    #expect(try CrashExplorer.match(pager, scenario.timeline, 30...30) == 30)
  }

  /// A large transaction that is rolled back leaves nothing in the log.
  @Test func aRolledBackTransactionLeavesNoSegments() throws {
    let scenario = Scenario(seed: 53)
    try scenario.create()
    try scenario.commit { for _ in 0..<40 { try $0.allocate() } }
    let before = try scenario.pager.log?.bytesInUse
    for _ in 0..<5 {
      try scenario.rollBack { writer in
        for page in 3...42 as ClosedRange<PageNumber> { try writer.fill(page, 3) }
      }
    }
    #expect(try scenario.pager.log?.bytesInUse == before)
    expectAccounted(try scenario.pager, "after rollbacks")
  }
}
