import CareFSTestSupport
import Testing

@testable import PageStore

/// Where a file ends that needs a second map of free pages.
@Suite struct SecondMapTests {
  /// The second map stands behind the first two of the pages that it covers: while one of those is in
  /// use, neither it nor the map may be cut off.
  @Test func thePagesBeforeAMapKeepIt() throws {
    let scenario = Scenario(seed: 49)
    try scenario.create()
    let pager = try scenario.pager
    let tx = try pager.beginWrite()
    defer { tx.rollback() }
    tx.enter()
    defer { tx.leave() }
    let size = tx.contentEnd - PageHeader.size
    let span = PageNumber(size * 8)
    let map = try tx.edit(2, kind: .freeMap, owner: FreeSpace.owner)
    [UInt8](repeating: 0xFF, count: size).withUnsafeBytes { map.write($0, at: PageHeader.size) }
    for (count, wanted) in [(1, span), (2, span + 1), (3, span + 3)] as [(UInt32, PageNumber)] {
      #expect(try tx.allocate(kind: .tree, owner: Scenario.owner).number == wanted)
      #expect(try pager.freeSpace.neededPageCount(tx) == span + (count < 3 ? 3 : 4))
    }
    try tx.free(span + 3, kind: .tree, owner: Scenario.owner)
    #expect(try pager.freeSpace.neededPageCount(tx) == span + 3)
    try tx.free(span, kind: .tree, owner: Scenario.owner)
    #expect(try pager.freeSpace.neededPageCount(tx) == span + 3)
    try tx.free(span + 1, kind: .tree, owner: Scenario.owner)
    #expect(try pager.freeSpace.neededPageCount(tx) == span)
  }

  /// A file that ends where a second map would begin to be needed has none that could be missing.
  @Test func onlyMapsThatTheFileCanHaveAreDoubtful() throws {
    let files = MemoryFileSystem()
    let options = Scenario.options(seed: 50)
    let pager = try Pager.create(path: Scenario.path, fileSystem: files, options: options)
    let span = pager.freeSpace.span
    try pager.close()
    for (pages, isUsed) in [(span, false), (span + 3, nil)] as [(PageNumber, Bool?)] {
      let file = try files.open(Scenario.path, .readWrite)
      try file.truncate(to: UInt64(pages) * 4096)
      file.close()
      let salvaged = try Pager.salvage(path: Scenario.path, fileSystem: files, options: options)
      let tx = try salvaged.beginRead()
      let space = try tx.salvagedSpace()
      #expect(space.isUsed(2) == true)
      #expect(space.isUsed(span - 1) == false)
      #expect(space.isUsed(span + 5) == isUsed, "\(pages)")
      tx.rollback()
      try salvaged.close()
    }
  }
}
