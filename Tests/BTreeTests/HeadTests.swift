import BTree
import PageStore
import Testing

/// Keys that end within, at and behind the bytes that slots hold of them.
@Suite struct HeadTests {
  /// Keys of 0 to 7 bytes behind a shared front, full of zeros and their complement.
  private func suffixes() -> [[UInt8]] {
    var all: [[UInt8]] = [[]]
    for length in 1...7 {
      for byte: UInt8 in [0, 1, 254, 255] {
        let plain = [UInt8](repeating: byte, count: length)
        all.append(plain)
        for last: UInt8 in [0, 1, 255] { all.append(plain.dropLast() + [last]) }
        all.append([0] + plain.dropFirst())
        all.append([255] + plain.dropFirst())
      }
    }
    return all
  }

  @Test(arguments: [4_096, 65_536], [0, 1, 3, 4, 5, 200])
  func keysAroundTheHead(pageSize: Int, shared: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(UInt64(pageSize + shared))
    let front = [UInt8](repeating: 77, count: shared)
    let keys = suffixes().map { front + $0 }
    for key in keys.shuffled(using: &random) {
      try harness.insert(key, random.bytes(random.below(3) * 20))
      if random.below(8) == 0 { try harness.verify() }
    }
    for key in keys {
      try harness.verifyFind(key)
      try harness.verifyFind(key + [0])
      try harness.verifyFind(Array(key.dropLast()))
    }
    try harness.verifyCursor()
    // Values come and go, which changes the cells' lengths.
    for key in keys.shuffled(using: &random) {
      try harness.insert(key, random.bytes(random.below(2) * 130), .replace)
    }
    try harness.verify()
    for key in keys.shuffled(using: &random) {
      try harness.delete(key)
      if random.below(8) == 0 { try harness.verify() }
    }
    #expect(try harness.pagesInUse() == 1)
  }

  /// Long keys among short ones: pages with heads of two bytes take them, and are rewritten with
  /// larger ones, or split where those do not fit.
  @Test(arguments: pageSizes)
  func longKeysAmongNumbers(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(UInt64(pageSize))
    for number in 0..<20_000 { try harness.insert(numberKey(number), []) }
    let dense = try harness.verify()
    // Slots of 4 bytes and cells of 1.
    #expect(dense.leafBytesUsed < 20_000 * 11 / 2)
    for step in 0..<600 {
      let key = numberKey(random.below(20_000)) + random.bytes(random.below(pageSize / 8))
      try harness.insert(key, random.bytes(random.below(pageSize / 4)))
      if step % 100 == 0 { try harness.verify() }
    }
    try harness.verify()
    try harness.verifyCursor()
    for key in harness.keys.shuffled(using: &random).prefix(19_000) { try harness.delete(key) }
    try harness.verify()
    for key in harness.keys.shuffled(using: &random) { try harness.delete(key) }
    #expect(try harness.pagesInUse() == 1)
  }

  /// Entries without values that share all but their last bytes take a slot and a length.
  @Test func denseIndexEntries() throws {
    let harness = try TreeHarness(pageSize: 8_192)
    let loader = try BulkLoader(harness.tree, in: harness.transaction)
    for number in 0..<100_000 {
      let key = [0x82, UInt8(number >> 14), 0x83] + numberKey(number).suffix(3)
      try key.withUnsafeBytes {
        try loader.append($0, UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
    try loader.finish()
    let report = try harness.tree.check(in: harness.transaction)
    #expect(report.findings == [])
    #expect(report.leafPages * 8_192 < 100_000 * 6)
  }
}
