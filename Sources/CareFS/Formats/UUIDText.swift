#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// Reading and writing UUIDs as text.
enum UUIDText {
  /// Reads `8-4-4-4-12` hexadecimal digits of either case; nil for anything else.
  static func parse(_ text: UnsafeRawBufferPointer) -> UUID? {
    guard text.count == 36 else { return nil }
    var bytes = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).uuid
    let isRead = withUnsafeMutableBytes(of: &bytes) { target in
      var p = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          guard text[p] == UInt8(ascii: "-") else { return false }
          p += 1
        }
        guard let high = JSONText.hexValue(text[p]), let low = JSONText.hexValue(text[p + 1])
        else { return false }
        target[index] = UInt8(truncatingIfNeeded: high << 4 | low)
        p += 2
      }
      return true
    }
    return isRead ? UUID(uuid: bytes) : nil
  }

  /// Appends the lower-case text.
  static func append(_ value: UUID, to buffer: ByteBuffer) {
    withUnsafeBytes(of: value.uuid) { bytes in
      for (index, byte) in bytes.enumerated() {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          buffer.append(UInt8(ascii: "-"))
        }
        buffer.append(hexDigit(byte >> 4))
        buffer.append(hexDigit(byte & 15))
      }
    }
  }

  @inline(__always)
  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
