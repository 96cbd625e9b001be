import BTree
import PageStore
import Testing

/// Damage that only one comparison stands against.
@Suite struct DamageTests {
  /// A separator above the first key of the page that it leads to.
  @Test func findsAKeyBelowItsFence() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<60 {
      try harness.insert([UInt8(number)], [UInt8](repeating: 1, count: 90))
    }
    let report = try harness.verify()
    #expect(report.depth == 2 && report.innerPages == 1)
    #expect(report.pages.count == report.leafPages + 1 && report.overflowPages == 0)
    // The last byte of a slot's head is the separator's first.
    let root = harness.tree.root
    let headSize = Int(try harness.bytes(of: root, 33..<34)[0])
    let place = 48 + headSize - 1
    let separator = try harness.bytes(of: root, place..<place + 1)[0]
    try harness.overwrite(root, at: place, with: [separator + 1])
    let findings = try harness.tree.check(in: harness.transaction).findings
    #expect(findings.map(\.message) == ["the first key lies below the page's lower fence"])
  }

  /// Two slots that differ in their cells only: the same short key twice.
  @Test func findsAKeyThatIsThereTwice() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for key: UInt8 in [1, 2, 3] { try harness.insert([key], [key]) }
    let root = harness.tree.root
    try harness.overwrite(root, at: 54, with: harness.bytes(of: root, 48..<52))
    let findings = try harness.tree.check(in: harness.transaction).findings
    #expect(findings.map(\.message) == ["the keys of slots 0 and 1 do not ascend"])
  }

  /// Cells that are sound one by one and together as long as the cell area, though two overlap.
  @Test func findsCellsThatOverlap() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    // A cell begins with these two bytes and repeats them, so another one begins two bytes on.
    let value = (0..<20).map { UInt8($0 % 2 == 0 ? 3 : 20) }
    for key: UInt8 in [1, 2, 3] { try harness.insert([key], value) }
    let root = harness.tree.root
    let place = try harness.bytes(of: root, 58..<60)
    let cell = Int(place[0]) + Int(place[1]) << 8
    try #require(try harness.bytes(of: root, cell..<cell + 4) == [3, 20, 3, 20])
    try harness.overwrite(root, at: 58, with: [UInt8((cell + 2) & 255), UInt8((cell + 2) >> 8)])
    let findings = try harness.tree.check(in: harness.transaction).findings
    #expect(findings.map(\.message) == ["two cells overlap"])
  }

  /// A cell that begins with the last byte of its page, and says that more follow.
  @Test func aCellThatThePageEndsInIsDamage() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    try harness.insert([1, 2, 3, 4, 5], [1])
    try harness.insert([2], [1])
    let root = harness.tree.root
    try harness.overwrite(root, at: 52, with: [0xFF, 0x0F])
    try harness.overwrite(root, at: 4_095, with: [11])
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let key: [UInt8] = [1, 2, 3, 4, 5]
    #expect {
      try key.withUnsafeBytes { _ = try harness.tree.find($0, in: harness.transaction) }
    } throws: {
      ($0 as? StoreError)?.code == .corrupt
    }
  }

  /// A root that cannot be read has no levels below it that could be counted.
  @Test func aTreeWithoutARootHasNoDepth() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    try harness.insert([1], [2])
    try harness.overwrite(harness.tree.root, at: 32, with: [0xFF])
    let report = try harness.tree.check(in: harness.transaction)
    #expect(!report.isSound)
    #expect(report.depth == 0 && report.entries == 0 && report.leafPages == 0)
  }

  /// A leaf of no entries that says it is full.
  @Test func anEmptyLeafWithoutRoomIsRefused() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let root = harness.tree.root
    // No entries, cells from the first slot's place on, no gaps.
    try harness.overwrite(root, at: 34, with: [0, 0, 48, 0, 0, 0])
    #expect {
      try harness.insert([1], [2])
    } throws: {
      ($0 as? StoreError)?.code == .corrupt
    }
  }

  /// A cell whose length says that an overflow page's number follows it, where the page ends.
  @Test func aChainThatThePageCutsOffIsRefused() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    // The first cell ends where the cells end, with a value that is all local.
    try harness.insert([1], [UInt8](repeating: 0xFF, count: 900))
    let root = harness.tree.root
    let cell =
      Int(try harness.bytes(of: root, 52..<53)[0])
      + Int(try harness.bytes(of: root, 53..<54)[0]) << 8
    // A value length with as many local bytes, and more of them in overflow pages.
    let perPage = harness.transaction.contentEnd - 40
    for short in 1..<4 {
      let count = perPage + 900 - short
      let length = [UInt8(count & 0x7F | 0x80), UInt8(count >> 7)]
      try harness.overwrite(root, at: cell + 1, with: length)
      #expect {
        _ = try harness.verifyFind([1])
      } throws: {
        ($0 as? StoreError)?.message.contains("cut off") == true
      }
    }
  }
}
