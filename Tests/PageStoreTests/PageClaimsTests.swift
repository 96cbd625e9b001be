import CareFSTestSupport
import Testing

@testable import PageStore

/// What threads that share a check note together.
@Suite struct PageClaimsTests {
  private func set(_ pages: some Sequence<PageNumber>) -> PageSet {
    var set = PageSet()
    for page in pages { set.insert(page) }
    return set
  }

  @Test func eachPageIsClaimedOnce() {
    let claims = PageClaims(limit: 300_000)
    let pages: [PageNumber] = [0, 1, 63, 64, 65_535, 65_536, 299_999, 300_000, .max]
    for page in pages { #expect(claims.claim(page)) }
    for page in pages { #expect(!claims.claim(page)) }
  }

  @Test func claimsAreComparedPageByPage() {
    let pages: [PageNumber] = [2, 70, 200_000]
    let claims = PageClaims(limit: 300_000)
    #expect(claims.equals(PageSet()))
    for page in pages { _ = claims.claim(page) }
    #expect(claims.equals(set(pages)))
    #expect(!claims.equals(set([2, 70])))
    // As many, but others: of the same chunk, of one without claims, behind the end.
    #expect(!claims.equals(set([2, 71, 200_000])))
    #expect(!claims.equals(set([2, 70, 100_000])))
    #expect(!claims.equals(set([2, 70, 300_000])))
    _ = claims.claim(300_000)
    #expect(!claims.equals(set(pages)))
  }

  /// Threads that claim the same pages get each of them once between them.
  @Test func threadsShareThePages() throws {
    let count = 200_000
    let claims = PageClaims(limit: PageNumber(count))
    let queue = (0..<4).map { _ in Counter() }
    let threads = queue.map { counter in
      TestThread {
        for page in 0..<PageNumber(count) where claims.claim(page) { counter.count += 1 }
      }
    }
    for thread in threads { try thread.join() }
    #expect(queue.reduce(0) { $0 + $1.count } == count)
    #expect(claims.equals(set(0..<PageNumber(count))))
  }

  private final class Counter: @unchecked Sendable {
    var count = 0
  }

  // MARK: Runs of pages

  /// The findings of many damaged pages are the first ones of the file, whoever found them.
  @Test(arguments: [1, 2, 3])
  func theFirstFindingsCount(threads: Int) throws {
    let scenario = Scenario(seed: 12) { $0.cacheBytes = 32 * 4096 }
    try scenario.create()
    try scenario.commit { for mark in 0..<2_000 { try $0.allocate(UInt8(mark & 255)) } }
    try scenario.close()
    var bytes = try #require(scenario.files.contents(of: Scenario.path))
    let damaged = Array(stride(from: PageNumber(20), to: 2_000, by: 3))
    for page in damaged { bytes[Int(page) * 4096 + 100] ^= 1 }
    scenario.files.setContents(of: Scenario.path, bytes)
    let pager = try Pager.open(
      path: Scenario.path, fileSystem: scenario.files, options: scenario.options)
    let runs = PageRuns(
      pager: pager, snapshot: pager.visibleLSN, pageCount: pager.pageCount,
      inUse: set(0..<2_003))
    let found = try runs.check(threads: threads, limit: 10)
    #expect(found.findings.map(\.page).prefix(10).elementsEqual(damaged.prefix(10)))
    #expect(found.findings.count < 300)
    let all = try runs.check(threads: threads, limit: 10_000)
    #expect(all.findings.map(\.page) == damaged)
    try pager.close()
  }

  /// Of a sound file no page is read twice, not even the last of a run or of the file.
  @Test func aSoundFileIsReadOnce() throws {
    let scenario = Scenario(seed: 14) { $0.cacheBytes = 32 * 4096 }
    try scenario.create()
    try scenario.commit { for mark in 0..<2_000 { try $0.allocate(UInt8(mark & 255)) } }
    try scenario.close()
    let pager = try Pager.open(
      path: Scenario.path, fileSystem: scenario.files, options: scenario.options)
    let before = pager.metrics.pagesRead
    let runs = PageRuns(
      pager: pager, snapshot: pager.visibleLSN, pageCount: pager.pageCount, inUse: set(2..<2_003))
    #expect(try runs.check(threads: 1, limit: 10).findings.isEmpty)
    #expect(pager.metrics.pagesRead - before == UInt64(pager.pageCount) - 2)
    try pager.close()
  }

  @Test func aClosedFileGivesNoSnapshotBesideAnother() throws {
    let pager = try Pager.create(
      path: "p", fileSystem: MemoryFileSystem(), options: Scenario.options(seed: 13))
    let one = try pager.beginRead()
    let beside = try pager.beginRead(beside: one)
    #expect(beside.snapshot == one.snapshot)
    beside.rollback()
    try pager.close()
    let error = #expect(throws: StoreError.self) { try pager.beginRead(beside: one) }
    #expect(error?.code == .closed)
    one.rollback()
  }
}
