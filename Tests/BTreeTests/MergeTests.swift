import BTree
import PageStore
import Testing

/// Leaves that have become small are merged on request.
@Suite struct MergeTests {
  /// Three levels, with leaves of which a third is used.
  private func sparse() throws -> TreeHarness {
    let harness = try TreeHarness(pageSize: 4_096)
    let value = [UInt8](repeating: 2, count: 400)
    for number in 0..<4_200 { try harness.insert(numberKey(number), value) }
    for number in 0..<4_200 where number % 3 != 0 { try harness.delete(numberKey(number)) }
    return harness
  }

  @Test func mergesUpToABudgetAndGoesOnWhereItStopped() throws {
    let harness = try sparse()
    let before = try harness.verify()
    #expect(before.depth == 3)
    var place: [UInt8]?
    var none = 0
    #expect(try !harness.editor.mergeLeaves(from: &place, budget: &none))
    #expect(try harness.verify().leafPages == before.leafPages)

    var leaves = before.leafPages
    var rounds = 0
    var isOver = false
    while !isOver {
      var budget = 40
      isOver = try harness.editor.mergeLeaves(from: &place, budget: &budget)
      let now = try harness.verify().leafPages
      #expect(leaves - now == 40 - budget)
      #expect(isOver || budget == 0)
      leaves = now
      rounds += 1
      try #require(rounds < 100)
    }
    #expect(leaves < before.leafPages * 6 / 10)
    try harness.editor.mergeInnerNodes()
    let after = try harness.verify()
    #expect(after.leafPages == leaves)
    #expect(after.innerPages <= before.innerPages)
    try harness.verifyCursor()
  }

  /// Merges leave a root of one child behind; deletes go on from there until the tree is empty.
  @Test func aRootOfOneChildCanBecomeEmpty() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<60 { try harness.insert(numberKey(number), [UInt8](repeating: 1, count: 90)) }
    #expect(try harness.verify().leafPages == 2)
    for number in 5..<25 { try harness.delete(numberKey(number)) }
    for number in 45..<52 { try harness.delete(numberKey(number)) }
    // Both leaves are more than a quarter full: no delete has merged them.
    #expect(try harness.verify().leafPages == 2)
    var place: [UInt8]?
    var budget = 10
    #expect(try harness.editor.mergeLeaves(from: &place, budget: &budget))
    #expect(try harness.verify().leafPages == 1)
    for key in harness.keys { try harness.delete(key) }
    let report = try harness.verify()
    #expect(report.depth == 1 && report.pages.count == 1)
    try harness.insert([1], [2])
    try harness.verify()
  }

  /// Separators of 490 bytes make trees deep.
  @Test func innerNodesOfDeepTreesAreMerged() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    var random = Seeded(21)
    for _ in 0..<40 {
      let shared = random.bytes(490)
      for number in 0..<80 {
        try harness.insert(shared + numberKey(number), [UInt8](repeating: 1, count: 400))
      }
    }
    let before = try harness.verify()
    #expect(before.depth >= 4)
    for (number, key) in harness.keys.enumerated() where number % 3 != 0 {
      try harness.delete(key)
    }
    var place: [UInt8]?
    var budget = Int.max
    #expect(try harness.editor.mergeLeaves(from: &place, budget: &budget))
    try harness.editor.mergeInnerNodes()
    let after = try harness.verify()
    #expect(after.innerPages < before.innerPages * 2 / 3)
    for key in harness.keys { try harness.verifyFind(key) }
  }
}
