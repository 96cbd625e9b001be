import BTree
import PageStore
import Testing

@Suite struct CursorTests {
  private func seek(
    _ cursor: TreeCursor, _ key: [UInt8],
    _ how: (TreeCursor) -> (UnsafeRawBufferPointer) throws(StoreError) -> Bool
  ) throws -> [UInt8]? {
    let found = try key.withUnsafeBytes { try how(cursor)($0) }
    return found ? Array(cursor.key) : nil
  }

  @Test(arguments: [4_096, 16_384])
  func seeksMatchModel(pageSize: Int) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(3)
    for _ in 0..<2_000 {
      try harness.insert(numberKey(random.below(50_000) * 2), random.bytes(random.below(90)))
    }
    let cursor = harness.tree.cursor(in: harness.transaction)
    for _ in 0..<3_000 {
      let key = numberKey(random.below(100_010))
      let at = harness.modelIndex(key)
      let isPresent = harness.values[key] != nil
      let keys = harness.keys
      let above = isPresent ? at + 1 : at
      #expect(try seek(cursor, key, TreeCursor.seek) == (at < keys.count ? keys[at] : nil))
      #expect(
        try seek(cursor, key, TreeCursor.seekAfter) == (above < keys.count ? keys[above] : nil))
      #expect(try seek(cursor, key, TreeCursor.seekBefore) == (at > 0 ? keys[at - 1] : nil))
      if cursor.isOnEntry {
        #expect(try cursor.next() == (at < keys.count))
        if cursor.isOnEntry { #expect(Array(cursor.key) == keys[at]) }
      }
    }
  }

  @Test func endsAndRestarts() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let cursor = harness.tree.cursor(in: harness.transaction)
    #expect(try !cursor.next())
    #expect(try !cursor.previous())
    #expect(try !cursor.seekFirst())
    #expect(cursor.key.isEmpty && cursor.value.isEmpty)
    #expect(!cursor.isOnEntry && cursor.valueLength == 0)
    try harness.insert([5], [50])
    #expect(try !cursor.next())
    #expect(try cursor.seekLast())
    #expect(cursor.isOnEntry && cursor.valueLength == 1)
    #expect(Array(cursor.value) == [50])
    #expect(try !cursor.previous())
    #expect(try !cursor.next())
    // Nothing is left of the value that was read.
    #expect(try cursor.loadValue().isEmpty)
    cursor.close()
    #expect(try cursor.loadValue().isEmpty)
    #expect(try cursor.previous())
    #expect(Array(cursor.key) == [5])
  }

  /// A cursor walks on while entries around it come and go, itself included.
  @Test(arguments: [4_096, 8_192], [true, false])
  func survivesEdits(pageSize: Int, forward: Bool) throws {
    let harness = try TreeHarness(pageSize: pageSize)
    var random = Seeded(77)
    for number in 0..<1_500 {
      try harness.insert(numberKey(number * 10), random.bytes(random.below(60)))
    }
    let cursor = harness.tree.cursor(in: harness.transaction)
    var last: [UInt8]?
    var steps = 0
    while try forward ? cursor.next() : cursor.previous() {
      let key = Array(cursor.key)
      let expected: [UInt8]?
      if let last {
        let at = harness.modelIndex(last)
        let isPresent = harness.values[last] != nil
        if forward {
          let index = isPresent ? at + 1 : at
          expected = index < harness.keys.count ? harness.keys[index] : nil
        } else {
          expected = at > 0 ? harness.keys[at - 1] : nil
        }
      } else {
        expected = forward ? harness.keys.first : harness.keys.last
      }
      try #require(key == expected)
      let value = Array(cursor.value)
      try #require(value == harness.values[key])
      switch random.below(5) {
      case 0: try harness.delete(key)
      case 1: try harness.insert(numberKey(random.below(15_000)), random.bytes(40))
      case 2:
        for _ in 0..<3 {
          if let other = harness.keys.randomElement(using: &random) { try harness.delete(other) }
        }
      case 3: try harness.insert(key, random.bytes(random.below(200)), .replace)
      default: break
      }
      // What was read before the edit stays readable until the cursor moves.
      #expect(Array(cursor.key) == key)
      #expect(Array(cursor.value) == value)
      last = key
      steps += 1
    }
    #expect(steps > 500)
    try harness.verify()
  }

  @Test func loadsOverflowValuesOnDemand() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let long = [UInt8](repeating: 3, count: 30_000)
    try harness.insert([1], long)
    try harness.insert([2], [9])
    let cursor = harness.tree.cursor(in: harness.transaction)
    #expect(try cursor.next())
    #expect(!cursor.isValueLoaded)
    #expect(cursor.value.isEmpty)
    #expect(cursor.valueLength == 30_000)
    // An edit elsewhere does not keep the value from being found again.
    try harness.insert([0], [1])
    #expect(try Array(cursor.loadValue()) == long)
    #expect(Array(cursor.value) == long)
    #expect(try cursor.next())
    #expect(cursor.isValueLoaded)
    #expect(try cursor.previous())
    try harness.delete([1])
    #expect {
      _ = try cursor.loadValue()
    } throws: {
      ($0 as? StoreError)?.code == .notFound
    }
  }
}
