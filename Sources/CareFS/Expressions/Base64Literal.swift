/// Bytes in text literals: base64 with its padding, as everywhere else.
enum Base64Literal {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The base64 of bytes.
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(3 - group.count) * 8
      for place in 0..<4 {
        let digit = Int(bits >> UInt32(18 - place * 6) & 63)
        text.append(place <= group.count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a base64 text; nil if it is not one, or not in its one canonical form.
  static func decode(_ text: String) -> [UInt8]? {
    let letters = Array(text.utf8)
    guard letters.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: letters.count, by: 4) {
      var bits: UInt32 = 0
      var digits = 0
      for letter in letters[start..<start + 4] {
        if letter == UInt8(ascii: "="), start + 4 == letters.count, digits >= 2 {
          bits <<= 6
          continue
        }
        guard let digit = alphabet.firstIndex(of: letter), digits < 4 else { return nil }
        bits = bits << 6 | UInt32(digit)
        digits += 1
      }
      for place in 0..<digits - 1 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - place * 8)))
      }
    }
    return encode(bytes) == text ? bytes : nil
  }
}
