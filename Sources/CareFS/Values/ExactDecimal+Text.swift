extension ExactDecimal: LosslessStringConvertible {
  /// Reads a number as JSON writes it, such as `-12.50` or `1.5e3`; nil for anything else and for
  /// more than 76 digits.
  public init?(_ description: String) {
    guard let number = description.withUTF8Bytes({ ExactDecimal(text: $0) }) else { return nil }
    self = number
  }

  init?(text: UnsafeRawBufferPointer) {
    guard let form = NumberForm(text) else { return nil }
    var magnitude = WideInteger.zero
    var significant = 0
    for byte in text[form.integer] {
      if significant > 0 || byte != UInt8(ascii: "0") { significant += 1 }
      guard significant <= ExactDecimal.maximumDigits,
        magnitude.multiply(by: 10, adding: UInt64(byte &- UInt8(ascii: "0")))
      else { return nil }
    }
    for byte in text[form.fraction] {
      if significant > 0 || byte != UInt8(ascii: "0") { significant += 1 }
      guard significant <= ExactDecimal.maximumDigits,
        magnitude.multiply(by: 10, adding: UInt64(byte &- UInt8(ascii: "0")))
      else { return nil }
    }
    var scale = Int64(form.fraction.count) - form.exponent
    if scale < 0 {
      if magnitude.isZero {
        scale = 0
      } else {
        guard scale >= -Int64(ExactDecimal.maximumDigits), magnitude.scale(byTens: Int(-scale))
        else { return nil }
        scale = 0
      }
    }
    guard scale <= Int64(ExactDecimal.maximumDigits) else { return nil }
    self.init(negative: form.isNegative, magnitude: magnitude, scale: Int(scale))
  }

  /// The digits, with a point before the last ``scale`` of them.
  public var description: String {
    let buffer = ByteBuffer(capacity: 96)
    write(to: buffer)
    return buffer.string
  }

  /// Appends the description.
  func write(to buffer: ByteBuffer) {
    // 80 digits: more than a number has, with the zeros before its point.
    withUnsafeTemporaryAllocation(byteCount: 80, alignment: 1) { digits in
      let first = writeDigits(digits)
      if isNegative { buffer.append(UInt8(ascii: "-")) }
      let all = UnsafeRawBufferPointer(digits)
      let point = digits.count - scale
      buffer.append(UnsafeRawBufferPointer(rebasing: all[first..<point]))
      if scale > 0 {
        buffer.append(UInt8(ascii: "."))
        buffer.append(UnsafeRawBufferPointer(rebasing: all[point...]))
      }
    }
  }

  /// Writes the digits without the point to the end of `digits`, at least one of them before the
  /// point, and returns the offset of the first.
  private func writeDigits(_ digits: UnsafeMutableRawBufferPointer) -> Int {
    var first = digits.count
    var low = words.0
    if words.1 != 0 || words.2 != 0 || words.3 != 0 {
      // 19 digits at a time, because dividing 64 bits is much faster than dividing 512.
      var high = magnitude
      low = high.divide(by: 10_000_000_000_000_000_000)
      while !high.isZero {
        for _ in 0..<19 {
          first -= 1
          digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: low % 10)
          low /= 10
        }
        low = high.divide(by: 10_000_000_000_000_000_000)
      }
    }
    while low > 0 {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: low % 10)
      low /= 10
    }
    while digits.count - first <= scale {
      first -= 1
      digits[first] = UInt8(ascii: "0")
    }
    return first
  }
}
