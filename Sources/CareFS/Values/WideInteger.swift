/// An unsigned integer of 512 bits, as wide as the product of two 76-digit decimals.
struct WideInteger: Equatable {
  /// 64 bits each, the least significant first.
  private(set) var limbs: SIMD8<UInt64>

  static let zero = WideInteger(limbs: SIMD8<UInt64>(repeating: 0))

  private init(limbs: SIMD8<UInt64>) { self.limbs = limbs }

  init(_ value: UInt64) {
    limbs = SIMD8<UInt64>(repeating: 0)
    limbs[0] = value
  }

  init(_ words: (UInt64, UInt64, UInt64, UInt64)) {
    limbs = SIMD8<UInt64>(words.0, words.1, words.2, words.3, 0, 0, 0, 0)
  }

  /// The low 256 bits.
  var words: (UInt64, UInt64, UInt64, UInt64) { (limbs[0], limbs[1], limbs[2], limbs[3]) }

  var isZero: Bool { self == .zero }

  /// Multiplies by `factor` and adds `addend`. False when 512 bits do not hold the result, which
  /// is then undefined.
  mutating func multiply(by factor: UInt64, adding addend: UInt64 = 0) -> Bool {
    var carry = addend
    for index in 0..<8 {
      let product = limbs[index].multipliedFullWidth(by: factor)
      let (sum, overflow) = product.low.addingReportingOverflow(carry)
      limbs[index] = sum
      carry = product.high &+ (overflow ? 1 : 0)
    }
    return carry == 0
  }

  /// Multiplies by a power of ten. False when 512 bits do not hold the result.
  mutating func scale(byTens count: Int) -> Bool {
    var left = count
    while left >= 19 {
      guard multiply(by: 10_000_000_000_000_000_000) else { return false }
      left -= 19
    }
    while left > 0 {
      guard multiply(by: 10) else { return false }
      left -= 1
    }
    return true
  }

  /// Divides by `divisor`, which is not zero, and returns the remainder.
  mutating func divide(by divisor: UInt64) -> UInt64 {
    var remainder: UInt64 = 0
    for index in stride(from: 7, through: 0, by: -1) {
      let result = divisor.dividingFullWidth((remainder, limbs[index]))
      limbs[index] = result.quotient
      remainder = result.remainder
    }
    return remainder
  }

  /// The sum; bits beyond 512 are lost, which sums of decimals never have.
  static func + (left: WideInteger, right: WideInteger) -> WideInteger {
    var sum = left
    var carry = false
    for index in 0..<8 {
      let (first, overflow) = left.limbs[index].addingReportingOverflow(right.limbs[index])
      let (second, beyond) = first.addingReportingOverflow(carry ? 1 : 0)
      sum.limbs[index] = second
      carry = overflow || beyond
    }
    return sum
  }

  /// The difference, where `left` is not less than `right`.
  static func - (left: WideInteger, right: WideInteger) -> WideInteger {
    var difference = left
    var borrow = false
    for index in 0..<8 {
      let (first, overflow) = left.limbs[index].subtractingReportingOverflow(right.limbs[index])
      let (second, beyond) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      difference.limbs[index] = second
      borrow = overflow || beyond
    }
    return difference
  }

  /// The product of two numbers of at most 256 bits.
  func multiplied(by other: WideInteger) -> WideInteger {
    var total = WideInteger.zero
    for shift in 0..<4 {
      var part = self
      guard part.multiply(by: other.limbs[shift]) else { return total }
      var moved = WideInteger.zero
      for index in 0..<8 - shift { moved.limbs[index + shift] = part.limbs[index] }
      total = total + moved
    }
    return total
  }

  /// The quotient, bit by bit; `divisor` is not zero.
  func quotient(dividingBy divisor: WideInteger) -> WideInteger {
    var quotient = WideInteger.zero
    var remainder = WideInteger.zero
    for bit in stride(from: 511, through: 0, by: -1) {
      remainder = remainder + remainder
      let set = limbs[bit / 64] >> UInt64(bit % 64) & 1
      remainder.limbs[0] |= set
      if !(remainder < divisor) {
        remainder = remainder - divisor
        quotient.limbs[bit / 64] |= 1 << UInt64(bit % 64)
      }
    }
    return quotient
  }
}

extension WideInteger: Comparable {
  static func < (left: WideInteger, right: WideInteger) -> Bool {
    for index in stride(from: 7, through: 0, by: -1) where left.limbs[index] != right.limbs[index] {
      return left.limbs[index] < right.limbs[index]
    }
    return false
  }
}
