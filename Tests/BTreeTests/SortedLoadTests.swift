import BTree
import PageStore
import Testing

/// Loads in order leave full pages behind, whichever way and wherever they run.
@Suite struct SortedLoadTests {
  private func fill(_ report: TreeReport) -> Int {
    report.leafBytesUsed * 100 / report.leafBytes
  }

  @Test(arguments: [4_096, 65_536])
  func ascending(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    for number in 0..<20_000 { try harness.insert(numberKey(number), [1, 2, 3, 4, 5]) }
    let report = try harness.verify()
    // All leaves but the last one are full.
    #expect(report.leafBytesUsed > (report.leafPages - 1) * (pageSize - 48) * 98 / 100)
    try harness.verifyCursor()
  }

  @Test(arguments: [4_096, 65_536])
  func descending(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    for number in (0..<20_000).reversed() { try harness.insert(numberKey(number), [1, 2, 3]) }
    let report = try harness.verify()
    #expect(report.leafBytesUsed > (report.leafPages - 1) * (pageSize - 48) * 98 / 100)
    try harness.verifyCursor()
  }

  @Test func ascendingRunsInTheMiddle() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for group in 0..<40 { try harness.insert(numberKey(group << 32), [0]) }
    for group in [20, 3, 39, 0, 11] {
      for number in 1..<2_000 {
        try harness.insert(numberKey(group << 32 | number), [UInt8](repeating: 9, count: 20))
      }
    }
    let report = try harness.verify()
    #expect(fill(report) >= 85)
  }

  @Test func sortedBatches() throws {
    let harness = try TreeHarness(pageSize: 8_192)
    var random = Seeded(11)
    for _ in 0..<20 {
      let batch = (0..<500).map { _ in random.bytes(8) }.sorted(by: isBelow)
      for key in batch { try harness.insert(key, random.bytes(30)) }
      try harness.verify()
    }
  }

  /// Entries in random order: neighbors with room take some before a leaf is split.
  @Test(arguments: [4_096, 8_192])
  func randomOrder(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(UInt64(pageSize))
    for step in 0..<12_000 {
      try harness.insert(random.bytes(3) + [UInt8](repeating: 5, count: 9), [])
      if step % 3_000 == 0 { try harness.verify() }
    }
    let report = try harness.verify()
    #expect(fill(report) >= 72)
    try harness.verifyCursor()
  }

  /// Keys of several lengths and values of all sizes, moved between neighbors.
  @Test(arguments: [4_096, 65_536])
  func randomOrderOfUnequalEntries(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(UInt64(pageSize) + 1)
    for step in 0..<800 {
      let front = [UInt8](repeating: 3, count: [0, 1, 40, pageSize / 8, 3_000][random.below(5)])
      let size = [0, 3, pageSize / 30, pageSize / 4, pageSize / 2][random.below(5)]
      try harness.insert(front + random.bytes(random.below(7)), random.bytes(size), .replace)
      if step % 200 == 0 { try harness.verify() }
    }
    try harness.verify()
    try harness.verifyCursor()
    for key in harness.keys.shuffled(using: &random) { try harness.delete(key) }
    #expect(try harness.pagesInUse() == 1)
  }

  @Test func prefixShrinksAndGrows() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let long = [UInt8](repeating: 50, count: 300)
    for number in 0..<200 { try harness.insert(long + numberKey(number), [1]) }
    let shared = try harness.verify()
    // The shared 300 bytes are stored once a page.
    #expect(shared.leafPages <= 3)
    try harness.insert([49], [2])
    try harness.insert([51], [3])
    try harness.insert([], [4])
    for number in 0..<50 { try harness.insert(long.dropLast(number) + [60], [5]) }
    try harness.verify()
    try harness.verifyCursor()
  }

  @Test func equalHeads() throws {
    let harness = try TreeHarness(pageSize: 8_192)
    var random = Seeded(5)
    for number in 0..<3_000 {
      // Zeros after the first byte: heads are equal, and padding looks like key bytes.
      let key = [UInt8(random.below(2))] + [UInt8](repeating: 0, count: random.below(12))
      try harness.insert(key + (number % 3 == 0 ? [] : [UInt8(random.below(3))]), [7])
      try harness.verifyFind(key)
    }
    try harness.verify()
  }
}
