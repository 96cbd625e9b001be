/// One validation run over a JSON text: an iterative parser that builds nothing.
struct JSONValidator {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private let maxDepth: Int
  private var p = 0
  private var nesting = JSONNesting()

  init(base: UnsafePointer<UInt8>, count: Int, maxDepth: Int) {
    self.base = base
    self.count = count
    self.maxDepth = maxDepth
  }

  mutating func run() throws(JSONError) {
    repeat {
      try value()
    } while try afterValue()
    skipSpace()
    if p < count { throw JSONError(.trailingBytes, at: p) }
  }

  /// Consumes a scalar or an empty container, or enters the containers that begin here and
  /// consumes the first scalar or empty container within.
  @inline(__always)
  private mutating func value() throws(JSONError) {
    while true {
      skipSpace()
      guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
      switch base[p] {
      case UInt8(ascii: "\""):
        return try string()
      case UInt8(ascii: "{"):
        try enter(object: true)
        if closes(with: UInt8(ascii: "}")) { return }
        try key()
      case UInt8(ascii: "["):
        try enter(object: false)
        if closes(with: UInt8(ascii: "]")) { return }
      case UInt8(ascii: "t"): return try literal("true")
      case UInt8(ascii: "f"): return try literal("false")
      case UInt8(ascii: "n"): return try literal("null")
      default: return try number()
      }
    }
  }

  /// Leaves the containers that end here; true if another value follows.
  @inline(__always)
  private mutating func afterValue() throws(JSONError) -> Bool {
    while nesting.depth > 0 {
      skipSpace()
      guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
      let byte = base[p]
      let isObject = nesting.isObject
      if byte == UInt8(ascii: ",") {
        p &+= 1
        if isObject { try key() }
        return true
      }
      guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw JSONError(.unexpectedByte, at: p)
      }
      p &+= 1
      nesting.pop()
    }
    return false
  }

  @inline(__always)
  private mutating func enter(object: Bool) throws(JSONError) {
    guard nesting.depth < maxDepth else { throw JSONError(.tooDeep, at: p) }
    nesting.push(object: object)
    p &+= 1
  }

  @inline(__always)
  private mutating func closes(with end: UInt8) -> Bool {
    skipSpace()
    guard p < count, base[p] == end else { return false }
    p &+= 1
    nesting.pop()
    return true
  }

  @inline(__always)
  private mutating func skipSpace() {
    while p < count, base[p] <= 0x20, JSONScanner.isSpace(base[p]) { p &+= 1 }
  }

  @inline(__always)
  private mutating func key() throws(JSONError) {
    skipSpace()
    guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
    guard base[p] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: p) }
    try string()
    skipSpace()
    guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
    guard base[p] == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: p) }
    p &+= 1
  }

  private mutating func string() throws(JSONError) {
    p &+= 1
    while true {
      p = JSONScanner.plainEnd(base, p, count)
      guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
      let byte = base[p]
      if byte == UInt8(ascii: "\"") {
        p &+= 1
        return
      }
      if byte >= 0x80 {
        try nonASCII()
      } else if byte == UInt8(ascii: "\\") {
        try escape()
      } else {
        throw JSONError(.controlCharacter, at: p)
      }
    }
  }

  /// Consumes a run of multi-byte characters.
  private mutating func nonASCII() throws(JSONError) {
    while p < count, base[p] >= 0x80 {
      let length = JSONScanner.sequenceLength(base, p, count)
      guard length > 0 else { throw JSONError(.invalidUTF8, at: p) }
      p &+= length
    }
  }

  private mutating func escape() throws(JSONError) {
    guard p &+ 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
    switch base[p &+ 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      p &+= 2
    case UInt8(ascii: "u"):
      guard p &+ 6 <= count else { throw JSONError(.invalidEscape, at: p) }
      for i in 2..<6 where JSONText.hexValue(base[p &+ i]) == nil {
        throw JSONError(.invalidEscape, at: p)
      }
      p &+= 6
    default:
      throw JSONError(.invalidEscape, at: p)
    }
  }

  @inline(__always)
  private mutating func digits() -> Bool {
    let start = p
    while p < count, base[p] &- UInt8(ascii: "0") < 10 { p &+= 1 }
    return p > start
  }

  private mutating func number() throws(JSONError) {
    let start = p
    if base[p] == UInt8(ascii: "-") { p &+= 1 }
    guard p < count else { throw JSONError(.unexpectedEnd, at: count) }
    if base[p] == UInt8(ascii: "0") {
      p &+= 1
    } else if !digits() {
      throw JSONError(p == start ? .unexpectedByte : .invalidNumber, at: p)
    }
    if p < count, base[p] == UInt8(ascii: ".") {
      p &+= 1
      guard digits() else { throw JSONError(.invalidNumber, at: p) }
    }
    if p < count, base[p] | 0x20 == UInt8(ascii: "e") {
      p &+= 1
      if p < count, base[p] == UInt8(ascii: "+") || base[p] == UInt8(ascii: "-") { p &+= 1 }
      guard digits() else { throw JSONError(.invalidNumber, at: p) }
    }
    if p < count, base[p] &- UInt8(ascii: "0") < 10 { throw JSONError(.invalidNumber, at: p) }
  }

  @inline(__always)
  private mutating func literal(_ text: StaticString) throws(JSONError) {
    let length = text.utf8CodeUnitCount
    for i in 0..<length {
      guard p &+ i < count else { throw JSONError(.unexpectedEnd, at: count) }
      guard base[p &+ i] == text.utf8Start[i] else {
        throw JSONError(.unexpectedByte, at: p &+ i)
      }
    }
    p &+= length
  }
}

/// Which of the open containers are objects: one bit a level, for 128 levels.
struct JSONNesting {
  private(set) var depth = 0
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// Whether the innermost open container is an object.
  @inline(__always)
  var isObject: Bool { low & 1 == 1 }

  @inline(__always)
  mutating func push(object: Bool) {
    high = high << 1 | low >> 63
    low = low << 1 | (object ? 1 : 0)
    depth &+= 1
  }

  @inline(__always)
  mutating func pop() {
    low = low >> 1 | high << 63
    high >>= 1
    depth &-= 1
  }
}
