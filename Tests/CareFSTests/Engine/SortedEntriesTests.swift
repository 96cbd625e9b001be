import CareFSTestSupport
import Testing

@testable import CareFS

/// Entries sorted by counting stand as comparing would put them.
@Suite struct SortedEntriesTests {
  /// Keys of several kinds, for shared beginnings, ends within a head, and zeros at the end.
  private func keys(_ kind: Int, _ count: Int, _ random: inout SeededRandom) -> [[UInt8]] {
    (0..<count).map { _ in
      switch kind {
      case 0: return (0..<1 + random.below(20)).map { _ in UInt8(random.below(256)) }
      case 1: return Array("Patient \(random.below(count)) of the ward".utf8)
      case 2:
        return Array(repeating: 7, count: 70) + [UInt8(random.below(4)), UInt8(random.below(9))]
      case 3: return Array(repeating: 0, count: random.below(90))
      case 4: return [UInt8(random.below(3))] + Array(repeating: 0, count: random.below(12))
      default: return (0..<random.below(12)).map { _ in UInt8(random.below(2)) }
      }
    }
  }

  @Test(arguments: 0..<6)
  func keysComeInOrderAndEqualOnesAsTheyWereAdded(kind: Int) {
    var random = SeededRandom(UInt64(kind) &+ 11)
    for count in [1, 2, 63, 64, 65, 700, 5_000] {
      let keys = keys(kind, count, &random)
      let entries = SortedEntries()
      // The second time in memory that has been used, with keys behind those already sorted.
      for half in [keys[...], keys.prefix(count / 2)] {
        entries.clear()
        let middle = half.count / 2
        for (tag, key) in half.enumerated() {
          if tag == middle { entries.sort() }
          key.withUnsafeBytes { entries.add($0, tag: UInt32(tag)) }
        }
        entries.sort()
        let sorted = (0..<entries.count).map { rank in
          (Array(entries.key(rank)), Int(entries.tag(rank)))
        }
        let expected = half.enumerated().map { ($1, $0) }.sorted { a, b in
          a.0 == b.0 ? a.1 < b.1 : a.0.lexicographicallyPrecedes(b.0)
        }
        #expect(sorted.map(\.0) == expected.map(\.0))
        #expect(sorted.map(\.1) == expected.map(\.1))
      }
    }
  }
}
