import Testing

@testable import BTree

/// Merging in trees of several levels, whose separators are long.
@Suite struct DeepMergeTests {
  /// Groups of keys that share what no other group has, so that few separators fit into a node; those
  /// of every seventh group continue in pages of their own.
  private func sample() throws -> TreeHarness {
    let harness = try TreeHarness(pageSize: 4_096)
    var random = Seeded(11)
    for group in 0..<60 {
      let shared = random.bytes(group % 7 == 0 ? 1_500 : 300)
      for number in 0..<40 {
        try harness.insert(shared + numberKey(number * 3), random.bytes(100))
      }
    }
    return harness
  }

  private func level(_ harness: TreeHarness) throws -> Int {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let root = try harness.transaction.page(harness.tree.root, kind: .tree, owner: harness.tree.id)
    return Int(root.load(fromByteOffset: NodeLayout.level, as: UInt8.self))
  }

  @Test(arguments: [1, 7, Int.max]) func sparseTreesGetSmaller(perStep: Int) throws {
    let harness = try sample()
    let before = try harness.verify()
    let depth = try level(harness)
    #expect(depth >= 2)
    for (number, key) in harness.keys.enumerated() where number % 5 > 1 {
      try harness.delete(key)
    }
    let sparse = try harness.verify()
    var place: [UInt8]?
    var isDone = false
    var steps = 0
    while !isDone {
      var budget = perStep
      isDone = try harness.tree.editor(in: harness.transaction)
        .mergeLeaves(from: &place, budget: &budget)
      #expect(isDone || budget == 0)
      steps += 1
    }
    #expect(place == nil)
    #expect(perStep == 1 ? steps > 1 : steps >= 1)
    try harness.tree.editor(in: harness.transaction).mergeInnerNodes()
    let after = try harness.verify()
    try harness.verifyCursor()
    #expect(after.pages.count <= sparse.pages.count)
    #expect(after.pages.count < before.pages.count * 3 / 4)
    #expect(try level(harness) <= depth)
    for key in harness.keys { try harness.verifyFind(key) }
  }

  /// Trees whose inner nodes are nearly empty become flatter.
  @Test func innerNodesAreMerged() throws {
    let harness = try sample()
    let depth = try level(harness)
    for (number, key) in harness.keys.enumerated() where number % 200 != 0 {
      try harness.delete(key)
    }
    var place: [UInt8]?
    var budget = Int.max
    #expect(try harness.editor.mergeLeaves(from: &place, budget: &budget))
    try harness.editor.mergeInnerNodes()
    try harness.verify()
    #expect(try level(harness) < depth)
    var random = Seeded(12)
    for number in 0..<400 { try harness.insert(numberKey(number), random.bytes(60)) }
    try harness.verify()
  }
}
