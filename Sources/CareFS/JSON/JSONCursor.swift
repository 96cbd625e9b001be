/// Supplies a document's further bytes while it is being read.
///
/// The whole document has one stable place in memory; only the first `available` bytes of it hold
/// content so far.
class JSONSupply {
  /// Makes more bytes available and returns how many there are now; nil when there are no more.
  func more() throws -> Int? { nil }
}

/// A reading position in a JSON text that was validated before.
///
/// It skips values without checking what a validator has checked, yet bytes that are not JSON after
/// all make it throw and never read beyond their end.
struct JSONCursor {
  let base: UnsafePointer<UInt8>
  private(set) var available: Int
  var position = 0
  private let supply: JSONSupply?

  /// Starts at the first byte of a whole text.
  init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
    guard let base = bytes.baseAddress else { throw JSONError(.unexpectedEnd, at: 0) }
    self.base = base.assumingMemoryBound(to: UInt8.self)
    available = bytes.count
    supply = nil
  }

  /// Starts at the first byte of a text that is supplied while it is read.
  init(base: UnsafeRawPointer, supply: JSONSupply) {
    self.base = base.assumingMemoryBound(to: UInt8.self)
    available = 0
    self.supply = supply
  }

  @inline(never)
  private mutating func grow() throws -> Bool {
    guard let count = try supply?.more(), count > available else { return false }
    available = count
    return true
  }

  @inline(never)
  private func failure() -> JSONError {
    position < available
      ? JSONError(.unexpectedByte, at: position) : JSONError(.unexpectedEnd, at: available)
  }

  /// The byte at the position.
  @inline(__always)
  mutating func current() throws -> UInt8 {
    if position >= available, try !grow() { throw failure() }
    return base[position]
  }

  /// Moves to the next byte that is not white space and returns it.
  @inline(__always)
  mutating func token() throws -> UInt8 {
    while true {
      let byte = try current()
      if byte > 0x20 { return byte }
      guard JSONScanner.isSpace(byte) else { throw failure() }
      position &+= 1
    }
  }

  /// Consumes a byte that must stand here, after white space.
  @inline(__always)
  mutating func expect(_ byte: UInt8) throws {
    guard try token() == byte else { throw failure() }
    position &+= 1
  }

  /// Consumes a byte after white space if it stands here.
  @inline(__always)
  mutating func accept(_ byte: UInt8) throws -> Bool {
    guard try token() == byte else { return false }
    position &+= 1
    return true
  }

  /// Consumes a string whose first quote is at the position; true if it contains escapes.
  @inline(__always)
  mutating func skipString() throws -> Bool {
    position &+= 1
    var escaped = false
    while true {
      position = JSONCursor.stringEnd(base, position, available)
      guard position < available else {
        if try grow() { continue }
        throw failure()
      }
      if base[position] == UInt8(ascii: "\"") {
        position &+= 1
        return escaped
      }
      escaped = true
      position &+= 1
      _ = try current()
      position &+= 1
    }
  }

  /// Consumes the value that begins here, after white space.
  mutating func skipValue() throws -> JSONMatch {
    let first = try token()
    let start = position
    guard let kind = JSONKind(firstByte: first) else { throw failure() }
    switch kind {
    case .string: _ = try skipString()
    case .array, .object: try skipContainer()
    default: try skipScalar()
    }
    return JSONMatch(kind: kind, range: start..<position)
  }

  /// Consumes a number or a word: everything up to a delimiter.
  private mutating func skipScalar() throws {
    while true {
      while position < available {
        let byte = base[position]
        if byte <= 0x20 || byte == UInt8(ascii: ",") || byte | 0x20 == UInt8(ascii: "}") { return }
        position &+= 1
      }
      if try !grow() { return }
    }
  }

  /// Consumes an array or object by counting brackets outside strings.
  private mutating func skipContainer() throws {
    var depth = 0
    while true {
      position = JSONCursor.structureEnd(base, position, available)
      guard position < available else {
        if try grow() { continue }
        throw failure()
      }
      let byte = base[position]
      if byte == UInt8(ascii: "\"") {
        _ = try skipString()
        continue
      }
      position &+= 1
      // Set bit 1 tells `{` and `[` (0x7B, 0x5B) from `}` and `]` (0x7D, 0x5D).
      if byte & 0x02 != 0 {
        depth &+= 1
      } else {
        depth &-= 1
        if depth == 0 { return }
      }
    }
  }

  /// The offset of the next quote or backslash; `count` if there is none.
  @inline(__always)
  private static func stringEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
    var p = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    while p &+ 8 <= count {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + p).loadUnaligned(as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let hits =
        (((quote &- ones) & ~quote) | ((slash &- ones) & ~slash)) & (ones &* 0x80)
      if hits != 0 { return p &+ hits.trailingZeroBitCount / 8 }
      p &+= 8
    }
    while p < count, base[p] != 0x22, base[p] != 0x5C { p &+= 1 }
    return p
  }

  /// The offset of the next quote, bracket or brace; `count` if there is none.
  @inline(__always)
  private static func structureEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int
  {
    var p = start
    let ones: UInt64 = 0x0101_0101_0101_0101
    while p &+ 8 <= count {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + p).loadUnaligned(as: UInt64.self))
      // Lower case maps `[` and `]` onto `{` and `}`.
      let lower = word | (ones &* 0x20)
      let open = lower ^ (ones &* 0x7B)
      let close = lower ^ (ones &* 0x7D)
      let quote = word ^ (ones &* 0x22)
      let hits =
        (((open &- ones) & ~open) | ((close &- ones) & ~close) | ((quote &- ones) & ~quote))
        & (ones &* 0x80)
      if hits != 0 { return p &+ hits.trailingZeroBitCount / 8 }
      p &+= 8
    }
    while p < count {
      let byte = base[p]
      let lower = byte | 0x20
      if lower == 0x7B || lower == 0x7D || byte == 0x22 { return p }
      p &+= 1
    }
    return p
  }
}
