import BTree
import PageStore
import Testing

/// What is taken of single leaves.
@Suite struct SalvageLeafTests {
  private struct Found {
    var entries: [[UInt8]: [UInt8]] = [:]
    var lost = 0
    var inner = 0
  }

  /// What the tree pages among `pages` have, each by itself.
  private func salvage(_ harness: TreeHarness, _ pages: [PageNumber]) throws -> Found {
    let tx = try harness.pager.beginRead()
    defer { tx.rollback() }
    var found = Found()
    for page in pages where try tx.identify(page).kind == .tree {
      let lost = try harness.tree.salvageLeaf(page, in: tx) { key, value in
        found.entries[Array(key)] = Array(value)
      }
      if let lost { found.lost += lost } else { found.inner += 1 }
    }
    return found
  }

  @Test func leavesHoldAllThatTheirEntriesAreMadeOf() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    var random = Seeded(3)
    for number in 0..<120 {
      // Keys and values that continue in pages of their own.
      try harness.insert(
        random.bytes(number % 9 == 0 ? 5_000 : 20), random.bytes(number % 7 == 0 ? 9_000 : 30))
    }
    let pages = try harness.verify().pages
    try harness.transaction.commit()
    let whole = try salvage(harness, pages)
    #expect(whole.entries == harness.values)
    #expect(whole.lost == 0 && whole.inner > 0)
    // One page of an entry contradicts itself: the entry is lost, and no other.
    let tx = try harness.pager.beginWrite()
    let chain = try #require(try pages.first { try tx.identify($0).kind == .overflow })
    tx.enter()
    try tx.edit(chain, kind: .overflow, owner: harness.tree.id).writeUInt32(0, at: 36)
    tx.leave()
    try tx.commit()
    let rest = try salvage(harness, pages)
    #expect(rest.lost == 1)
    #expect(rest.entries.count == harness.keys.count - 1)
    #expect(rest.entries.allSatisfy { harness.values[$0.key] == $0.value })
  }
}
