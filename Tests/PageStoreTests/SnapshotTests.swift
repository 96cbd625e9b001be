import CareFSTestSupport
import Testing

@testable import PageStore

/// Snapshots that stay while pages change, are written and are forgotten.
@Suite struct SnapshotTests {
  /// A checkpoint writes over a page whose older version a snapshot needs; a still older snapshot,
  /// from before the page's allocation, must not make it forget that.
  @Test func aCheckpointKeepsWhatAMiddleSnapshotNeeds() throws {
    var options = Scenario.options(seed: 33)
    options.cacheBytes = 32 * 4096
    let pager = try Pager.create(
      path: Scenario.path, fileSystem: SimulatedFileSystem(), options: options)
    func commit(_ body: (PageTransaction) throws -> Void) throws {
      let tx = try pager.beginWrite()
      try body(tx)
      try tx.commit()
    }
    var crowd: [PageNumber] = []
    try commit { tx in
      crowd = try (0..<200).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    }
    let oldest = try pager.beginRead()
    var page: PageNumber = 0
    try commit { tx in
      page = try tx.allocate(kind: .tree, owner: 7).number
      try setValue(tx, page, 1)
    }
    try pager.checkpoint()
    let middle = try pager.beginRead()
    #expect(try value(middle, page) == 1)
    try commit { try setValue($0, page, 2) }
    try pager.checkpoint()
    // Others push what is clean out of the cache.
    let newest = try pager.beginRead()
    for _ in 0..<3 { for other in crowd { _ = try value(newest, other) } }
    #expect(try value(newest, page) == 2)
    #expect(try value(middle, page) == 1)
    for tx in [oldest, middle, newest] { tx.rollback() }
    try pager.close()
  }
}
