/// Little-endian fields of bytes that may end anywhere: what lies beyond the end is left alone.
extension UnsafeMutableRawBufferPointer {
  /// The number of `size` bytes at an offset; 0 when they are not all there.
  func field(_ offset: Int, _ size: Int) -> UInt64 {
    guard offset >= 0, size >= 0, offset <= count - size else { return 0 }
    var value: UInt64 = 0
    for place in (0..<size).reversed() { value = value << 8 | UInt64(self[offset + place]) }
    return value
  }

  /// Writes the low `size` bytes of a number.
  func setField(_ offset: Int, _ size: Int, _ value: UInt64) {
    guard offset >= 0, size >= 0, offset <= count - size else { return }
    for place in 0..<size {
      self[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place))
    }
  }

  /// A part, or nothing when it is not all there.
  func part(_ offset: Int, _ size: Int) -> UnsafeMutableRawBufferPointer? {
    guard offset >= 0, size >= 0, offset <= count - size else { return nil }
    return UnsafeMutableRawBufferPointer(rebasing: self[offset..<offset + size])
  }
}
