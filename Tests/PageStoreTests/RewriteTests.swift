import CareFSTestSupport
import Testing

@testable import PageStore

@Suite struct RewriteTests {
  @Test func closingGivesTrailingPagesBack() throws {
    let bench = Bench()
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for i in 0..<100 as Range<UInt64> {
      pages.append(try tx.allocate(kind: .tree, owner: 7).number)
      try setValue(tx, pages[Int(i)], i)
    }
    try tx.commit()
    tx = try pager.beginWrite()
    for page in pages[10...] { try tx.free(page, kind: .tree, owner: 7) }
    try tx.commit()
    try pager.close()
    let size = try bench.files.open(bench.path, .readOnly).size()
    #expect(size == 13 * 8192)
    let again = try bench.open()
    #expect(try value(again.beginRead(), pages[9]) == 9)
    tx = try again.beginWrite()
    #expect(try tx.allocate(kind: .tree, owner: 7).number == pages[10])
    try tx.commit()
    try again.close()
  }

  @Test func checkpointsGiveTrailingPagesBack() throws {
    let bench = Bench()
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for i in 0..<200 as Range<UInt64> {
      pages.append(try tx.allocate(kind: .tree, owner: 7).number)
      try setValue(tx, pages[Int(i)], i)
    }
    try tx.commit()
    try pager.checkpoint()
    let reader = try pager.beginRead()
    tx = try pager.beginWrite()
    for page in pages[10...] { try tx.free(page, kind: .tree, owner: 7) }
    try tx.commit()
    func size() throws -> UInt64 { try bench.files.open(bench.path, .readOnly).size() }
    for _ in 0..<3 { try pager.checkpoint() }
    // The reader's snapshot may still need pages that only the file has.
    #expect(try size() == 203 * 8192)
    for (i, page) in pages.enumerated() { #expect(try value(reader, page) == UInt64(i)) }
    reader.rollback()
    for _ in 0..<3 {
      tx = try pager.beginWrite()
      try setValue(tx, pages[0], 1000)
      try tx.commit()
      try pager.checkpoint()
    }
    #expect(try size() == 13 * 8192)
    tx = try pager.beginWrite()
    for i in 0..<50 as Range<UInt64> {
      try setValue(tx, try tx.allocate(kind: .tree, owner: 7).number, i)
    }
    try tx.commit()
    let after = try bench.crashed().open()
    let read = try after.beginRead()
    #expect(try value(read, pages[9]) == 9)
    #expect(try value(read, 13) == 0)
    #expect(try value(read, 62) == 49)
  }

  @Test func aRewriteReplacesTheFile() throws {
    let bench = Bench()
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for i in 0..<100 as Range<UInt64> {
      pages.append(try tx.allocate(kind: .tree, owner: 7).number)
      try setValue(tx, pages[Int(i)], i)
    }
    try tx.commit()
    tx = try pager.beginWrite()
    for page in pages[..<90] { try tx.free(page, kind: .tree, owner: 7) }
    try tx.commit()
    // A crash leaves a log; the rewrite must read it and then make it void.
    let crashed = try bench.crashed()
    let sizes = try Pager.rewrite(
      path: crashed.path, fileSystem: crashed.files, options: crashed.options
    ) { from, to in
      for page in pages[90...] {
        let copy = try to.allocate(kind: .tree, owner: 7).number
        try setValue(to, copy, try value(from, page))
      }
    }
    #expect(sizes.after == 13 * 8192 && sizes.before > sizes.after)
    let again = try crashed.open()
    let read = try again.beginRead()
    for i in 0..<10 as Range<UInt32> { #expect(try value(read, 3 + i) == 90 + UInt64(i)) }
    read.rollback()
    try again.close()
    #expect(try crashed.files.identity(of: crashed.path + "-compact") == nil)
  }

  @Test func aRewriteThatFailsLeavesTheFile() throws {
    struct Refused: Error {}
    let bench = Bench()
    let pager = try bench.create()
    let tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    try setValue(tx, page, 5)
    try tx.commit()
    try pager.close()
    #expect(throws: Refused.self) {
      try Pager.rewrite(path: bench.path, fileSystem: bench.files, options: bench.options) { _, _ in
        throw Refused()
      }
    }
    #expect(try bench.files.identity(of: bench.path + "-compact") == nil)
    #expect(try value(bench.open().beginRead(), page) == 5)
  }

  /// A copy of the page file from before a rewrite, beside one of the log from after it.
  @Test(arguments: [false, true]) func aLogFromAfterARewriteIsRefused(isReadOnly: Bool) throws {
    let files = SimulatedFileSystem()
    var options = PagerOptions()
    options.segmentSize = 16 << 10
    options.hasBackgroundCheckpoints = false
    func commit(_ pager: Pager, _ number: UInt64) throws {
      let tx = try pager.beginWrite()
      try setValue(tx, try tx.allocate(kind: .tree, owner: 7).number, number)
      try tx.commit()
    }
    let pager = try Pager.create(path: "a", fileSystem: files, options: options)
    for number in 0..<10 as Range<UInt64> { try commit(pager, number) }
    try pager.checkpoint()
    let before = files.contents(of: "a")
    for number in 0..<10 as Range<UInt64> { try commit(pager, number) }
    try pager.close()
    _ = try Pager.rewrite(path: "a", fileSystem: files, options: options) { from, to in
      let number = try to.allocate(kind: .tree, owner: 7).number
      try setValue(to, number, try value(from, Pager.firstPage))
    }
    let after = try Pager.open(path: "a", fileSystem: files, options: options)
    for number in 0..<10 as Range<UInt64> { try commit(after, number) }
    let copy = SimulatedFileSystem()
    copy.setContents(of: "a", before)
    copy.setContents(of: "a-wal", files.contents(of: "a-wal"))
    options.isReadOnly = isReadOnly
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: "a", fileSystem: copy, options: options)
    }
    #expect(error?.code == .corrupt)
    try after.close()
  }
}
