import BTree
import PageStore
import Testing

/// When a full page is rewritten in place rather than split.
@Suite struct RewriteTests {
  /// A rewrite must leave a 32nd of the page free, to the byte.
  @Test(arguments: [(970, 1), (971, 2)])
  func aRewriteLeavesA32ndFree(length: Int, leaves: Int) throws {
    let harness = try TreeHarness(pageSize: 4_096)
    func insert(_ first: UInt8, _ length: Int) throws {
      // Slot, lengths and rest of the key take 13 bytes.
      let key = [first] + numberKey(1).dropFirst()
      try harness.insert(key, [UInt8](repeating: 1, count: length))
    }
    for first: UInt8 in [1, 2, 3] { try insert(first, 1_000) }
    try insert(4, 900)
    try harness.delete([1] + numberKey(1).dropFirst())
    let capacity = 4_096 - 48
    #expect(try harness.verify().leafBytesUsed == 2 * 1_013 + 913)
    try #require(2 * 1_013 + 913 + 13 + 970 == capacity - capacity / 32)
    try insert(5, length)
    #expect(try harness.verify().leafPages == leaves)
  }

  /// Separators with two bytes after the page's prefix fill an inner page to its end.
  @Test func anInnerPageWithShortHeadsIsFilled() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let value = [UInt8](repeating: 2, count: 1_900)
    var header = try harness.bytes(of: harness.tree.root, 32..<48)
    var last = header
    for number in 0..<2_000 where header[0] < 2 {
      last = header
      try harness.insert(numberKey(number), value)
      header = try harness.bytes(of: harness.tree.root, 32..<48)
    }
    try #require(header[0] == 2 && last[0] == 1 && last[1] == 2)
    let slotsEnd = 48 + 4 * (Int(last[2]) + Int(last[3]) << 8)
    let cellStart = Int(last[4]) + Int(last[5]) << 8
    // The next one would have needed a slot of four bytes, a child and a length.
    #expect(cellStart - slotsEnd < 9)
    try harness.verify()
  }
}
