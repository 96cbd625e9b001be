import CareFSTestSupport
import Testing

@testable import PageStore

/// The counts of a page store.
struct MetricsTests {
  @Test func countsBeginAtZero() {
    let counts = Mirror(reflecting: PagerMetrics()).children.filter { $0.label != "log" }
    #expect(counts.count > 10)
    for count in counts { #expect("\(count.value)" == "0", "\(count.label ?? "")") }
  }

  @Test func aLookIsAHitOrAMiss() throws {
    let scenario = Scenario(seed: 1)
    try scenario.create()
    try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
    try scenario.close()
    let pager = try scenario.reopen()
    func look(_ pages: PageNumber...) throws -> (looks: UInt64, misses: UInt64) {
      let before = pager.metrics
      let tx = try pager.beginRead()
      tx.enter()
      for page in pages { _ = try tx.page(page, kind: .tree, owner: Scenario.owner) }
      tx.leave()
      #expect(pager.metrics.pageLooks == before.pageLooks)
      tx.rollback()
      let after = pager.metrics
      #expect(after.pagesRead - before.pagesRead == after.pageMisses - before.pageMisses)
      return (after.pageLooks - before.pageLooks, after.pageMisses - before.pageMisses)
    }
    #expect(try look(3, 4, 3) == (3, 2))
    #expect(try look(3, 4) == (2, 0))
    #expect(try look(5) == (1, 1))
  }

  /// Commits, some of them past the log, checkpoints beside a reader that stays, a check with damage
  /// and evictions all the time: the counts are what was done to the files.
  @Test func theCountsAreWhatTheFilesSaw() throws {
    let scenario = Scenario(seed: 2) {
      $0.cacheBytes = 32 * 4096
      $0.bulkLogBytes = 20_000
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<100 { try $0.allocate() } }
    try scenario.close()
    let cost = ReadCost()
    let pager = try Pager.open(
      path: Scenario.path, fileSystem: cost.counting(scenario.files), options: scenario.options)
    scenario.adopt(pager)
    let begun = scenario.files.operationCount
    let start = pager.header.checkpointLSN
    let read = (pages: pager.metrics.pagesRead, bytes: cost.bytes)
    let reader = try pager.beginRead()
    for round in 0..<30 as Range<UInt32> {
      try scenario.commit { try $0.fill(3 + round * 3, UInt64(round)) }
      if round % 10 == 9 { try scenario.checkpoint() }
    }
    try scenario.commit { writer in
      for page in 3..<12 as Range<PageNumber> { try writer.fill(page, 5) }
      for _ in 0..<20 { try writer.allocate() }
    }
    reader.rollback()
    let metrics = pager.metrics
    var seen = (pages: 0, syncs: 0, logSyncs: 0)
    for number in (begun + 1)...scenario.files.operationCount {
      switch scenario.files.operation(number) {
      case .write(Scenario.path, _, let count): seen.pages += count / 4096
      case .sync(Scenario.path): seen.syncs += 1
      case .sync(Pager.logPath(Scenario.path)): seen.logSyncs += 1
      default: break
      }
    }
    #expect(metrics.pagesWritten == UInt64(seen.pages))
    #expect(metrics.pageFileSyncs == UInt64(seen.syncs))
    #expect(metrics.log.syncs == UInt64(seen.logSyncs))
    #expect(metrics.log.bytesWritten == (pager.log?.end ?? 0) - start)
    #expect(metrics.log.commits == 31)
    #expect(metrics.commits == 31)
    #expect(metrics.checkpoints >= 3)

    // A page that is damaged is read twice.
    #expect(try pager.verifyPages().findings == [])
    try damage(scenario, at: 100 * 4096 + 100)
    #expect(try pager.verifyPages().findings.count == 1)
    try damage(scenario, at: 100 * 4096 + 100)
    let tx = try pager.beginRead()
    for (page, bytes) in scenario.contents { #expect(try CrashExplorer.holds(tx, page, bytes)) }
    tx.rollback()
    #expect(pager.metrics.evictions > 0)
    #expect((pager.metrics.pagesRead - read.pages) * 4096 == UInt64(cost.bytes - read.bytes))
  }

  private func damage(_ scenario: Scenario, at offset: UInt64) throws {
    let file = try scenario.files.open(Scenario.path, .readWrite)
    defer { file.close() }
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
      _ = try file.read(into: byte, at: offset)
      byte[0] ^= 1
      try file.write(UnsafeRawBufferPointer(byte), at: offset)
    }
  }

  @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (1_024, 10), (32_767, 14), (32_768, 15)])
  func aGroupHasItsPlaceBySize(_ commits: Int, _ place: Int) {
    let counters = LogCounters()
    counters.addGroup(bytes: 4_096, commits: commits)
    let counts = counters.counts
    #expect(counts.groupSizes.firstIndex(of: 1) == place)
    #expect(counts.groups == 1)
    #expect(counts.commits == UInt64(commits))
    #expect(counts.bytesWritten == 4_096)
    #expect(counts.syncs == 1)
  }

  @Test func theLastPlaceHasNoUpperEnd() {
    let counters = LogCounters()
    counters.addGroup(bytes: 8, commits: 1 << 40)
    counters.addGroup(bytes: 8, commits: 0)
    let counts = counters.counts
    #expect(counts.groupSizes == [UInt64](repeating: 0, count: 15) + [1])
    #expect(counts.syncs == 2)
    #expect(counts.bytesWritten == 16)
  }

  @Test func memoryIsAskedForInSlabsAndAboveTheBudgetByPage() {
    let cache = PageCache(
      pageSize: 4_096, budgetBytes: PageSlab.size,
      spill: SpillFile(fileSystem: MemoryFileSystem(), path: "counted", pageSize: 4_096))
    let perSlab = PageSlab.size / 4_096
    var buffers = (0..<perSlab).map { _ in cache.takeBuffer() }
    #expect(cache.allocations == 1)
    #expect(cache.buffersInUse == perSlab)
    buffers.append(cache.takeBuffer())
    #expect(cache.allocations == 2)
    #expect(cache.bufferCount == perSlab + 1)
    for buffer in buffers { cache.giveBuffer(buffer) }
    #expect(cache.buffersInUse == 0)
    _ = cache.takeVersion()
    #expect(cache.allocations == 3)
    _ = cache.takeVersion()
    #expect(cache.allocations == 3)
  }
}
