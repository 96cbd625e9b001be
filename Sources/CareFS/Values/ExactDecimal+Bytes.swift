/// A decimal in a row: one byte with the scale (bits 0-6) and the sign (bit 7), then the digits
/// without the point as an unsigned integer, most significant byte first, no leading zero byte,
/// no byte at all for zero.
extension ExactDecimal {
  /// Appends the row form.
  func encode(to buffer: ByteBuffer) {
    buffer.append(UInt8(truncatingIfNeeded: scale) | (isNegative ? 0x80 : 0))
    var started = false
    for word in [words.3, words.2, words.1, words.0] {
      if started {
        buffer.appendBig(word)
      } else if word != 0 {
        started = true
        let size = 8 - word.leadingZeroBitCount / 8
        for index in stride(from: size - 1, through: 0, by: -1) {
          buffer.append(UInt8(truncatingIfNeeded: word >> UInt64(index * 8)))
        }
      }
    }
  }

  /// Reads the row form; nil when it is damaged.
  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 1, bytes.count <= 33 else { return nil }
    var magnitude = WideInteger.zero
    for index in 1..<bytes.count {
      guard index > 1 || bytes[index] != 0,
        magnitude.multiply(by: 256, adding: UInt64(bytes[index]))
      else { return nil }
    }
    let negative = bytes[0] & 0x80 != 0
    guard !(negative && magnitude.isZero) else { return nil }
    self.init(negative: negative, magnitude: magnitude, scale: Int(bytes[0] & 0x7F))
  }
}
