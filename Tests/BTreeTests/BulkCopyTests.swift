import BTree
import PageStore
import Testing

/// Trees copied leaf by leaf into another store.
@Suite struct BulkCopyTests {
  /// Copies the harness's tree and compares it with one made entry by entry.
  private func compare(_ harness: TreeHarness, pageSize: Int, targetSize: Int? = nil) throws {
    let copied = try TreeHarness(pageSize: targetSize ?? pageSize)
    copied.keys = harness.keys
    copied.values = harness.values
    let loader = try BulkLoader(copied.tree, in: copied.transaction)
    try loader.append(contentsOf: harness.tree, in: harness.transaction)
    try loader.finish()
    #expect(loader.count == harness.keys.count)
    let report = try copied.verify()

    let loaded = try TreeHarness(pageSize: targetSize ?? pageSize)
    let other = try BulkLoader(loaded.tree, in: loaded.transaction)
    for key in harness.keys {
      try key.withUnsafeBytes { k in
        try (harness.values[key] ?? []).withUnsafeBytes { v in try other.append(k, v) }
      }
    }
    try other.finish()
    let expected = try loaded.tree.check(in: loaded.transaction)
    #expect(report.pages == expected.pages)
    #expect(report.leafBytesUsed == expected.leafBytesUsed)
    #expect(report.depth == expected.depth)
  }

  @Test(arguments: pageSizes)
  func afterRandomEdits(pageSize: Int) throws {
    var random = Seeded(UInt64(pageSize))
    let harness = try TreeHarness(pageSize: pageSize)
    for _ in 0..<4_000 {
      let key =
        random.below(2) == 0 ? numberKey(random.below(9_000)) : random.bytes(3 + random.below(9))
      if random.below(4) == 0 {
        try harness.delete(key)
      } else {
        try harness.insert(key, random.bytes(random.below(70)), .replace)
      }
    }
    try compare(harness, pageSize: pageSize)
  }

  @Test func longKeysAndValuesBetweenShortOnes() throws {
    var random = Seeded(3)
    let harness = try TreeHarness(pageSize: 4_096)
    for _ in 0..<600 {
      let length = [4, 9, 300, 2_000][random.below(4)]
      let key = [UInt8(random.below(3))] + random.bytes(length)
      try harness.insert(key, random.bytes([0, 12, 1_500, 9_000][random.below(4)]), .replace)
    }
    try compare(harness, pageSize: 4_096)
    try compare(harness, pageSize: 4_096, targetSize: 16_384)
  }

  /// More leaves than are kept go into one page.
  @Test func nearlyEmptyLeaves() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let loader = try BulkLoader(harness.tree, in: harness.transaction, fillPercent: 10)
    for number in 0..<30_000 {
      let key = numberKey(number)
      try key.withUnsafeBytes {
        try loader.append($0, UnsafeRawBufferPointer(start: nil, count: 0))
      }
      harness.keys.append(key)
      harness.values[key] = []
    }
    try loader.finish()
    try compare(harness, pageSize: 4_096)
  }

  @Test func anEmptyTreeAndTwoTreesInTurn() throws {
    try compare(try TreeHarness(pageSize: 4_096), pageSize: 4_096)
    let low = try TreeHarness(pageSize: 4_096)
    let high = try TreeHarness(pageSize: 4_096)
    for number in 0..<500 { try low.insert(numberKey(number), [1]) }
    for number in 500..<1_000 { try high.insert(numberKey(number), [2]) }
    let both = try TreeHarness(pageSize: 4_096)
    let loader = try BulkLoader(both.tree, in: both.transaction)
    try loader.append(contentsOf: low.tree, in: low.transaction)
    try loader.append(contentsOf: high.tree, in: high.transaction)
    #expect {
      try loader.append(contentsOf: low.tree, in: low.transaction)
    } throws: { ($0 as? StoreError)?.code == .exists }
    let again = try TreeHarness(pageSize: 4_096)
    let fresh = try BulkLoader(again.tree, in: again.transaction)
    try fresh.append(contentsOf: low.tree, in: low.transaction)
    try fresh.append(contentsOf: high.tree, in: high.transaction)
    try fresh.finish()
    again.keys = low.keys + high.keys
    again.values = low.values.merging(high.values) { $1 }
    try again.verify()
  }
}
