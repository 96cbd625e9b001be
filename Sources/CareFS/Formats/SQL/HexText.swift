/// Hexadecimal digits as SQL has them: of bytes, and in escapes of characters.
enum HexText {
  private static let digits = Array("0123456789abcdef".utf8)

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Appends the bytes that pairs of digits stand for; false when they are not that.
  static func decode(_ text: UnsafeRawBufferPointer, to buffer: ByteBuffer) -> Bool {
    guard text.count.isMultiple(of: 2) else { return false }
    buffer.reserve(text.count / 2)
    var place = 0
    while place < text.count {
      guard let high = digit(text[place]), let low = digit(text[place &+ 1]) else { return false }
      buffer.append(high << 4 | low)
      place &+= 2
    }
    return true
  }

  /// Appends two digits for each byte.
  static func encode(_ bytes: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    buffer.reserve(bytes.count * 2)
    for byte in bytes {
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    }
  }

  /// Appends a text whose escapes `\XXXX`, `\uXXXX`, `\+XXXXXX`, `\UXXXXXXXX` and `\\` become
  /// characters; false when one is broken.
  static func appendUnescaped(_ text: [UInt8], to buffer: ByteBuffer) -> Bool {
    var place = 0
    while place < text.count {
      guard text[place] == UInt8(ascii: "\\") else {
        buffer.append(text[place])
        place += 1
        continue
      }
      place += 1
      guard place < text.count else { return false }
      if text[place] == UInt8(ascii: "\\") {
        buffer.append(text[place])
        place += 1
        continue
      }
      var count = 4
      switch text[place] {
      case UInt8(ascii: "u"): place += 1
      case UInt8(ascii: "+"): (place, count) = (place + 1, 6)
      case UInt8(ascii: "U"): (place, count) = (place + 1, 8)
      default: break
      }
      guard let first = code(text, place, count) else { return false }
      place += count
      var value = first
      if first & 0xFC00 == 0xD800, place + 6 <= text.count, text[place] == UInt8(ascii: "\\"),
        text[place + 1] == UInt8(ascii: "u"), let second = code(text, place + 2, 4),
        second & 0xFC00 == 0xDC00
      {
        value = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
        place += 6
      }
      guard let scalar = Unicode.Scalar(value) else { return false }
      buffer.append(String(Character(scalar)))
    }
    return true
  }

  private static func code(_ text: [UInt8], _ start: Int, _ count: Int) -> UInt32? {
    guard start + count <= text.count else { return nil }
    var value: UInt32 = 0
    for byte in text[start..<start + count] {
      guard let digit = digit(byte), value < 1 << 28 else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
