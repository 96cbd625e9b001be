import CareFSTestSupport
import Testing

@testable import PageStore

/// Snapshots that stay while pages change, are written and are forgotten.
@Suite struct SnapshotTests {
  /// A reader of the newest state finds a page's bytes without a look at its versions.
  @Test func theNewestBytesAreShown() throws {
    let scenario = Scenario(seed: 21)
    try scenario.create()
    for round in 0..<3 as Range<UInt64> {
      try scenario.commit { writer in
        if round == 0 { try writer.allocate() }
        try writer.fill(3, round)
      }
      let entry = try #require(try scenario.pager.cache.table.entry(3))
      let shown = entry.pointee.newest.load(ordering: .relaxed)
      #expect(shown != 0)
      let tx = try scenario.pager.beginRead()
      tx.enter()
      let found = try tx.page(3, kind: .tree, owner: Scenario.owner)
      #expect(UInt(bitPattern: found) == shown)
      tx.leave()
      tx.rollback()
    }
  }

  /// A checkpoint writes over a page whose older version a snapshot needs; a still older snapshot,
  /// from before the page's allocation, must not make it forget that.
  @Test func aCheckpointKeepsWhatAMiddleSnapshotNeeds() throws {
    var options = Scenario.options(seed: 33)
    options.cacheBytes = 32 * 4096
    let pager = try Pager.create(
      path: Scenario.path, fileSystem: SimulatedFileSystem(), options: options)
    var crowd: [PageNumber] = []
    try pager.write { tx in
      crowd = try (0..<200).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    }
    let oldest = try pager.beginRead()
    var page: PageNumber = 0
    try pager.write { tx in
      page = try tx.allocate(kind: .tree, owner: 7).number
      try setValue(tx, page, 1)
    }
    try pager.checkpoint()
    let middle = try pager.beginRead()
    #expect(try value(middle, page) == 1)
    try pager.write { try setValue($0, page, 2) }
    try pager.checkpoint()
    // Others push what is clean out of the cache.
    let newest = try pager.beginRead()
    for _ in 0..<3 { for other in crowd { _ = try value(newest, other) } }
    #expect(try value(newest, page) == 2)
    #expect(try value(middle, page) == 1)
    for tx in [oldest, middle, newest] { tx.rollback() }
    try pager.close()
  }

  /// A page that one snapshot has and a still older one never had: a checkpoint that replaces it in
  /// the file keeps the version of the former, whatever the cache needs room for.
  @Test func aPageThatAnOlderSnapshotNeverHadIsKept() throws {
    var options = Scenario.options(seed: 41)
    options.cacheBytes = 0
    let pager = try Pager.create(path: "s", fileSystem: SimulatedFileSystem(), options: options)
    var filler: [PageNumber] = []
    try pager.write { tx in
      filler = try (0..<200).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    }
    try pager.checkpoint()
    let oldest = try pager.beginRead()
    var page: PageNumber = 0
    try pager.write { tx in
      page = try tx.allocate(kind: .tree, owner: 7).number
      try setValue(tx, page, 5)
    }
    try pager.checkpoint()
    let later = try pager.beginRead()
    try pager.write { tx in try setValue(tx, page, 7) }
    try pager.checkpoint()
    for other in filler { _ = try value(later, other) }
    #expect(try value(later, page) == 5)
    let newest = try pager.beginRead()
    #expect(try value(newest, page) == 7)
    for tx in [oldest, later, newest] { tx.rollback() }
    try pager.close()
  }

  /// A snapshot reads a page from the file while two newer versions of it are in memory, or a checkpoint
  /// does before it writes over it: each snapshot finds its own.
  @Test(arguments: [false, true])
  func aVersionOfTheFileStandsBehindThoseInMemory(isOverwritten: Bool) throws {
    var options = Scenario.options(seed: 42)
    options.cacheBytes = 0
    let pager = try Pager.create(path: "s", fileSystem: SimulatedFileSystem(), options: options)
    var pages: [PageNumber] = []
    try pager.write { tx in
      pages = try (0..<200).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
      try setValue(tx, pages[0], 1)
    }
    try pager.checkpoint()
    var readers = [try pager.beginRead()]
    for number in 2...3 as ClosedRange<UInt64> {
      try pager.write { try setValue($0, pages[0], number) }
      readers.append(try pager.beginRead())
    }
    // Others push the version that the file has out of memory.
    for _ in 0..<3 { for other in pages.dropFirst() { _ = try value(readers[2], other) } }
    if isOverwritten {
      try pager.checkpoint()
    } else {
      let read = pager.metrics.pagesRead
      #expect(try value(readers[0], pages[0]) == 1)
      #expect(pager.metrics.pagesRead == read + 1)
    }
    #expect(try readers.map { try value($0, pages[0]) } == [1, 2, 3])
    for tx in readers { tx.rollback() }
    try pager.close()
  }
}

extension Pager {
  fileprivate func write(_ body: (PageTransaction) throws -> Void) throws {
    let tx = try beginWrite()
    try body(tx)
    try tx.commit()
  }
}
