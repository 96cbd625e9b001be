extension ByteBuffer {
  /// Appends one byte.
  @inline(__always)
  func append(_ byte: UInt8) {
    extend(1).storeBytes(of: byte, as: UInt8.self)
  }

  /// Appends bytes. They must not lie in this buffer.
  @inline(__always)
  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    extend(bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Appends bytes.
  func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Appends the UTF-8 of a text.
  @inline(__always)
  func append(_ text: String) {
    text.withUTF8Bytes { append($0) }
  }

  /// Appends `size` zero bytes.
  @inline(__always)
  func appendZeros(_ size: Int) {
    guard size > 0 else { return }
    extend(size).initializeMemory(as: UInt8.self, repeating: 0, count: size)
  }

  /// Appends an integer, least significant byte first.
  @inline(__always)
  func appendLittle<Word: FixedWidthInteger>(_ value: Word) {
    extend(MemoryLayout<Word>.size).storeBytes(of: value.littleEndian, as: Word.self)
  }

  /// Appends an integer, most significant byte first.
  @inline(__always)
  func appendBig<Word: FixedWidthInteger>(_ value: Word) {
    extend(MemoryLayout<Word>.size).storeBytes(of: value.bigEndian, as: Word.self)
  }

  /// Appends an integer in decimal digits.
  func appendDecimal(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(value.magnitude, width: 1)
  }

  /// Appends a number in at least `width` decimal digits, with leading zeros.
  func appendDecimal(_ value: UInt64, width: Int) {
    var digits = 1
    var rest = value / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    let size = max(digits, width)
    let start = extend(size)
    rest = value
    var place = size
    while place > 0 {
      place -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      start.storeBytes(of: UInt8(ascii: "0") + UInt8(digit), toByteOffset: place, as: UInt8.self)
      rest = quotient
    }
  }

  /// Complements every byte from `start` on, which turns an ascending key into a descending one.
  func complement(from start: Int) {
    precondition(start >= 0 && start <= count)
    var place = start
    while place < count {
      let byte = base.load(fromByteOffset: place, as: UInt8.self)
      base.storeBytes(of: ~byte, toByteOffset: place, as: UInt8.self)
      place += 1
    }
  }

  /// Overwrites one byte that is in use.
  @inline(__always)
  func set(_ byte: UInt8, at offset: Int) {
    precondition(offset >= 0 && offset < count)
    base.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
  }

  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  var string: String { RawBytes.string(bytes) }

  /// A copy of the bytes.
  var array: [UInt8] { [UInt8](bytes) }
}
