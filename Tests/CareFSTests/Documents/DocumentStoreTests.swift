import BTree
import Foundation
import PageStore
import Testing

@testable import CareFS

/// A table's documents in a database in memory.
final class DocumentHarness {
  let transaction: PageTransaction
  let tree: Tree
  let store: DocumentStore
  private let pager: Pager

  init(pageSize: Int = 8192, dictionaries: DocumentDictionaries? = nil) throws {
    var options = PagerOptions()
    options.pageSize = pageSize
    pager = try Pager.create(
      path: "/documents.carefs", fileSystem: MemoryFileSystem(), options: options)
    transaction = try pager.beginWrite()
    tree = try Tree.create(id: 9, in: transaction)
    store = DocumentStore(tree: tree, in: transaction, dictionaries: dictionaries)
  }

  deinit { transaction.rollback() }

  func store(_ bytes: [UInt8], column: UInt32 = 1) throws -> [UInt8] {
    try bytes.withUnsafeBytes { Array(try store.store($0, column: column)) }
  }

  func load(_ cell: [UInt8]) throws -> [UInt8] {
    try cell.withUnsafeBytes { Array(try store.load($0)) }
  }

  func load(_ cell: [UInt8], _ range: Range<Int>) throws -> [UInt8] {
    try cell.withUnsafeBytes { Array(try store.load($0, range)) }
  }

  func free(_ cell: [UInt8]) throws { try cell.withUnsafeBytes { try store.free($0) } }

  func find(_ path: String, in cell: [UInt8]) throws -> [String] {
    var found: [String] = []
    let path = try JSONPath.parse(path)
    try cell.withUnsafeBytes { cell in
      try store.forEachMatch(path, in: cell) { _, text in
        found.append(String(decoding: text, as: UTF8.self))
        return true
      }
    }
    return found
  }

  /// Every entry of the tree.
  func entries() throws -> [([UInt8], [UInt8])] {
    let cursor = tree.cursor(in: transaction)
    defer { cursor.close() }
    var entries: [([UInt8], [UInt8])] = []
    var isOn = try cursor.seekFirst()
    while isOn {
      entries.append((Array(cursor.key), Array(try cursor.loadValue())))
      isOn = try cursor.next()
    }
    return entries
  }

  /// What a check of these rows' cells finds.
  func check(_ cells: [[UInt8]]) throws -> [String] {
    let check = DocumentCheck()
    for cell in cells { cell.withUnsafeBytes { check.reference($0) } }
    for (key, value) in try entries() {
      key.withUnsafeBytes { key in value.withUnsafeBytes { check.entry(key, $0) } }
    }
    check.finish()
    return check.findings
  }

  /// Replaces or removes an entry of the tree.
  func replace(_ key: [UInt8], _ value: [UInt8]?) throws {
    let editor = tree.editor(in: transaction)
    _ = try key.withUnsafeBytes { key in
      if let value {
        return try value.withUnsafeBytes { try editor.insert(key, $0, ifPresent: .replace) }
      }
      return try editor.delete(key)
    }
  }
}

@Suite struct DocumentStoreTests {
  /// A document with an unpredictable part, so that it does not compress to nothing.
  static func document(_ length: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &+ 0x9E37_79B9_7F4A_7C15
    var text = "{\"id\":\(seed),\"first\":true,\"notes\":["
    while text.utf8.count < length {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text +=
        "{\"code\":\"\(String(state >> 20, radix: 36))\",\"display\":\"Blood pressure panel\"},"
    }
    return Array((text + "null],\"last\":{\"deep\":[1,{\"x\":\"end\"}]}}").utf8)
  }

