/// The codes of four bits that say how a coded field lies in a row.
///
/// - 0 to 8: so many bytes follow. Of an int, a date, a bool, a time and a timestamp (days and
///   microseconds) they are the low ones of the two's complement, least significant first; of a
///   double the high ones of its bits, in the same order. The bytes left out repeat the sign, or
///   are zeros in a double.
/// - 9 to 14: of an int, a date and a bool the value 1 to 6 itself; of a time and a timestamp 1 to
///   6 bytes follow, which count seconds.
/// - 15: null, without bytes.
///
/// A uuid has two codes, each 8, or each 15. Sixteen codes share a word of 64 bits, so that where a
/// field begins is the sum of some bits of a word and takes no loop.
enum RowCode {
  /// A null field.
  static let null: UInt64 = 15
  /// The code before the one of the value 1, or of one byte of seconds.
  static let special: UInt64 = 8
  /// How many codes a word holds.
  static let perWord = 16
  /// The lowest bit of each code.
  private static let ones: UInt64 = 0x1111_1111_1111_1111

  /// The sizes of the fields of a word of codes, in four bits each.
  ///
  /// - Parameter moments: the lowest bit of each code of a time or a timestamp.
  @inline(__always)
  static func sizes(_ codes: UInt64, moments: UInt64) -> UInt64 {
    let high = codes >> 3 & ones
    let low = (codes | codes >> 1 | codes >> 2) & ones
    let special = high & low
    let null = high & codes & codes >> 1 & codes >> 2
    let empty = null | special & ~moments
    return codes & ~((special & moments) << 3) & ~((empty << 4) &- empty)
  }

  /// The sum of the sizes in a word.
  @inline(__always)
  static func sum(_ sizes: UInt64) -> Int {
    let pairs = (sizes & 0x0F0F_0F0F_0F0F_0F0F) &+ (sizes >> 4 & 0x0F0F_0F0F_0F0F_0F0F)
    return Int(truncatingIfNeeded: (pairs &* 0x0101_0101_0101_0101) >> 56)
  }

  /// The fewest bytes of a two's complement; at least 1.
  @inline(__always)
  private static func size(_ value: Int64) -> UInt64 {
    UInt64(truncatingIfNeeded: (72 &- (value ^ value >> 63).leadingZeroBitCount) >> 3)
  }

  /// The code of an int, a date or a bool.
  @inline(__always)
  static func number(_ value: Int64) -> UInt64 {
    if UInt64(bitPattern: value) <= 6 {
      return value == 0 ? 0 : special + UInt64(bitPattern: value)
    }
    return size(value)
  }

  /// The code of a time or a timestamp and the number that its bytes are.
  @inline(__always)
  static func moment(_ microseconds: Int64) -> (code: UInt64, number: Int64) {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if rest != 0 { return (size(microseconds), microseconds) }
    return seconds == 0 ? (0, 0) : (special + size(seconds), seconds)
  }

  /// The code of a double's bits.
  @inline(__always)
  static func double(_ bits: UInt64) -> UInt64 {
    UInt64(truncatingIfNeeded: (71 &- bits.trailingZeroBitCount) >> 3)
  }
}
