import BTree
import CareFSTestSupport
import Testing

@testable import PageStore

/// Where entries go when pages are full: a wrong choice leaves a sound tree of too many pages.
@Suite struct PlacementTests {
  /// The last leaf, too, gives entries to a neighbor that has room rather than be split, unless the
  /// new entry is the very last.
  @Test func theLastLeafGivesEntriesToItsNeighbor() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let value = [UInt8](repeating: 1, count: 100)
    var number = 0
    while try harness.pagesInUse() < 3 {
      try harness.insert(numberKey(number * 1_000), value)
      number += 1
    }
    let inLeft = number - 1
    for _ in 0..<inLeft / 2 {
      try harness.insert(numberKey(number * 1_000), value)
      number += 1
    }
    for index in 0..<inLeft / 2 { try harness.delete(numberKey(index * 2_000)) }
    try #require(try harness.verify().leafPages == 2)
    // Each below the one before, so that nothing looks like an ascending run.
    for step in 0..<inLeft * 2 / 3 {
      try harness.insert(numberKey((number - 1) * 1_000 - 1 - step), value)
    }
    #expect(try harness.verify().leafPages == 2)
  }

  /// Descending keys leave full inner nodes behind, as ascending ones do.
  @Test func descendingKeysLeaveFullInnerNodes() throws {
    var innerPages: [Int] = []
    for isDescending in [false, true] {
      let harness = try TreeHarness(pageSize: 4_096)
      let value = [UInt8](repeating: 2, count: 900)
      for number in 0..<9_000 {
        // Numbers far apart: separators are long.
        try harness.insert(numberKey((isDescending ? 9_000 - number : number) << 40 | 7), value)
      }
      let report = try harness.verify()
      #expect(report.depth == 3)
      innerPages.append(report.innerPages)
    }
    #expect(innerPages[0] > 4)
    #expect(innerPages[1] <= innerPages[0] + 1)
  }

  /// Neighbors share entries also under parents whose separators have a prefix in common.
  @Test func neighborsShareUnderAParentWithAPrefix() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let value = [UInt8](repeating: 3, count: 200)
    var numbers = Array(0..<12_000)
    var random = Seeded(9)
    numbers.shuffle(using: &random)
    for number in numbers {
      let key = [UInt8](repeating: 8, count: 60) + numberKey(number)[6...]
      try harness.insert(key, value)
    }
    let report = try harness.verify()
    #expect(report.innerPages > 2)
    #expect(report.leafBytesUsed * 100 / report.leafBytes >= 74)
  }

  /// A page without entries whose counters leave no room either.
  @Test func anEmptyPageWithoutRoomIsCorrupt() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<30 {
      try harness.insert(numberKey(number), [UInt8](repeating: 4, count: 110))
    }
    let root = harness.tree.root
    try #require(try harness.verify().leafPages == 1)
    try harness.overwrite(root, at: 34, with: [0, 0])
    let error = #expect(throws: StoreError.self) {
      try harness.insert(numberKey(99), [UInt8](repeating: 4, count: 900))
    }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("empty") == true, "\(error?.message ?? "")")
  }
}
