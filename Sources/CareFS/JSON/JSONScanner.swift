/// Checks JSON texts against RFC 8259, strictly.
///
/// Where the RFC leaves the choice: numbers of any size and precision are accepted, and kept as
/// text; so are escaped surrogates without their partner, which have no text. Refused are a byte
/// order mark (though readers of files skip one), bytes that are not UTF-8, encoded surrogates, other
/// encodings than UTF-8, and nesting beyond ``maximumDepth``.
public enum JSONScanner {
  /// The deepest nesting of arrays and objects that is accepted.
  public static let maximumDepth = 128

  /// Checks that the bytes are one JSON value with nothing but white space around it.
  ///
  /// Iterative, so no input exhausts the stack; a byte order mark is refused.
  ///
  /// - Parameter maxDepth: the deepest nesting accepted, at most ``maximumDepth``.
  /// - Throws: ``JSONError`` with the first rule broken and its offset.
  /// - Complexity: linear in the number of bytes.
  public static func validate(
    _ bytes: UnsafeRawBufferPointer, maxDepth: Int = maximumDepth
  ) throws(JSONError) {
    guard let base = bytes.baseAddress else { throw JSONError(.unexpectedEnd, at: 0) }
    var validator = JSONValidator(
      base: base.assumingMemoryBound(to: UInt8.self), count: bytes.count,
      maxDepth: min(maxDepth, maximumDepth))
    try validator.run()
  }

  /// Whether a byte is JSON white space.
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// The length in bytes of the well-formed UTF-8 sequence at `p`, 0 if there is none.
  ///
  /// Refuses overlong forms, surrogates and code points beyond U+10FFFF.
  static func sequenceLength(_ base: UnsafePointer<UInt8>, _ p: Int, _ count: Int) -> Int {
    let first = base[p]
    let left = count &- p
    if first < 0x80 { return 1 }
    if first < 0xC2 || left < 2 { return 0 }
    let second = base[p &+ 1]
    if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    if left < 3 || base[p &+ 2] & 0xC0 != 0x80 { return 0 }
    if first < 0xF0 {
      let low: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let high: UInt8 = first == 0xED ? 0x9F : 0xBF
      return second >= low && second <= high ? 3 : 0
    }
    if first > 0xF4 || left < 4 || base[p &+ 3] & 0xC0 != 0x80 { return 0 }
    let low: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return second >= low && second <= high ? 4 : 0
  }

  /// The offset of the first byte from `p` on that a string scan must look at: a quote, a
  /// backslash, a control character or a byte above 0x7F; `count` if there is none.
  @inline(__always)
  static func plainEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
    var p = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    while p &+ 8 <= count {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + p).loadUnaligned(as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      // Each term marks its bytes by their top bit. Borrows can only add marks above a true one,
      // so the lowest mark is always right.
      let hits =
        (word | ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote)
          | ((slash &- ones) & ~slash)) & tops
      if hits != 0 { return p &+ hits.trailingZeroBitCount / 8 }
      p &+= 8
    }
    while p < count {
      let byte = base[p]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return p }
      p &+= 1
    }
    return p
  }
}
