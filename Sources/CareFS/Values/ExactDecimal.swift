/// An exact decimal number of up to 76 digits, up to 76 of them after the point.
///
/// It keeps the digits it was written with, so `1.00` prints as `1.00`; yet `1.00` and `1.0` are
/// equal, and order goes by value. There is no negative zero.
public struct ExactDecimal: Sendable {
  /// The digits after the point.
  public let scale: Int
  /// Whether the number is below zero.
  public let isNegative: Bool
  /// The digits without the point, 64 bits each, the least significant first.
  let words: (UInt64, UInt64, UInt64, UInt64)

  /// The most digits of a number, and the most after the point.
  public static let maximumDigits = 76
  /// Zero.
  public static let zero = ExactDecimal(0)

  /// 10 to the 76th: every magnitude lies below.
  static let limit: WideInteger = {
    var limit = WideInteger(1)
    _ = limit.scale(byTens: maximumDigits)
    return limit
  }()

  /// A whole number.
  public init(_ value: Int64) {
    scale = 0
    isNegative = value < 0
    words = (value.magnitude, 0, 0, 0)
  }

  /// The number `magnitude / 10^scale`; nil when it has more than 76 digits.
  init?(negative: Bool, magnitude: WideInteger, scale: Int) {
    guard scale >= 0, scale <= ExactDecimal.maximumDigits, magnitude < ExactDecimal.limit else {
      return nil
    }
    self.scale = scale
    isNegative = negative && !magnitude.isZero
    words = magnitude.words
  }

  var magnitude: WideInteger { WideInteger(words) }

  /// Whether the number is zero.
  public var isZero: Bool { words.0 == 0 && words.1 == 0 && words.2 == 0 && words.3 == 0 }
}

extension ExactDecimal: Comparable {
  /// Whether both have the same value: `1.00 == 1.0`.
  public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
    compare(left, right) == 0
  }

  /// Whether `left` is the smaller number.
  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    compare(left, right) < 0
  }

  /// Negative, zero or positive as `left` is below, at or above `right`.
  static func compare(_ left: ExactDecimal, _ right: ExactDecimal) -> Int {
    if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
    var first = left.magnitude
    var second = right.magnitude
    // 76 digits and 76 more stay below 512 bits.
    if left.scale < right.scale { _ = first.scale(byTens: right.scale - left.scale) }
    if right.scale < left.scale { _ = second.scale(byTens: left.scale - right.scale) }
    if first == second { return 0 }
    return (first < second) == left.isNegative ? 1 : -1
  }
}

extension ExactDecimal: Hashable {
  /// Hashes the value, so that `1.00` and `1.0` hash alike.
  public func hash(into hasher: inout Hasher) {
    var rest = magnitude
    var places = scale
    while places > 0 {
      var shorter = rest
      guard shorter.divide(by: 10) == 0 else { break }
      rest = shorter
      places -= 1
    }
    hasher.combine(isNegative)
    hasher.combine(places)
    let words = rest.words
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
