import BTree
import PageStore
import Testing

/// Lengths at and beside every limit.
@Suite struct BoundaryTests {
  private func expectTooLarge(_ body: () throws -> Void) {
    #expect {
      try body()
    } throws: {
      ($0 as? StoreError)?.code == .tooLarge
    }
  }

  @Test(arguments: pageSizes)
  func longestKey(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    let longest = [UInt8](repeating: 200, count: Tree.maxKeyLength)
    try harness.insert(longest, [1])
    // Neighbors that differ in the very last byte.
    try harness.insert(longest.dropLast() + [199], [2])
    try harness.insert(longest.dropLast() + [201], [3])
    try harness.insert(Array(longest.dropLast()), [4])
    expectTooLarge { try harness.insert(longest + [0], [5]) }
    for key in harness.keys { try harness.verifyFind(key) }
    try harness.verifyFind(longest + [0])
    try harness.verify()
    try harness.verifyCursor()
    for key in harness.keys { try harness.delete(key) }
    #expect(try harness.pagesInUse() == 1)
  }

  /// Many long keys that differ only at their end: separators need overflow pages too.
  @Test(arguments: pageSizes)
  func longSeparators(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    let shared = [UInt8](repeating: 1, count: Tree.maxKeyLength - 8)
    var random = Seeded(9)
    let count = 120_000 / (pageSize / 64)
    for _ in 0..<min(count, 300) {
      try harness.insert(
        shared + numberKey(random.below(100_000)), random.bytes(pageSize / 3))
    }
    let report = try harness.verify()
    #expect(report.depth > 1)
    try harness.verifyCursor()
    for key in harness.keys.shuffled(using: &random) { try harness.delete(key) }
    try harness.verify()
    #expect(try harness.pagesInUse() == 1)
  }

  @Test(arguments: pageSizes)
  func valuesAroundTheLocalLimit(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    let capacity = pageSize - 48
    let overflow = pageSize - 40
    var number = 0
    for center in [
      127, capacity / 4, capacity / 2 - 16, capacity, overflow, overflow + capacity / 4,
      2 * overflow, 16_384,
    ] {
      for length in max(0, center - 3)...center + 3 {
        let value = [UInt8](repeating: UInt8(number % 251), count: length)
        try harness.insert(numberKey(number), value)
        number += 1
      }
    }
    try harness.verify()
    try harness.verifyCursor()
    for key in harness.keys { try harness.verifyFind(key) }
    // Every length turns into every other.
    var random = Seeded(21)
    for key in harness.keys.shuffled(using: &random) {
      let other = harness.keys.randomElement(using: &random) ?? key
      try harness.insert(key, harness.values[other] ?? [], .replace)
    }
    try harness.verify()
  }

  @Test(arguments: pageSizes)
  func keysAroundTheLocalLimit(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    let limit = (pageSize - 48) / 8
    for length in limit - 6...limit + 6 {
      for last: UInt8 in [0, 1, 255] {
        try harness.insert([UInt8](repeating: 8, count: length) + [last], [last])
        try harness.insert([UInt8(length % 5)] + [UInt8](repeating: 0, count: length), [last])
      }
    }
    for key in harness.keys { try harness.verifyFind(key) }
    try harness.verify()
    try harness.verifyCursor()
  }

  /// The smallest cells: a 64 KiB page holds thousands of slots.
  @Test func tinyCellsInLargestPage() throws {
    let harness = try TreeHarness(pageSize: 65_536)
    var random = Seeded(64)
    for number in (0..<65_536).shuffled(using: &random) {
      try harness.insert([UInt8(number >> 8), UInt8(number & 255)], [])
    }
    let report = try harness.verify()
    #expect(report.leafPages <= 17)
    for number in 0..<256 {
      try harness.insert([UInt8(number)], [])
      for low in 0..<200 { try harness.delete([UInt8(number), UInt8(low)]) }
    }
    try harness.verify()
  }

  /// Two entries of the greatest local size fill a page to the last byte or nearly so.
  @Test(arguments: pageSizes)
  func largestLocalEntries(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    let limit = (pageSize - 48) / 2 - 16
    var random = Seeded(UInt64(pageSize))
    for number in (0..<60).shuffled(using: &random) {
      let key = numberKey(number << 56) + random.bytes(random.below(40))
      try harness.insert(key, [UInt8](repeating: 1, count: limit - key.count))
    }
    let report = try harness.verify()
    #expect(report.overflowPages == 0)
    #expect(report.leafPages >= 30)
  }

  @Test func emptyKeyAndValue() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    try harness.verifyFind([])
    try harness.insert([], [])
    try harness.verifyFind([])
    for number in 0..<500 { try harness.insert(numberKey(number), []) }
    try harness.verifyFind([])
    try harness.insert([], [1, 2], .replace)
    try harness.verify()
    try harness.delete([])
    try harness.verify()
  }
}
