/// Builds order-preserving keys in a reusable buffer.
///
/// The `append` functions for single types write an ascending part without the null byte; the
/// ones that take a ``KeyPart`` write whole parts.
struct KeyEncoder {
  /// The key so far.
  let buffer: ByteBuffer

  init(_ buffer: ByteBuffer = ByteBuffer(capacity: 128)) { self.buffer = buffer }

  /// The key; valid until the next append or `clear`.
  @inline(__always)
  var key: UnsafeRawBufferPointer { buffer.bytes }

  /// Starts a new key.
  @inline(__always)
  func clear() { buffer.clear() }

  /// Appends an integer in 1 to 9 bytes.
  ///
  /// From 0 on: 0x80 + n, then the n bytes of the number, big-endian, where n is as small as can
  /// be. Below 0: 0x7F - n, then the low n bytes, where n is the size of the complement.
  @inline(__always)
  func append(int value: Int64) {
    buffer.reserve(Self.maxIntSize)
    _ = buffer.extend(Self.write(int: value, to: buffer.base + buffer.count))
  }

  /// The most bytes of an integer.
  static let maxIntSize = 9

  /// Writes an integer to a place with room for the longest one, and returns its size.
  @inline(__always)
  static func write(int value: Int64, to start: UnsafeMutableRawPointer) -> Int {
    let magnitude = UInt64(bitPattern: value < 0 ? ~value : value)
    let size = (71 &- magnitude.leadingZeroBitCount) >> 3
    let mark = UInt8(truncatingIfNeeded: value < 0 ? 0x7F &- size : 0x80 &+ size)
    start.storeBytes(of: mark, as: UInt8.self)
    if size > 0 {
      // The shift leaves the low bytes in front; the bytes behind them are not in use yet.
      let shifted = UInt64(bitPattern: value) << UInt64(64 &- size &* 8)
      (start + 1).storeBytes(of: shifted.bigEndian, as: UInt64.self)
    }
    return size &+ 1
  }

  /// Appends a double in its total order; both zeros are the same.
  @inline(__always)
  func append(double value: Double) {
    let bits = Value.canonicalBits(value)
    buffer.appendBig(bits >> 63 == 1 ? ~bits : bits | 1 << 63)
  }

  /// Appends a truth value; false comes first.
  @inline(__always)
  func append(bool value: Bool) { buffer.append(value ? 1 : 0) }

  /// Appends text or bytes: each zero byte as 00 FF, then 00 00.
  @inline(__always)
  func append(bytes value: UnsafeRawBufferPointer) {
    if RawBytes.firstIndex(of: 0, in: value) == nil {
      buffer.append(value)
    } else {
      appendWithZeros(value)
    }
    buffer.appendLittle(UInt16(0))
  }

  @inline(never)
  private func appendWithZeros(_ value: UnsafeRawBufferPointer) {
    for byte in value {
      buffer.append(byte)
      if byte == 0 { buffer.append(0xFF) }
    }
  }

  /// Appends a text under a collation.
  @inline(__always)
  func append(text value: UnsafeRawBufferPointer, collation: Collation) {
    switch collation {
    case .binary: append(bytes: value)
    case .nocase: appendFolded(value)
    }
  }

  @inline(never)
  private func appendFolded(_ value: UnsafeRawBufferPointer) {
    if RawBytes.firstIndex(of: 0, in: value) == nil {
      CaseFolding.appendFolded(value, to: buffer)
    } else {
      let folded = ByteBuffer(capacity: value.count * 2)
      CaseFolding.appendFolded(value, to: folded)
      appendWithZeros(folded.bytes)
    }
    buffer.appendLittle(UInt16(0))
  }

  /// Appends a decimal by value: 1.00 and 1.0 have the same key.
  func append(decimal value: ExactDecimal) { NumberKey.append(value, to: buffer) }
}
