/// Bits from a byte source, least significant first.
struct BitReader {
  private let source: any ByteSource
  private let buffer: UnsafeMutableRawBufferPointer
  private var position = 0
  private var end = 0
  /// Zero bytes that stand in for what lies behind the end.
  private var padding = 0
  /// The next bits.
  var bits: UInt64 = 0
  /// How many of ``bits`` are valid.
  var count = 0

  init(_ source: any ByteSource) {
    self.source = source
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
  }

  func deallocate() { buffer.deallocate() }

  static let truncated = FormatError("the gzip file ends too early")

  /// Sees to at least 56 valid bits.
  @inline(__always)
  mutating func refill() throws {
    if end &- position >= 8, let base = buffer.baseAddress {
      let word = UInt64(littleEndian: (base + position).loadUnaligned(as: UInt64.self))
      bits |= word << UInt64(truncatingIfNeeded: count)
      let taken = (63 &- count) >> 3
      position &+= taken
      count &+= taken &* 8
    } else {
      try refillSlowly()
    }
  }

  @inline(never)
  private mutating func refillSlowly() throws {
    while count <= 56 {
      if position == end, try !readMore() {
        // Decoders look ahead; only bits that they use must exist.
        padding += 1
        if padding > 16 { throw BitReader.truncated }
      } else {
        bits |= UInt64(buffer[position]) << UInt64(count)
        position += 1
      }
      count += 8
    }
  }

  private mutating func readMore() throws -> Bool {
    position = 0
    end = 0
    let count = try source.read(into: buffer)
    end = min(count, buffer.count)
    return end > 0
  }

  /// Consumes bits that are valid.
  @inline(__always)
  mutating func drop(_ size: Int) {
    bits >>= UInt64(truncatingIfNeeded: size)
    count &-= size
  }

  /// Consumes and returns bits that are valid.
  @inline(__always)
  mutating func takeValid(_ size: Int) -> Int {
    let value = Int(truncatingIfNeeded: bits & (1 << UInt64(truncatingIfNeeded: size) &- 1))
    drop(size)
    return value
  }

  /// Consumes and returns up to 32 bits.
  @inline(__always)
  mutating func take(_ size: Int) throws -> Int {
    if count < size { try refill() }
    return takeValid(size)
  }

  /// Whether bits were consumed that the source does not have.
  var isOverrun: Bool { padding * 8 > count }

  /// Drops the rest of a partly read byte.
  mutating func align() { drop(count & 7) }

  /// Whether the source has no byte behind an aligned position.
  mutating func isAtEnd() throws -> Bool {
    if count - padding * 8 >= 8 { return false }
    if position < end { return false }
    return try !readMore()
  }

  /// Copies bytes behind an aligned position, at least one and at most `limit`.
  mutating func copy(to target: UnsafeMutableRawPointer, limit: Int) throws -> Int {
    if count >= 8 {
      target.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
      drop(8)
      if isOverrun { throw BitReader.truncated }
      return 1
    }
    // Bits that refill() took ahead of the count lie in `bits` above it, and are read again.
    bits = 0
    count = 0
    if position == end, try !readMore() { throw BitReader.truncated }
    let size = min(limit, end - position)
    guard let base = buffer.baseAddress else { throw BitReader.truncated }
    target.copyMemory(from: base + position, byteCount: size)
    position += size
    return size
  }
}
