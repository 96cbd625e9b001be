import BTree
import PageStore
import Testing

/// What `roomAtEnd` promises holds.
@Suite struct RoomTests {
  private func room(_ harness: TreeHarness, _ key: [UInt8]) throws -> Int {
    try key.withUnsafeBytes { try harness.editor.roomAtEnd(for: $0) }
  }

  /// A value as long as the room needs no other page, not even an overflow page.
  @Test(arguments: [1, 8, 60])
  func aValueThatFillsTheRoomAddsNoPage(keyLength: Int) throws {
    let harness = try TreeHarness(pageSize: 4_096)
    var filled = 0
    var pages = 1
    for number in 0..<60 {
      let key = [UInt8](repeating: 0, count: keyLength - 1) + [UInt8(number)]
      let room = try room(harness, key)
      let count = number % 3 == 0 ? room : min(room, 100)
      try harness.insert(key, [UInt8](repeating: 4, count: count))
      let after = try harness.verify().pages.count
      if room > 0 {
        filled += 1
        #expect(after == pages)
      }
      pages = after
    }
    #expect(filled > 30)
  }

  /// Of a value that is too long to be local the page cannot hold all, however empty it is.
  @Test func anEmptyPageHasRoomForTheLongestLocalValue() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let key = [UInt8](repeating: 1, count: 20)
    let room = try room(harness, key)
    try harness.insert(key, [UInt8](repeating: 1, count: room))
    #expect(try harness.verify().overflowPages == 0)
    try harness.insert(key, [UInt8](repeating: 1, count: room + 1), .replace)
    #expect(try harness.verify().overflowPages == 1)
  }

  @Test func onlyAKeyBehindAllOthersHasRoom() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<300 {
      try harness.insert(numberKey(number * 2), [UInt8](repeating: 1, count: 30))
    }
    #expect(try room(harness, numberKey(598)) == 0)
    #expect(try room(harness, numberKey(597)) == 0)
    // The end of the first leaf.
    for number in 0..<299 { #expect(try room(harness, numberKey(number * 2 + 1)) == 0) }
    #expect(try room(harness, numberKey(599)) > 0)
    #expect(try room(harness, [UInt8](repeating: 0xFF, count: 600)) == 0)
  }
}