  static func noise(_ length: Int) -> [UInt8] {
    var state: UInt64 = 88_172_645_463_325_252
    return (0..<length).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  @Test(arguments: [4096, 8192, 65_536])
  func roundTripsEveryLength(pageSize: Int) throws {
    let harness = try DocumentHarness(pageSize: pageSize)
    var cells: [([UInt8], [UInt8])] = []
    for length in [0, 1, 31, 32, 100, 900, 1000, 3000, 9000, 32_768, 32_769, 200_000] {
      for bytes in [Self.document(length, seed: UInt64(length)), Self.noise(length)] {
        cells.append((try harness.store(bytes), bytes))
      }
    }
    for (cell, bytes) in cells {
      #expect(cell.count <= harness.store.inlineLimit)
      #expect(try harness.load(cell) == bytes)
      #expect(try cell.withUnsafeBytes { try DocumentCell($0).rawLength } == bytes.count)
    }
    #expect(try harness.check(cells.map(\.0)) == [])
    for (cell, _) in cells { try harness.free(cell) }
    #expect(try harness.check([]) == [])
    #expect(try !harness.entries().contains { $0.0.first == DocumentFormat.pieceMark })
  }

  @Test func neverUsesAnIDTwice() throws {
    let harness = try DocumentHarness()
    var ids: Set<UInt64> = []
    for round in 0..<20 {
      let cell = try harness.store(Self.document(20_000, seed: UInt64(round)))
      guard case .external(let external) = try cell.withUnsafeBytes({ try DocumentCell($0) })
      else {
        Issue.record("a long document stayed in the row")
        return
      }
      #expect(ids.insert(external.id).inserted)
      try harness.free(cell)
    }
  }

  @Test func readsRangesFromTheBlocksTheyTouch() throws {
    let harness = try DocumentHarness()
    let bytes = Self.document(150_000)
    let cell = try harness.store(bytes)
    for range in [0..<1, 32_767..<32_769, 40_000..<40_000, 70_000..<140_000, 149_000..<400_000] {
      let expected = Array(bytes[range.clamped(to: 0..<bytes.count)])
      #expect(try harness.load(cell, range) == expected)
    }
    // Without its last block the rest can still be read.
    let last = try #require(try harness.entries().last)
    var changed = last.1
    changed[0] = 9
    try harness.replace(last.0, changed)
    #expect(try harness.load(cell, 0..<100) == Array(bytes[..<100]))
    #expect(throws: RowError.self) { try harness.load(cell) }
    let small = try harness.store(Array("{\"a\":[1,2,3]}".utf8))
    #expect(try harness.load(small, 1..<4) == Array("\"a\"".utf8))
  }

  @Test func looksPathsUpWithoutReadingTheRest() throws {
    let harness = try DocumentHarness()
    let bytes = Self.document(150_000)
    let cell = try harness.store(bytes)
    #expect(try harness.find("first", in: cell) == ["true"])
    #expect(try harness.find("last.deep[1].x", in: cell) == ["\"end\""])
    #expect(try harness.find("notes[0].display", in: cell) == ["\"Blood pressure panel\""])
    #expect(try harness.find("missing", in: cell) == [])
    #expect(try harness.find("notes[*].display", in: cell).count > 1000)
    for (key, value) in try harness.entries()
    where key.withUnsafeBytes({ DocumentFormat.readPieceKey($0)?.1 }) == 3 {
      try harness.replace(key, [9] + Array(value.dropFirst()))
    }
    #expect(try harness.find("first", in: cell) == ["true"])
    #expect(throws: RowError.self) { try harness.find("last.deep", in: cell) }
    for text in ["{\"a\":1,\"a\":[{\"b\":\"x\"}]}", "[[1,2],{\"a\":3}]", "7"] {
      let cell = try harness.store(Array(text.utf8))
      #expect(try harness.find("a[0].b", in: cell) == (text.contains("b") ? ["\"x\""] : []))
      #expect(try harness.find("[1].a", in: cell) == (text.hasPrefix("[") ? ["3"] : []))
    }
  }

  @Test func theLastOfDuplicatesWinsInLongDocumentsToo() throws {
    let harness = try DocumentHarness()
    let filler = String(decoding: Self.document(40_000), as: UTF8.self)
    let cell = try harness.store(Array("{\"a\":1,\"f\":\(filler),\"\\u0061\":2}".utf8))
    #expect(try harness.find("a", in: cell) == ["2"])
    #expect(try harness.find("f.first", in: cell) == ["true"])
  }

  @Test func smallDocumentsShareDictionaries() throws {
    let harness = try DocumentHarness()
    var cells: [([UInt8], [UInt8])] = []
    for number in 0..<400 {
      let bytes = BlockCodecTests.note(number)
      cells.append((try harness.store(bytes, column: 3), bytes))
    }
    let raw = cells[300...].reduce(0) { $0 + $1.1.count }
    let stored = cells[300...].reduce(0) { $0 + $1.0.count }
    #expect(stored * 100 < raw * 45, "\(stored) of \(raw)")
    #expect(cells[399].0[0] == DocumentFormat.dictionaryBlock)
    for (cell, bytes) in cells { #expect(try harness.load(cell) == bytes) }
    // A store opened later reads them too, and goes on with the dictionary.
    let later = DocumentStore(tree: harness.tree, in: harness.transaction)
    for (cell, bytes) in cells {
      #expect(try cell.withUnsafeBytes { Array(try later.load($0)) } == bytes)
    }
    let next = try BlockCodecTests.note(7).withUnsafeBytes { Array(try later.store($0, column: 3)) }
    #expect(next[0] == DocumentFormat.dictionaryBlock)
    #expect(try harness.check(cells.map(\.0) + [next]) == [])
    // Another column has samples of its own.
    #expect(
      try harness.store(BlockCodecTests.note(7), column: 4)[0] != DocumentFormat.dictionaryBlock)
  }

  @Test func aDictionaryOfAnUndoneSavepointIsForgotten() throws {
    let harness = try DocumentHarness(dictionaries: DocumentDictionaries())
    var kept: [([UInt8], [UInt8])] = []
    for number in 0..<60 {
      let bytes = BlockCodecTests.note(number)
      kept.append((try harness.store(bytes), bytes))
    }
    let savepoint = harness.transaction.savepoint()
    for number in 60..<100 { _ = try harness.store(BlockCodecTests.note(number)) }
    #expect(try harness.entries().contains { $0.0.first == DocumentFormat.dictionaryMark })
    try harness.transaction.rollback(to: savepoint)
    #expect(try !harness.entries().contains { $0.0.first == DocumentFormat.dictionaryMark })
    for number in 100..<140 {
      let bytes = BlockCodecTests.note(number)
      kept.append((try harness.store(bytes), bytes))
    }
    let later = DocumentStore(tree: harness.tree, in: harness.transaction)
    for (cell, bytes) in kept {
      #expect(try cell.withUnsafeBytes { Array(try later.load($0)) } == bytes)
    }
    #expect(try harness.check(kept.map(\.0)) == [])
  }

  @Test func fillsPages() throws {
    let harness = try DocumentHarness()
    for seed in 0..<100 { _ = try harness.store(Self.document(30_000, seed: UInt64(seed))) }
    let report = try harness.tree.check(in: harness.transaction)
    #expect(report.isSound)
    #expect(report.leafBytesUsed * 100 > report.leafBytes * 96)
  }
}
