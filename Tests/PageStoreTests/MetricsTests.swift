import Testing

@testable import PageStore

/// The counts of a page store.
struct MetricsTests {
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

  @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (1_024, 10), (32_767, 14), (32_768, 15)])
  func aGroupHasItsPlaceBySize(_ commits: Int, _ place: Int) {
    var counts = LogCounts()
    counts.add(bytes: 4_096, commits: commits)
    #expect(counts.groupSizes.firstIndex(of: 1) == place)
    #expect(counts.groups == 1)
    #expect(counts.commits == UInt64(commits))
    #expect(counts.bytesWritten == 4_096)
    #expect(counts.syncs == 1)
  }

  @Test func theLastPlaceHasNoUpperEnd() {
    var counts = LogCounts()
    counts.add(bytes: 8, commits: 1 << 40)
    counts.add(bytes: 8, commits: 0)
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
