import CareFSTestSupport
import PageStore
import Testing

@testable import BTree

/// Pages move to the file's beginning, and the tree stays what it was.
@Suite struct MoveTests {
  private struct Entry: Equatable {
    var key: [UInt8]
    var value: [UInt8]
  }

  private static func entry(_ number: Int) -> Entry {
    // Some keys and values continue in pages of their own.
    let digits = Array(String(format(number)).utf8)
    let key = number % 17 == 0 ? digits + [UInt8](repeating: 107, count: 6000) : digits
    let count = number % 11 == 0 ? 20_000 : number % 50
    return Entry(
      key: key, value: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count))
  }

  private static func format(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: 8 - text.count) + text
  }

  private func entries(_ tree: Tree, _ pager: Pager) throws -> [Entry] {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    var found: [Entry] = []
    let report = try tree.check(in: tx) { key, value in
      found.append(Entry(key: Array(key), value: Array(value)))
    }
    #expect(report.isSound, "\(report.findings)")
    return found
  }

  /// A tree whose pages lie behind those of another that was dropped.
  private func scattered() throws -> (pager: Pager, tree: Tree, entries: [Entry]) {
    var options = PagerOptions()
    options.pageSize = 4096
    let pager = try Pager.create(path: "m", fileSystem: MemoryFileSystem(), options: options)
    let tx = try pager.beginWrite()
    let tree = try Tree.create(id: 1, in: tx)
    let other = try Tree.create(id: 2, in: tx)
    let editors = [tree.editor(in: tx), other.editor(in: tx)]
    for number in 0..<2000 {
      let entry = Self.entry(number)
      for editor in editors {
        _ = try entry.key.withUnsafeBytes { key in
          try entry.value.withUnsafeBytes { try editor.insert(key, $0) }
        }
      }
    }
    try other.removeAll(in: tx)
    try tx.commit()
    return (pager, tree, (0..<2000).map(Self.entry))
  }

  @Test func everythingMovesToTheBeginning() throws {
    let (pager, tree, wanted) = try scattered()
    let tx = try pager.beginWrite()
    let used = try tx.usedPageCount()
    #expect(tx.filePageCount > used + 100)
    var budget = Int.max
    #expect(try tree.movePages(from: used, budget: &budget, includingChains: true, in: tx))
    #expect(try tx.owners(behind: used).trees.isEmpty)
    #expect(try tx.owners(behind: used).chains.isEmpty)
    #expect(try tx.usedPageCount() == used)
    try tx.commit()
    #expect(try entries(tree, pager) == wanted)
    try pager.shrink()
    #expect(try pager.fileBytes() == UInt64(used) * 4096)
    #expect(try pager.verifyPages().isSound)
  }

  @Test func aBudgetEndsItAndTheRestFollows() throws {
    let (pager, tree, wanted) = try scattered()
    var limit: UInt32 = 0
    var steps = 0
    var isDone = false
    while !isDone {
      let tx = try pager.beginWrite()
      if steps == 0 { limit = try tx.usedPageCount() }
      var budget = 7
      isDone = try tree.movePages(from: limit, budget: &budget, includingChains: true, in: tx)
      #expect(isDone || budget == 0)
      try tx.commit()
      steps += 1
      if steps % 20 == 0 { #expect(try entries(tree, pager) == wanted) }
    }
    #expect(steps > 20)
    #expect(try entries(tree, pager) == wanted)
  }

  @Test func withoutRoomNothingMoves() throws {
    let (pager, tree, wanted) = try scattered()
    let tx = try pager.beginWrite()
    let before = try tx.usedPageCount()
    var budget = Int.max
    // No page lies lower than the lowest, so this ends before all are where they should be.
    #expect(try !tree.movePages(from: 4, budget: &budget, includingChains: true, in: tx))
    #expect(try tx.usedPageCount() == before)
    try tx.commit()
    #expect(try entries(tree, pager) == wanted)
  }

  @Test func chainsStayWhenTheyAreNotLookedFor() throws {
    let (pager, tree, wanted) = try scattered()
    let tx = try pager.beginWrite()
    let used = try tx.usedPageCount()
    var budget = Int.max
    #expect(try tree.movePages(from: used, budget: &budget, includingChains: false, in: tx))
    #expect(try tx.owners(behind: used).trees.isEmpty)
    #expect(try tx.owners(behind: used).chains == [1])
    try tx.commit()
    #expect(try entries(tree, pager) == wanted)
  }

  @Test(arguments: [1, 5, Int.max]) func sparseLeavesAreMerged(perStep: Int) throws {
    let (pager, tree, all) = try scattered()
    let tx = try pager.beginWrite()
    let editor = tree.editor(in: tx)
    for (number, entry) in all.enumerated() where number % 3 != 0 {
      _ = try entry.key.withUnsafeBytes { try editor.delete($0) }
    }
    try tx.commit()
    let wanted = all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    #expect(try entries(tree, pager) == wanted)
    let before = try leaves(tree, pager)
    var place: [UInt8]?
    var isDone = false
    while !isDone {
      let tx = try pager.beginWrite()
      var budget = perStep
      isDone = try tree.editor(in: tx).mergeLeaves(from: &place, budget: &budget)
      #expect(isDone || budget == 0)
      if isDone { try tree.editor(in: tx).mergeInnerNodes() }
      try tx.commit()
    }
    #expect(try entries(tree, pager) == wanted)
    #expect(try leaves(tree, pager) < before * 2 / 3)
    #expect(try pager.verifyPages().isSound)
  }

  private func leaves(_ tree: Tree, _ pager: Pager) throws -> Int {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    return try tree.check(in: tx).leafPages
  }

  @Test func emptyTreesAreLeftAlone() throws {
    let pager = try Pager.create(path: "m", fileSystem: MemoryFileSystem())
    let tx = try pager.beginWrite()
    let tree = try Tree.create(id: 1, in: tx)
    var place: [UInt8]?
    var budget = 10
    #expect(try tree.editor(in: tx).mergeLeaves(from: &place, budget: &budget))
    try tree.editor(in: tx).mergeInnerNodes()
    #expect(try tree.movePages(from: 4, budget: &budget, includingChains: true, in: tx))
    #expect(budget == 10)
    try tx.commit()
    #expect(try entries(tree, pager).isEmpty)
  }
}
