/// Base64 as RFC 4648 describes it, with padding.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each character; 0xFF for others.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.enumerated() {
      values[Int(character)] = UInt8(truncatingIfNeeded: value)
    }
    return values
  }()

  /// Appends the text of bytes.
  static func encode(_ bytes: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    alphabet.withUnsafeBufferPointer { alphabet in
      var p = 0
      while p < bytes.count {
        let left = bytes.count - p
        let word =
          UInt32(bytes[p]) << 16 | (left > 1 ? UInt32(bytes[p + 1]) << 8 : 0)
          | (left > 2 ? UInt32(bytes[p + 2]) : 0)
        buffer.append(alphabet[Int(word >> 18)])
        buffer.append(alphabet[Int(word >> 12 & 63)])
        buffer.append(left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
        buffer.append(left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
        p += 3
      }
    }
  }

  /// The bytes of a text; nil if it is not canonical base64 with padding.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    if text.isEmpty { return [] }
    var padding = 0
    while padding < 2, text[text.count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var word: UInt32 = 0
    let end = text.count - padding
    for p in 0..<text.count {
      let value = p < end ? values[Int(text[p])] : 0
      if value == 0xFF { return nil }
      word = word << 6 | UInt32(value)
      if p % 4 == 3 {
        bytes.append(UInt8(truncatingIfNeeded: word >> 16))
        bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        bytes.append(UInt8(truncatingIfNeeded: word))
      }
    }
    // Bits behind the last byte must be zero, so that a value has one text.
    for _ in 0..<padding where bytes.popLast() != 0 { return nil }
    return bytes
  }
}
