import BTree
import PageStore
import Testing

/// Pages of a tree that are sound but for what they say.
@Suite struct HostileNodeTests {
  /// A tree whose leaves share a prefix, with an inner root.
  private func sample() throws -> TreeHarness {
    let harness = try TreeHarness(pageSize: 4_096)
    let value = [UInt8](repeating: 5, count: 40)
    for number in 0..<500 { try harness.insert([7, 7, 7] + numberKey(number * 31), value) }
    return harness
  }

  private func bytes(_ harness: TreeHarness, _ page: PageNumber) throws -> [UInt8] {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let base = try harness.transaction.page(page, kind: .tree, owner: harness.tree.id)
    return Array(UnsafeRawBufferPointer(start: base, count: harness.transaction.contentEnd))
  }

  private func write(
    _ harness: TreeHarness, _ page: PageNumber, _ bytes: [UInt8], at offset: Int
  ) throws {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let editor = try harness.transaction.edit(page, kind: .tree, owner: harness.tree.id)
    bytes.withUnsafeBytes { editor.write($0, at: offset) }
  }

  /// Looks all keys up together.
  private func lookUp(_ harness: TreeHarness) throws {
    let lookup = TreeLookup(harness.tree, in: harness.transaction)
    for (place, key) in harness.keys.enumerated() {
      key.withUnsafeBytes { lookup.add($0) }
      guard lookup.count == TreeLookup.capacity || place == harness.keys.count - 1 else { continue }
      try lookup.find()
      lookup.clear()
    }
  }

  private func refused(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return false
    } catch let error as StoreError {
      #expect(error.code == .corrupt, "\(error)")
      return true
    }
  }

  /// Cells that end with the page's cells, right before the prefix, though their lengths go on.
  @Test(arguments: [
    [0x81], [0xFF, 0x81], [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
  ])
  func cellsThatAreCutOff(cell: [UInt8]) throws {
    let harness = try sample()
    let report = try harness.verify()
    let leaf = try #require(
      report.pages.first { page in (try? bytes(harness, page))?[32] == 0 })
    let page = try bytes(harness, leaf)
    let prefix = Int(page[40]) + Int(page[41]) << 8
    #expect(prefix >= 3)
    let at = harness.transaction.contentEnd - prefix - cell.count
    try write(harness, leaf, cell, at: at)
    try write(harness, leaf, [UInt8(at & 255), UInt8(at >> 8)], at: 48 + Int(page[33]))
    #expect(!(try harness.tree.check(in: harness.transaction).isSound))
    var seen = 0
    #expect(
      try refused {
        let cursor = harness.tree.cursor(in: harness.transaction)
        defer { cursor.close() }
        while try cursor.next() {
          _ = try cursor.loadValue()
          seen += 1
        }
      })
    #expect(seen < harness.keys.count)
    #expect(try refused { try lookUp(harness) })
  }

  /// Separators of the root that lie elsewhere: met by whatever goes to a child by its place.
  @Test(arguments: [[0xFF, 0xFF], [48, 0], [0, 0], [0xFE, 0x0F]] as [[UInt8]])
  func childrenThatLieElsewhere(offset: [UInt8]) throws {
    let harness = try sample()
    let root = harness.tree.root
    let page = try bytes(harness, root)
    try #require(page[32] == 1)
    let count = Int(page[34]) + Int(page[35]) << 8
    let slot = Int(page[33]) + 2
    #expect(count > 0)
    for index in 0..<count {
      try write(harness, root, offset, at: 48 + slot * index + slot - 2)
    }
    #expect(
      try refused { _ = try harness.tree.cursor(in: harness.transaction).seekLast() })
    #expect(try refused { try lookUp(harness) })
    var budget = Int.max
    #expect(
      try refused {
        _ = try harness.tree.movePages(
          from: 4, budget: &budget, includingChains: false, in: harness.transaction)
      })
    #expect(try refused { try harness.tree.drop(in: harness.transaction) })
  }

  /// Levels that do not go down by one.
  @Test func childrenOfAWrongLevel() throws {
    for damage in [1, 2, 9] as [UInt8] {
      let harness = try sample()
      let page = try bytes(harness, harness.tree.root)
      let child = page[44..<48].reversed().reduce(PageNumber(0)) { $0 << 8 | PageNumber($1) }
      try write(harness, child, [damage], at: 32)
      var budget = Int.max
      #expect(
        try refused {
          _ = try harness.tree.movePages(
            from: .max, budget: &budget, includingChains: true, in: harness.transaction)
        })
      #expect(
        try refused {
          let cursor = harness.tree.cursor(in: harness.transaction)
          defer { cursor.close() }
          _ = try cursor.seekFirst()
        })
      #expect(try refused { try lookUp(harness) })
      #expect(try refused { try harness.tree.drop(in: harness.transaction) })
    }
  }
}
