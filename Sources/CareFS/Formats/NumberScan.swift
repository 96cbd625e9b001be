/// Reading and writing numbers as text, exactly.
enum NumberScan {
  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// An integer in plain digits; nil for any other form, and beyond 64 bits.
  @inline(__always)
  static func plainInt(_ text: UnsafeRawBufferPointer) -> Int64? {
    var p = 0
    let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { p = 1 }
    guard p < text.count, text.count - p <= 19 else { return nil }
    var magnitude: UInt64 = 0
    while p < text.count {
      let digit = text[p] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      // Nineteen digits fit 64 bits.
      magnitude = magnitude &* 10 &+ UInt64(digit)
      p &+= 1
    }
    if isNegative {
      return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int64(exactly: magnitude)
  }

  /// The double nearest to a number in the form `-12.5e3`, leading zeros allowed; nil for any other
  /// form, and beyond the finite doubles. Both zeros read as 0.
  static func double(_ text: UnsafeRawBufferPointer) -> Double? {
    var p = 0
    let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { p = 1 }
    var mantissa: UInt64 = 0
    var significant = 0
    var exponent = 0
    let integer = p
    while p < text.count, text[p] &- UInt8(ascii: "0") <= 9 {
      add(text[p], &mantissa, &significant, &exponent, isFraction: false)
      p += 1
    }
    guard p > integer else { return nil }
    if p < text.count, text[p] == UInt8(ascii: ".") {
      p += 1
      let fraction = p
      while p < text.count, text[p] &- UInt8(ascii: "0") <= 9 {
        add(text[p], &mantissa, &significant, &exponent, isFraction: true)
        p += 1
      }
      guard p > fraction else { return nil }
    }
    if p < text.count {
      guard text[p] | 0x20 == UInt8(ascii: "e"), let written = writtenExponent(text, p + 1) else {
        return nil
      }
      exponent += written
    }
    if mantissa == 0, significant == 0 { return 0 }
    guard let value = exact(mantissa, significant, exponent) else { return slow(text) }
    return isNegative ? -value : value
  }

  @inline(__always)
  private static func add(
    _ byte: UInt8, _ mantissa: inout UInt64, _ significant: inout Int, _ exponent: inout Int,
    isFraction: Bool
  ) {
    let digit = byte &- UInt8(ascii: "0")
    if significant > 0 || digit != 0 { significant &+= 1 }
    if significant <= 19 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if isFraction { exponent &-= 1 }
    } else if !isFraction {
      exponent &+= 1
    }
  }

  /// The exponent from `start` to the end, held within a range that decides the same.
  private static func writtenExponent(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var p = start
    var isNegative = false
    if p < text.count, text[p] == UInt8(ascii: "-") || text[p] == UInt8(ascii: "+") {
      isNegative = text[p] == UInt8(ascii: "-")
      p += 1
    }
    guard p < text.count else { return nil }
    var value = 0
    while p < text.count {
      let digit = text[p] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      if value < 1_000_000 { value = value * 10 + Int(digit) }
      p += 1
    }
    return isNegative ? -value : value
  }

  /// The value where one correctly rounded operation gives it.
  @inline(__always)
  private static func exact(_ mantissa: UInt64, _ significant: Int, _ exponent: Int) -> Double? {
    guard significant <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else {
      return nil
    }
    let value = Double(mantissa)
    return exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
  }

  @inline(never)
  private static func slow(_ text: UnsafeRawBufferPointer) -> Double? {
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value == 0 ? 0 : value
  }

  /// Appends the shortest text that reads back as the same finite double, as `5.0`, `0.001`,
  /// `1e+16` or `1e-05`: with an exponent below 1e-4 and from 1e16 on.
  static func append(_ value: Double, to buffer: ByteBuffer) {
    let magnitude = value.magnitude
    if magnitude > 9_007_199_254_740_992, magnitude < 1e16 {
      // The standard library turns to exponents here already; all of these are integers.
      buffer.appendDecimal(Int64(value))
      buffer.append(UInt8(ascii: "."))
      buffer.append(UInt8(ascii: "0"))
    } else {
      buffer.append((value == 0 ? 0 : value).description)
    }
  }
}
