/// Reading the text of JSON strings.
enum JSONText {
  /// The value of a hexadecimal digit; nil for any other byte.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
    default: nil
    }
  }

  /// The UTF-8 bytes that a string's text between its quotes stands for.
  ///
  /// An escaped surrogate without its partner becomes U+FFFD.
  static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    _ = unescape(text) { result.append(contentsOf: $0) }
    return result
  }

  /// Passes the UTF-8 bytes that a string's text between its quotes stands for on, run by run.
  ///
  /// - Returns: false if an escaped surrogate lacks its partner, which then becomes U+FFFD.
  @inline(__always)
  static func unescape(
    _ text: UnsafeRawBufferPointer, _ append: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    var whole = true
    var p = 0
    while p < text.count {
      let run = p
      while p < text.count, text[p] != UInt8(ascii: "\\") { p += 1 }
      if p > run { append(UnsafeRawBufferPointer(rebasing: text[run..<p])) }
      guard p < text.count else { break }
      var (scalar, next) = escape(text, p)
      if scalar >= 0xD800, scalar < 0xDC00, next < text.count, text[next] == UInt8(ascii: "\\") {
        let (low, end) = escape(text, next)
        if low >= 0xDC00, low < 0xE000 {
          scalar = 0x1_0000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
          next = end
        }
      }
      if scalar >= 0xD800, scalar < 0xE000 {
        whole = false
        scalar = 0xFFFD
      }
      appendScalar(scalar, append)
      p = next
    }
    return whole
  }

  /// The code unit of the escape at `p` and the offset behind it.
  private static func escape(_ text: UnsafeRawBufferPointer, _ p: Int) -> (UInt32, Int) {
    guard p + 1 < text.count else { return (0xFFFD, text.count) }
    let byte = text[p + 1]
    switch byte {
    case UInt8(ascii: "b"): return (0x08, p + 2)
    case UInt8(ascii: "f"): return (0x0C, p + 2)
    case UInt8(ascii: "n"): return (0x0A, p + 2)
    case UInt8(ascii: "r"): return (0x0D, p + 2)
    case UInt8(ascii: "t"): return (0x09, p + 2)
    case UInt8(ascii: "u"):
      guard p + 6 <= text.count else { return (0xFFFD, text.count) }
      var unit: UInt32 = 0
      for i in 2..<6 { unit = unit << 4 | (hexValue(text[p + i]) ?? 0) }
      return (unit, p + 6)
    default: return (UInt32(byte), p + 2)
    }
  }

  @inline(__always)
  private static func appendScalar(
    _ scalar: UInt32, _ append: (UnsafeRawBufferPointer) -> Void
  ) {
    var bytes: UInt32
    let count: Int
    if scalar < 0x80 {
      bytes = scalar
      count = 1
    } else if scalar < 0x800 {
      bytes = 0xC0 | scalar >> 6 | (0x80 | scalar & 0x3F) << 8
      count = 2
    } else if scalar < 0x1_0000 {
      bytes = 0xE0 | scalar >> 12 | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16
      count = 3
    } else {
      bytes =
        0xF0 | scalar >> 18 & 7 | (0x80 | scalar >> 12 & 0x3F) << 8
        | (0x80 | scalar >> 6 & 0x3F) << 16 | (0x80 | scalar & 0x3F) << 24
      count = 4
    }
    bytes = bytes.littleEndian
    withUnsafeBytes(of: bytes) { append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}
