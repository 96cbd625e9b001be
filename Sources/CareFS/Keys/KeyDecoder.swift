/// Reads the parts of a key in their order. Damaged bytes throw.
struct KeyDecoder {
  /// A text or byte part within a key.
  struct Span: Equatable {
    /// The offset of its first byte.
    var start: Int
    /// The bytes before the terminator, escapes included.
    var length: Int
    /// How many zero bytes are escaped in it.
    var escapes: Int
  }

  let key: UnsafeRawBufferPointer
  private(set) var place: Int

  /// Starts at the first part, or at the part that begins at `place`.
  init(_ key: UnsafeRawBufferPointer, at place: Int = 0) {
    precondition(place >= 0 && place <= key.count)
    self.key = key
    self.place = place
  }

  /// Whether every byte was read.
  var isAtEnd: Bool { place == key.count }

  @inline(__always)
  private mutating func take(_ mask: UInt8) throws(RowError) -> UInt8 {
    guard place < key.count else { throw .corrupt("key ends early") }
    let byte = key[place] ^ mask
    place += 1
    return byte
  }

  /// Reads the null byte, if the part has one: whether the value is null.
  @inline(__always)
  mutating func isNull(_ part: KeyPart) throws(RowError) -> Bool {
    guard part.nullable else { return false }
    switch try take(part.descending ? 0xFF : 0) {
    case 0: return true
    case 1: return false
    default: throw .corrupt("null byte of a key is neither 0 nor 1")
    }
  }

  /// Reads an integer.
  @inline(__always)
  mutating func int(descending: Bool = false) throws(RowError) -> Int64 {
    let mask: UInt8 = descending ? 0xFF : 0
    let mark = Int(try take(mask))
    let size = mark >= 0x80 ? mark - 0x80 : 0x7F - mark
    guard size <= 8, key.count - place >= size else { throw .corrupt("integer in a key") }
    var bits: UInt64 = 0
    if size > 0, let base = key.baseAddress {
      if place >= 8 - size {
        // The word that ends with the number, and begins within the key.
        let word = base.loadUnaligned(fromByteOffset: place + size - 8, as: UInt64.self).bigEndian
        bits = word & ~0 >> UInt64(64 - size * 8)
      } else {
        for offset in place..<place &+ size {
          bits = bits &<< 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
        }
      }
      if descending { bits ^= ~0 >> UInt64(64 - size * 8) }
    }
    place += size
    let value: Int64
    if mark >= 0x80 {
      value = Int64(bitPattern: bits)
    } else {
      value = Int64(bitPattern: size == 8 ? bits : bits | ~0 << UInt64(size * 8))
    }
    let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
    guard (value < 0) == (mark < 0x80), (71 - magnitude.leadingZeroBitCount) >> 3 == size else {
      throw .corrupt("integer in a key is not in its shortest form")
    }
    return value
  }

  /// The number from 0 on that alone is a key; nil of any other key.
  @inline(__always)
  static func plainInt(_ key: UnsafeRawBufferPointer) -> Int64? {
    guard let base = key.baseAddress, key.count >= 1, key.count <= 8 else { return nil }
    let size = key.count &- 1
    guard Int(base.load(as: UInt8.self)) == 0x80 &+ size else { return nil }
    var bits: Int64 = 0
    for offset in 0..<size {
      bits = bits &<< 8 | Int64(base.load(fromByteOffset: offset &+ 1, as: UInt8.self))
    }
    // A first byte of zero would be a longer form than need be.
    return size == 0 || bits &>> Int64(size &* 8 &- 8) != 0 ? bits : nil
  }

  /// Reads a double.
  mutating func double(descending: Bool = false) throws(RowError) -> Double {
    guard key.count - place >= 8, let base = key.baseAddress else {
      throw .corrupt("double in a key")
    }
    var bits = UInt64(bigEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    if descending { bits = ~bits }
    place += 8
    return Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
  }

  /// Reads a truth value.
  mutating func bool(descending: Bool = false) throws(RowError) -> Bool {
    switch try take(descending ? 0xFF : 0) {
    case 0: return false
    case 1: return true
    default: throw .corrupt("truth value in a key is neither 0 nor 1")
    }
  }

  /// Reads fixed bytes, such as a uuid's; not complemented back.
  mutating func fixed(_ size: Int) throws(RowError) -> UnsafeRawBufferPointer {
    guard key.count - place >= size else { throw .corrupt("key ends early") }
    defer { place += size }
    return UnsafeRawBufferPointer(rebasing: key[place..<place + size])
  }

  /// Finds the end of a text or byte part and steps over it.
  mutating func span(descending: Bool = false) throws(RowError) -> Span {
    let mask: UInt8 = descending ? 0xFF : 0
    let start = place
    var escapes = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: key[place...])
      guard let found = RawBytes.firstIndex(of: mask, in: rest), found + 1 < rest.count else {
        throw .corrupt("text in a key does not end")
      }
      place += found + 2
      switch rest[found + 1] ^ mask {
      case 0: return Span(start: start, length: place - 2 - start, escapes: escapes)
      case 0xFF: escapes += 1
      default: throw .corrupt("escape in a key")
      }
    }
  }

  /// Appends the bytes of a span as they were before they became part of the key.
  static func unescape(
    _ span: Span, of key: UnsafeRawBufferPointer, descending: Bool, to buffer: ByteBuffer
  ) {
    let mask: UInt8 = descending ? 0xFF : 0
    var offset = span.start
    let end = span.start + span.length
    buffer.reserve(span.length)
    while offset < end {
      let byte = key[offset] ^ mask
      buffer.append(byte)
      offset += byte == 0 ? 2 : 1
    }
  }
}
