import Foundation
import Testing

@testable import CareFS

/// Cells and entries that no store wrote: each ends in an error or in bytes, never in a trap.
@Suite struct DocumentDamageTests {
  @Test func anyCellEndsInAnAnswer() throws {
    let harness = try DocumentHarness()
    var cells: [[UInt8]] = []
    for number in 0..<70 { cells.append(try harness.store(BlockCodecTests.note(number))) }
    let long = DocumentStoreTests.document(70_000)
    let originals: [([UInt8], [UInt8])] = [
      (try harness.store(long), long), (cells[0], BlockCodecTests.note(0)),
      (cells[69], BlockCodecTests.note(69)),
      (try harness.store(Array("{\"a\":1}".utf8)), Array("{\"a\":1}".utf8)),
    ]
    let path = try JSONPath.parse("status")
    for (cell, bytes) in originals {
      for length in 0..<cell.count {
        let result = try? harness.load(Array(cell[..<length]))
        #expect(result == nil || cell[0] == DocumentFormat.raw)
      }
      for index in cell.indices {
        for bit in 0..<8 {
          var changed = cell
          changed[index] ^= 1 << bit
          // A raw cell has no checksum of its own; its page has.
          if cell[0] != DocumentFormat.raw, let result = try? harness.load(changed) {
            #expect(result == bytes)
          }
          try changed.withUnsafeBytes { view in
            do {
              try harness.store.forEachMatch(path, in: view) { _, _ in true }
            } catch is RowError {
            } catch is JSONError {
            }
          }
        }
      }
    }
  }

  @Test func anyEntryEndsInAnAnswer() throws {
    let harness = try DocumentHarness()
    for number in 0..<64 { _ = try harness.store(BlockCodecTests.note(number)) }
    let note = BlockCodecTests.note(500)
    let short = try harness.store(note)
    let bytes = DocumentStoreTests.document(40_000)
    let long = try harness.store(bytes)
    for (key, value) in try harness.entries() {
      for index in [0, 1, 4, 5, 8, 9, 12, 13, 40, value.count / 2, value.count - 1]
      where index < value.count {
        var changed = value
        changed[index] ^= 0x41
        try harness.replace(key, changed)
        let later = DocumentStore(tree: harness.tree, in: harness.transaction)
        for (cell, original) in [(long, bytes), (short, note)] {
          let result = try? cell.withUnsafeBytes { Array(try later.load($0)) }
          #expect(result == nil || result == original)
        }
      }
      try harness.replace(key, nil)
      let later = DocumentStore(tree: harness.tree, in: harness.transaction)
      _ = try? long.withUnsafeBytes { Array(try later.load($0)) }
      try harness.replace(key, value)
    }
    #expect(try harness.load(long) == bytes)
  }

  @Test func aCellCannotClaimMoreThanLZ4CanGive() throws {
    let harness = try DocumentHarness()
    // 16 stored bytes that claim 256 MiB.
    let bomb: [UInt8] = [3, 0x80, 0x80, 0x80, 0x80, 0x01] + [UInt8](repeating: 0, count: 20)
    #expect(throws: RowError.self) { try harness.load(bomb) }
    // A document of 1 GiB of which the tree holds nothing.
    let buffer = ByteBuffer()
    DocumentCell.write(
      DocumentCell.External(
        id: 1, rawLength: 1 << 30, checksum: 0, blockShift: 15, uniqueMembers: true), to: buffer)
    #expect(throws: RowError.self) { try harness.load(buffer.array) }
    #expect(throws: RowError.self) { try harness.find("a", in: buffer.array) }
    #expect(throws: RowError.self) { try harness.free(buffer.array) }
    for cell: [UInt8] in [[], [4], [0x20], [0x11], [5, 0, 0, 0, 0, 1, 1], [3, 0xFF, 0xFF]] {
      #expect(throws: RowError.self) { try harness.load(cell) }
    }
  }

  @Test func checkFindsWhatDoesNotAgree() throws {
    let harness = try DocumentHarness()
    var cells = try (0..<5).map {
      try harness.store(DocumentStoreTests.document(50_000, seed: UInt64($0)))
    }
    #expect(try harness.check(cells) == [])
    #expect(try harness.check(Array(cells[1...])).count == 1)
    #expect(try harness.check(cells + [cells[2]]) == ["document 3 belongs to more than one row"])
    let lost = cells.removeLast()
    try harness.free(lost)
    #expect(try harness.check(cells + [lost]) == ["document 5 of a row is not there"])
    #expect(try harness.check(cells + [[9]]) == ["a row has a malformed document cell"])
    let entries = try harness.entries()
    // Without any single entry something is amiss.
    for (key, value) in entries {
      try harness.replace(key, nil)
      #expect(try !harness.check(cells).isEmpty, "\(key)")
      try harness.replace(key, value)
    }
    try harness.replace([7], [1])
    #expect(
      try harness.check(cells) == ["the document tree has an entry of no known kind"])
    try harness.replace([7], nil)
    for (key, value) in entries {
      try harness.replace(key, value + [0])
      #expect(try !harness.check(cells).isEmpty, "\(key)")
      try harness.replace(key, value)
    }
    #expect(try harness.check(cells) == [])
  }

  @Test func storesTheRealExamplesByteForByte() throws {
    guard let folder = SharedData.folder("fhir") else { return }
    let data = Array(
      try Data(contentsOf: folder.appendingPathComponent("r4-examples.ndjson.gz")))
    let reader = try JSONRowReader(GzipSource(MemorySource(data)), layout: .lines)
    let harness = try DocumentHarness()
    var raw = 0
    var cells: [[UInt8]] = []
    var sums: [Int] = []
    // A quarter is enough for a test that runs without optimisation.
    while cells.count < 700, try reader.next() {
      raw += reader.value.count
      sums.append(Array(reader.value).hashValue)
      cells.append(Array(try harness.store.store(reader.value, column: 1)))
    }
    for (cell, sum) in zip(cells, sums) { #expect(try harness.load(cell).hashValue == sum) }
    #expect(try harness.check(cells) == [])
    let report = try harness.tree.check(in: harness.transaction)
    #expect(report.isSound)
    let stored = report.pages.count * 8192 + cells.reduce(0) { $0 + $1.count }
    #expect(stored * 100 < raw * 30, "\(stored) of \(raw)")
  }
}
