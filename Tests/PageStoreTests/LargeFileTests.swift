import CareFSTestSupport
import Testing

@testable import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Pages around byte 2^31 and 2^32 of the file, and around the borders of the maps of free pages.
@Suite struct LargeFileTests {
  private static let owner: UInt32 = 7

  /// Marks all pages below `page` as used, so that the next ones lie where they are wanted.
  private func skip(to page: PageNumber, _ pager: Pager, _ tx: PageTransaction) throws {
    let span = pager.freeSpace.span
    for index in 0...(page / span) {
      let number = pager.freeSpace.mapPage(index)
      tx.enter()
      defer { tx.leave() }
      if number >= tx.pageCount {
        _ = try tx.makeFresh(number, kind: .freeMap, owner: FreeSpace.owner)
      }
      let editor = try tx.edit(number, kind: .freeMap, owner: FreeSpace.owner)
      let bits = min(page - index * span, span)
      for byte in 0..<(bits / 8) { editor.writeUInt8(0xFF, at: PageHeader.size + Int(byte)) }
      let rest = bits % 8
      if rest > 0 {
        editor.writeUInt8((1 << UInt8(rest)) - 1, at: PageHeader.size + Int(bits / 8))
      }
    }
    tx.pageCount = max(tx.pageCount, page)
    pager.freeSpace.forgetHints()
  }

  private func value(_ tx: PageTransaction, _ page: PageNumber) throws -> UInt64 {
    tx.enter()
    defer { tx.leave() }
    return try tx.page(page, kind: .tree, owner: Self.owner).u64(PageHeader.size)
  }

  /// A sparse file of more than 4 GiB on the disk: pages on both sides of bytes 2^31 and 2^32 come
  /// back from the log, from the page file, and after a clean close.
  @Test(arguments: [1 << 31, 1 << 32] as [UInt64])
  func pagesAroundTheBorder(border: UInt64) throws {
    var name = temporaryTemplate("carefs-large")
    try #require(mkdtemp(&name) != nil)
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = folder + "/large.carefs"
    defer {
      unlink(path)
      unlink(Pager.logPath(path))
      rmdir(folder)
    }
    var options = PagerOptions()
    options.pageSize = 65_536
    options.segmentSize = 1 << 20
    options.hasBackgroundCheckpoints = false
    let first = PageNumber(border / 65_536) - 3
    var pages: [PageNumber] = []
    do {
      let pager = try Pager.create(path: path, options: options)
      // A hole in place of the pages before: the system gives no room to it.
      try pager.file.truncate(to: border + 32 << 20)
      let tx = try pager.beginWrite()
      try skip(to: first, pager, tx)
      for number in 0..<6 as Range<UInt64> {
        tx.enter()
        let editor = try tx.allocate(kind: .tree, owner: Self.owner)
        editor.writeUInt64(number + 1, at: PageHeader.size)
        pages.append(editor.number)
        tx.leave()
      }
      try tx.commit()
      #expect(pages == (0..<6).map { first + $0 })
      try pager.checkpoint()
      let next = try pager.beginWrite()
      for (index, page) in pages.enumerated() {
        next.enter()
        try next.edit(page, kind: .tree, owner: Self.owner)
          .writeUInt64(UInt64(index + 11), at: PageHeader.size)
        next.leave()
      }
      try next.commit()
      // The process ends here, as far as the files can tell.
      pager.isClosed.store(true, ordering: .releasing)
      pager.log?.file.close()
      pager.file.close()
    }
    for _ in 0..<2 {
      let pager = try Pager.open(path: path, options: options)
      #expect(try pager.file.size() > border)
      let tx = try pager.beginRead()
      for (index, page) in pages.enumerated() {
        #expect(try value(tx, page) == UInt64(index + 11))
      }
      tx.rollback()
      try pager.close()
    }
  }

  /// Pages given out across the border of two maps, taken back and given out again.
  @Test func pagesAroundAMapsBorder() throws {
    let scenario = Scenario(seed: 3)
    try scenario.create()
    let pager = try scenario.pager
    let span = pager.freeSpace.span
    let tx = try pager.beginWrite()
    try skip(to: span - 2, pager, tx)
    tx.enter()
    var pages: [PageNumber] = []
    for _ in 0..<6 {
      pages.append(try tx.allocate(kind: .tree, owner: Self.owner).number)
    }
    // The two pages before a map are ordinary ones, the map itself is nobody's.
    #expect(pages == [span - 2, span - 1, span, span + 1, span + 3, span + 4])
    for page in pages { try tx.free(page, kind: .tree, owner: Self.owner) }
    let again = try (0..<6).map { _ in try tx.allocate(kind: .tree, owner: Self.owner).number }
    #expect(again == pages)
    for page in [span + 2, span + 5, 2] {
      #expect {
        try pager.freeSpace.give(page, tx)
      } throws: {
        ($0 as? StoreError)?.code == .corrupt
      }
    }
    tx.leave()
    try tx.commit()
    let reader = try pager.beginRead()
    var used: Set<PageNumber> = []
    try pager.freeSpace.forEachUsed(reader) { used.insert($0) }
    #expect(used.isSuperset(of: pages))
    reader.rollback()
    try scenario.close()
  }

  /// Numbers that no file can have are refused before anything is read.
  @Test func numbersBeyondTheLargestFileAreRefused() throws {
    let scenario = Scenario(seed: 4)
    try scenario.create()
    let tx = try scenario.pager.beginWrite()
    defer { tx.rollback() }
    tx.enter()
    defer { tx.leave() }
    for page in [0, 1, PageLimits.maximumPageCount, .max] as [PageNumber] {
      #expect {
        _ = try tx.page(page, kind: .tree, owner: Self.owner)
      } throws: {
        ($0 as? StoreError)?.code == .corrupt
      }
    }
  }
}
