import PageStore
import Testing

@testable import BTree

/// Several keys that are looked up together.
@Suite struct LookupTests {
  /// What is looked at ahead is where the search then goes, in pages with and without a prefix.
  @Test(arguments: [0, 3, 200])
  func theFirstSlotIsThatOfTheKey(shared: Int) throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let front = [UInt8](repeating: 7, count: shared)
    for number in 0..<500 {
      try harness.insert(front + numberKey(number << 48 | 1), [UInt8](repeating: 5, count: 40))
    }
    let pages = try harness.verify().pages
    let source = PageSource(transaction: harness.transaction, tree: harness.tree)
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    var seen = 0
    for page in pages {
      let node = try source.node(page)
      guard node.isLeaf else { continue }
      #expect(node.prefixLength >= shared)
      for index in 0..<node.count {
        // With other bytes on both sides of it.
        let key = [UInt8](repeating: 0xFF, count: 300) + harness.keys[seen] + [0xFF]
        let slot = key.withUnsafeBytes {
          node.firstSlot($0.start + 300, harness.keys[seen].count)
        }
        #expect(slot == index)
        seen += 1
      }
    }
    #expect(seen == harness.keys.count)
  }

  /// Keys of which one is the beginning of the other, in cells of every form.
  @Test(arguments: [1, 200], [1, 20_000])
  func aKeyIsNotItsBeginning(length: Int, valueLength: Int) throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let key = [UInt8](repeating: 0, count: length)
    try harness.insert([1], [1])
    try harness.insert(key, [UInt8](repeating: 2, count: valueLength))
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    for count in [length - 1, length, length + 1] {
      let wanted = [UInt8](repeating: 0, count: count)
      let value = try wanted.withUnsafeBytes {
        try harness.tree.find($0, in: harness.transaction).map { $0.count }
      }
      #expect(value == (count == length ? valueLength : nil))
    }
  }

  #if compiler(>=6.2)
    /// There is no outcome of a key that was not added.
    @Test func aPlaceWithoutAKeyHasNoOutcome() async {
      await #expect(processExitsWith: .failure) {
        let harness = try TreeHarness(pageSize: 4_096)
        let lookup = TreeLookup(harness.tree, in: harness.transaction)
        lookup.add(UnsafeRawBufferPointer(start: nil, count: 0))
        try? lookup.find()
        _ = lookup.outcome(1)
      }
    }
  #endif
}
