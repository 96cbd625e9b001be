import BTree
import PageStore
import Testing

@Suite struct BulkLoaderTests {
  private func load(
    _ harness: TreeHarness, _ entries: [([UInt8], [UInt8])], fillPercent: Int
  ) throws {
    let loader = try BulkLoader(
      harness.tree, in: harness.transaction, fillPercent: fillPercent)
    for (key, value) in entries {
      try key.withUnsafeBytes { k in try value.withUnsafeBytes { v in try loader.append(k, v) } }
      harness.keys.append(key)
      harness.values[key] = value
    }
    try loader.finish()
    #expect(loader.count == entries.count)
  }

  @Test(arguments: pageSizes, [100, 70, 10])
  func loadsAndTakesEdits(pageSize: Int, fillPercent: Int) throws {
    var random = Seeded(UInt64(pageSize + fillPercent))
    let harness = try TreeHarness(pageSize: pageSize)
    let entries = (0..<10_000).map { (numberKey($0 * 3), random.bytes(random.below(60))) }
    try load(harness, entries, fillPercent: fillPercent)
    let report = try harness.verify()
    if fillPercent == 100 { #expect(report.leafBytesUsed * 100 / report.leafBytes >= 90) }
    if fillPercent == 70 && pageSize < 65_536 {
      #expect((60...72).contains(report.leafBytesUsed * 100 / report.leafBytes))
    }
    try harness.verifyCursor()
    for _ in 0..<1_500 {
      let key = numberKey(random.below(30_000))
      if random.below(3) == 0 {
        try harness.delete(key)
      } else {
        try harness.insert(key, random.bytes(50), .replace)
      }
    }
    try harness.verify()
  }

  @Test(arguments: [4_096, 65_536])
  func longKeysAndValues(pageSize: Int) throws {
    var random = Seeded(6)
    let harness = try TreeHarness(pageSize: pageSize)
    let shared = [UInt8](repeating: 33, count: 9_000)
    let entries = (0..<150).map {
      (
        shared.dropLast($0 % 2 * 8_990) + numberKey($0),
        random.bytes([3, pageSize / 3, 2 * pageSize][random.below(3)])
      )
    }
    try load(harness, entries.sorted { isBelow($0.0, $1.0) }, fillPercent: 95)
    try harness.verify()
    try harness.verifyCursor()
    for key in harness.keys.shuffled(using: &random) { try harness.delete(key) }
    #expect(try harness.pagesInUse() == 1)
  }

  @Test func smallAndEmptyLoads() throws {
    for count in [0, 1, 2] {
      let harness = try TreeHarness(pageSize: 4_096)
      try load(harness, (0..<count).map { (numberKey($0), [1]) }, fillPercent: 100)
      let report = try harness.verify()
      #expect(report.depth == 1)
    }
  }

  @Test func refusesDisorder() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let loader = try BulkLoader(harness.tree, in: harness.transaction)
    func append(_ key: [UInt8]) throws {
      try key.withUnsafeBytes {
        try loader.append($0, UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
    try append([5])
    for key: [UInt8] in [[5], [4], []] {
      #expect {
        try append(key)
      } throws: {
        ($0 as? StoreError)?.code == .exists
      }
    }
    try append([5, 0])
    try loader.finish()
    #expect {
      _ = try BulkLoader(harness.tree, in: harness.transaction)
    } throws: {
      ($0 as? StoreError)?.code == .exists
    }
  }

  @Test func dropAndRemoveAll() throws {
    var random = Seeded(8)
    let harness = try TreeHarness(pageSize: 4_096)
    for _ in 0..<1_000 {
      try harness.insert(
        [UInt8](repeating: 4, count: random.below(2) * 3_000) + random.bytes(6),
        random.bytes(random.below(40) == 0 ? 9_000 : 30))
    }
    try harness.verify()
    try harness.tree.removeAll(in: harness.transaction)
    #expect(try harness.pagesInUse() == 1)
    harness.keys = []
    harness.values = [:]
    try harness.verify()
    for number in 0..<1_000 { try harness.insert(numberKey(number), random.bytes(30)) }
    try harness.verify()
    try harness.tree.drop(in: harness.transaction)
    #expect(try harness.pagesInUse() == 0)
  }
}
