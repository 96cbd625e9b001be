/// Exact arithmetic. Every operation is nil when the result needs more than 76 digits.
extension ExactDecimal {
  /// The number with the other sign.
  func negated() -> ExactDecimal {
    ExactDecimal(negative: !isNegative, magnitude: magnitude, scale: scale) ?? self
  }

  /// The sum, with the larger scale.
  func adding(_ other: ExactDecimal) -> ExactDecimal? {
    let target = max(scale, other.scale)
    var first = magnitude
    var second = other.magnitude
    guard first.scale(byTens: target - scale), second.scale(byTens: target - other.scale) else {
      return nil
    }
    if isNegative == other.isNegative {
      return ExactDecimal(negative: isNegative, magnitude: first + second, scale: target)
    }
    if first < second {
      return ExactDecimal(negative: other.isNegative, magnitude: second - first, scale: target)
    }
    return ExactDecimal(negative: isNegative, magnitude: first - second, scale: target)
  }

  /// The difference, with the larger scale.
  func subtracting(_ other: ExactDecimal) -> ExactDecimal? { adding(other.negated()) }

  /// The product, with the sum of the scales.
  func multiplied(by other: ExactDecimal) -> ExactDecimal? {
    ExactDecimal(
      negative: isNegative != other.isNegative,
      magnitude: magnitude.multiplied(by: other.magnitude),
      scale: scale + other.scale)
  }

  /// The quotient, cut off after as many places as the operand with most, and at least 6. The
  /// divisor is not zero.
  func divided(by other: ExactDecimal) -> ExactDecimal? {
    let target = max(scale, other.scale, 6)
    var first = magnitude
    // (a / 10^s) / (b / 10^t) in units of 10^-target is a * 10^(target - s + t) / b.
    guard first.scale(byTens: target - scale + other.scale) else { return nil }
    return ExactDecimal(
      negative: isNegative != other.isNegative,
      magnitude: first.quotient(dividingBy: other.magnitude), scale: target)
  }
}
