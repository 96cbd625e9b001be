import PageStore
import Testing

@testable import BTree

/// Trees that are checked in parts.
@Suite struct PartTests {
  /// As many parts as were wanted or fewer, as even as can be, and together the whole tree.
  @Test func partsAreAsManyAsWantedAtMost() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<300 {
      try harness.insert(numberKey(number), [UInt8](repeating: 1, count: 400))
    }
    let whole = try harness.verify()
    try #require(whole.depth == 2 && whole.leafPages > 20)
    for wanted in 1...whole.leafPages {
      let claims = PageClaims(limit: harness.transaction.pageCount)
      let (parts, findings) = try harness.tree.parts(
        in: harness.transaction, wanted: wanted, claims: claims)
      #expect(findings == [])
      #expect(parts.count <= wanted && parts.count > wanted / 2)
      var keys: [[UInt8]] = []
      var leaves: [Int] = []
      for part in parts {
        let report = try harness.tree.check(
          part, in: harness.transaction, claims: claims
        ) { key, _ in keys.append(Array(key)) }
        #expect(report.isSound)
        leaves.append(report.leafPages)
      }
      #expect(keys == harness.keys)
      #expect(leaves.dropLast().allSatisfy { $0 == leaves[0] })
    }
  }
}
