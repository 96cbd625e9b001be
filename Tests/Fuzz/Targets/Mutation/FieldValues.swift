import CareFSTestSupport

/// Numbers at which length fields go wrong.
enum FieldValues {
  /// A number for a field of `size` bytes that holds `old`.
  static func next(
    _ old: UInt64, size: Int, pageSize: Int, pageCount: Int, _ random: inout SeededRandom
  ) -> UInt64 {
    let most: UInt64 = size >= 8 ? .max : 1 << UInt64(size * 8) - 1
    switch random.below(16) {
    case 0: return 0
    case 1: return 1
    case 2: return most
    case 3: return most - 1
    case 4: return most >> 1
    case 5: return (most >> 1) + 1
    case 6: return old &+ 1
    case 7: return old &- 1
    case 8: return old ^ (1 << UInt64(random.below(size * 8)))
    case 9: return UInt64(random.below(pageCount + 2))
    case 10: return UInt64(pageSize) &- UInt64(random.below(66))
    case 11: return UInt64(random.below(pageSize + 1))
    case 12: return 0 &- old
    case 13: return old &* 2
    case 14: return UInt64(random.below(256))
    default: return random.next()
    }
  }
}
