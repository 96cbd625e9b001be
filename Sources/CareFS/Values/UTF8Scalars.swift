/// Unicode scalars in UTF-8 bytes.
enum UTF8Scalars {
  /// The scalar that begins at `place` and its size in bytes; nil when it is not UTF-8.
  static func decode(_ text: UnsafeRawBufferPointer, at place: Int) -> (UInt32, Int)? {
    guard place >= 0, place < text.count else { return nil }
    let lead = text[place]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead <= 0xF4, text.count - place >= size else { return nil }
    var scalar = UInt32(lead) & (0x7F >> UInt32(size))
    for offset in 1..<size {
      let byte = text[place + offset]
      guard byte & 0xC0 == 0x80 else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    let least: UInt32 = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x1_0000
    guard scalar >= least, scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else {
      return nil
    }
    return (scalar, size)
  }

  /// Appends the UTF-8 of a scalar.
  static func append(_ scalar: UInt32, to buffer: ByteBuffer) {
    if scalar < 0x80 {
      buffer.append(UInt8(scalar))
    } else if scalar < 0x800 {
      buffer.append(UInt8(0xC0 | scalar >> 6))
      buffer.append(UInt8(0x80 | scalar & 0x3F))
    } else if scalar < 0x1_0000 {
      buffer.append(UInt8(0xE0 | scalar >> 12))
      buffer.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      buffer.append(UInt8(0x80 | scalar & 0x3F))
    } else {
      buffer.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18 & 0x7))
      buffer.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      buffer.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      buffer.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// The number of scalars in a text: its bytes that do not continue one.
  static func count(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
