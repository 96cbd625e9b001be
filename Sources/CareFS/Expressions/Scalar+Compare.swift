extension Scalar {
  /// Orders two values that the binder found comparable: negative, zero or positive. Nil when one
  /// is null or has no order, so that the outcome is unknown.
  ///
  /// What comes from JSON compares by kind first: truth values, numbers by value, texts.
  static func compare(_ a: Scalar, _ b: Scalar, _ collation: Collation) -> Int? {
    switch (a, b) {
    case (.int(let x), .int(let y)): return order(x, y)
    case (.text(let x), .text(let y)):
      return collation == .binary ? RawBytes.compare(x, y) : CaseFolding.compare(x, y)
    case (.date(let x), .date(let y)): return order(x, y)
    case (.timestamp(let x), .timestamp(let y)), (.time(let x), .time(let y)): return order(x, y)
    case (.double(let x), .double(let y)): return order(x, y)
    case (.bool(let x), .bool(let y)): return (x ? 1 : 0) - (y ? 1 : 0)
    case (.bytes(let x), .bytes(let y)): return RawBytes.compare(x, y)
    case (.uuid(let x, let lowX), .uuid(let y, let lowY)):
      return x == y ? order(lowX, lowY) : order(x, y)
    default: break
    }
    guard let left = a.rank, let right = b.rank else { return nil }
    return left == right ? compareNumbers(a, b) : left - right
  }

  /// The place of a kind among those that JSON has; nil for null and what is not comparable.
  private var rank: Int? {
    switch self {
    case .bool: 0
    case .int, .double, .decimal, .number: 1
    case .text: 2
    default: nil
    }
  }

  @inline(__always)
  private static func order<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x == y ? 0 : 1 }

  /// Orders doubles: NaN comes last.
  @inline(__always)
  private static func order(_ x: Double, _ y: Double) -> Int {
    if x < y { return -1 }
    if x > y { return 1 }
    if x == y { return 0 }
    return (x.isNaN ? 1 : 0) - (y.isNaN ? 1 : 0)
  }

  /// Orders two numbers of any kinds by value.
  private static func compareNumbers(_ a: Scalar, _ b: Scalar) -> Int? {
    switch (a, b) {
    case (.int(let x), .double(let y)): return compare(x, y)
    case (.double(let x), .int(let y)): return -compare(y, x)
    case (.decimal(let x), .decimal(let y)): return ExactDecimal.compare(x, y)
    case (.decimal(let x), .int(let y)): return ExactDecimal.compare(x, ExactDecimal(y))
    case (.int(let x), .decimal(let y)): return ExactDecimal.compare(ExactDecimal(x), y)
    case (.number(let x), .int(let y)):
      if let int = shortInt(x) { return order(int, y) }
    case (.int(let x), .number(let y)):
      if let int = shortInt(y) { return order(x, int) }
    case (.number(let x), .number(let y)):
      if let left = shortInt(x), let right = shortInt(y) { return order(left, right) }
    case (.double(let x), _) where !x.isFinite: return x < 0 ? -1 : 1
    case (_, .double(let y)) where !y.isFinite: return y < 0 ? 1 : -1
    default: break
    }
    let left = ByteBuffer(capacity: 64)
    let right = ByteBuffer(capacity: 64)
    guard a.appendNumberKey(to: left), b.appendNumberKey(to: right) else { return nil }
    return RawBytes.compare(left.bytes, right.bytes)
  }

  /// Orders an integer and a double exactly, without rounding the one to the other.
  static func compare(_ int: Int64, _ double: Double) -> Int {
    // NaN sorts after every number.
    if double.isNaN || double >= 0x1p63 { return -1 }
    if double < -0x1p63 { return 1 }
    let whole = double.rounded(.towardZero)
    let truncated = Int64(whole)
    if int != truncated { return int < truncated ? -1 : 1 }
    return double == whole ? 0 : double > whole ? -1 : 1
  }

  /// The value of a short run of digits, perhaps with a minus; nil for any other number.
  private static func shortInt(_ text: UnsafeRawBufferPointer) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = text.count - (isNegative ? 1 : 0)
    guard digits > 0, digits <= 18 else { return nil }
    var value: Int64 = 0
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return isNegative ? -value : value
  }

  private func appendNumberKey(to buffer: ByteBuffer) -> Bool {
    switch self {
    case .int(let int): NumberKey.append(int, to: buffer)
    case .double(let double): NumberKey.append(double, to: buffer)
    case .decimal(let decimal): NumberKey.append(decimal, to: buffer)
    case .number(let text): return NumberKey.append(text: text, to: buffer)
    default: return false
    }
    return true
  }
}
