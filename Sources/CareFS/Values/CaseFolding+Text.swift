extension CaseFolding {
  /// Appends the folded UTF-8 of a text. Bytes that are not UTF-8 are kept as they are.
  static func appendFolded(_ text: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    appendMapped(text, to: buffer, map: fold)
  }

  /// Appends the lower-case UTF-8 of a text. Bytes that are not UTF-8 are kept as they are.
  static func appendLower(_ text: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    appendMapped(text, to: buffer, map: lower)
  }

  @inline(__always)
  private static func appendMapped(
    _ text: UnsafeRawBufferPointer, to buffer: ByteBuffer, map: (UInt32) -> UInt32
  ) {
    var place = 0
    buffer.reserve(text.count)
    while place < text.count {
      let byte = text[place]
      if byte < 0x80 {
        buffer.append(byte &- 0x41 < 26 ? byte + 0x20 : byte)
        place += 1
        continue
      }
      guard let (scalar, size) = UTF8Scalars.decode(text, at: place) else {
        buffer.append(byte)
        place += 1
        continue
      }
      UTF8Scalars.append(map(scalar), to: buffer)
      place += size
    }
  }

  /// Orders two texts by their folded bytes: negative, zero or positive.
  static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    // UTF-8 sorts like the code points, so folded scalars are compared one by one.
    var left = 0
    var right = 0
    while left < a.count, right < b.count {
      let (x, xSize) = foldedScalar(a, at: left)
      let (y, ySize) = foldedScalar(b, at: right)
      if x != y { return x < y ? -1 : 1 }
      left += xSize
      right += ySize
    }
    return (a.count - left) - (b.count - right)
  }

  @inline(__always)
  private static func foldedScalar(
    _ text: UnsafeRawBufferPointer, at place: Int
  ) -> (UInt32, Int) {
    let byte = text[place]
    if byte < 0x80 { return (UInt32(byte &- 0x41 < 26 ? byte + 0x20 : byte), 1) }
    guard let (scalar, size) = UTF8Scalars.decode(text, at: place) else {
      // Above every scalar, as bytes that no UTF-8 has.
      return (0x11_0000 + UInt32(byte), 1)
    }
    return (fold(scalar), size)
  }
}
