/// Splits SQL into words, reading as little ahead as it can.
///
/// Tokens are offsets into the current record of the input, which begins where ``forget()`` was
/// called last.
final class SQLLexer {
  let input: InputBuffer
  /// Where the next word begins, or the white space before it.
  private(set) var position = 0
  /// The line of `position`, from 1.
  private(set) var line = 1
  /// The most bytes of one record.
  var limit = InputBuffer.maximumRecordLength
  /// What a comment that begins with ``SQLDumpMark/schema`` holds behind it.
  private(set) var schemaText: [UInt8]?
  /// Whether the last word was ARRAY, behind which a bracket quotes nothing.
  private var followsArray = false

  init(_ source: any ByteSource) throws { input = try InputBuffer(source) }

  /// Gives up the bytes before the current position: earlier tokens mean nothing any more.
  @inline(__always)
  func forget() {
    input.advance(position)
    position = 0
  }

  /// Makes more bytes visible; false at the end of the input.
  func more() throws -> Bool {
    guard input.count <= limit else {
      throw FormatError(line: line, "a statement or row longer than \(limit) bytes")
    }
    return try input.more()
  }

  /// The byte `distance` behind the position; nil at the end of the input.
  @inline(__always)
  func peek(_ distance: Int = 0) throws -> UInt8? {
    while position &+ distance >= input.count {
      guard try more() else { return nil }
    }
    return input.base[position &+ distance]
  }

  func isNext(_ text: String, at distance: Int = 0) throws -> Bool {
    for (place, byte) in text.utf8.enumerated() where try peek(distance + place) != byte {
      return false
    }
    return true
  }

  /// Skips bytes up to a line end.
  func skipLine() throws {
    while let byte = try peek(), byte != 0x0A {
      position += 1
      if position >= 1 << 16 { forget() }
    }
  }

  @inline(__always)
  func countLine() { line &+= 1 }

  @inline(__always)
  func move(to place: Int) { position = place }

  // MARK: White space

  /// Skips white space and comments.
  ///
  /// - Parameter forgets: whether no earlier token is in use, so that what is skipped need not be
  ///   kept.
  @inline(__always)
  func skipSpace(forgets: Bool) throws {
    while let byte = try peek() {
      switch byte {
      case 0x0A:
        line &+= 1
        position &+= 1
      case 0x20, 0x09, 0x0D, 0x0C:
        position &+= 1
      case UInt8(ascii: "-"):
        guard try peek(1) == UInt8(ascii: "-") else { return }
        try skipLineComment(forgets)
      case UInt8(ascii: "/"):
        guard try peek(1) == UInt8(ascii: "*") else { return }
        try skipBlockComment(forgets)
      default: return
      }
      if forgets, position >= 1 << 16 { forget() }
    }
  }

  private func skipLineComment(_ forgets: Bool) throws {
    if forgets, schemaText == nil, try isNext(SQLDumpMark.schema) {
      forget()
      position = SQLDumpMark.schema.utf8.count
      let start = position
      let usual = limit
      limit = SQLDumpMark.longestSchema
      defer { limit = usual }
      while let byte = try peek(), byte != 0x0A { position += 1 }
      schemaText = [UInt8](input.bytes(start..<position))
      return
    }
    if forgets { return try skipLine() }
    while let byte = try peek(), byte != 0x0A { position += 1 }
  }

  /// Comments do not nest: the first end ends them.
  private func skipBlockComment(_ forgets: Bool) throws {
    let opening = line
    position += 2
    while let byte = try peek() {
      if byte == UInt8(ascii: "*"), try peek(1) == UInt8(ascii: "/") {
        position += 2
        return
      }
      if byte == 0x0A { line += 1 }
      position += 1
      if forgets, position >= 1 << 16 { forget() }
    }
    throw FormatError(line: opening, "a comment that begins here has no end")
  }

  // MARK: Words

  /// The next word.
  func next(forgets: Bool = false) throws -> SQLToken {
    try skipSpace(forgets: forgets)
    if forgets { forget() }
    let wasArray = followsArray
    followsArray = false
    guard let first = try peek() else {
      return SQLToken(kind: .end, range: position..<position, line: line)
    }
    switch first {
    case UInt8(ascii: "'"): return try quoted(.text, skipping: 1, close: first)
    case UInt8(ascii: "\""), UInt8(ascii: "`"):
      return try quoted(.name, skipping: 1, close: first)
    case UInt8(ascii: "["):
      let second = try peek(1)
      if wasArray || second == UInt8(ascii: "]") { return try symbol(first) }
      return try quoted(.name, skipping: 1, close: UInt8(ascii: "]"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "."):
      if let next = try peek(1), next &- UInt8(ascii: "0") <= 9 { return try number() }
      return try symbol(first)
    case UInt8(ascii: "$"): return try dollarQuoted() ?? symbol(first)
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      if try peek(1) == UInt8(ascii: "'") {
        return try quoted(.blob, skipping: 2, close: UInt8(ascii: "'"))
      }
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      if try peek(1) == UInt8(ascii: "'") { return try escaped() }
    default: break
    }
    return SQLLexer.isNameByte(first) ? try word() : try symbol(first)
  }

  @inline(__always)
  static func isNameByte(_ byte: UInt8) -> Bool {
    byte | 0x20 &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
  }

  private func word() throws -> SQLToken {
    let start = position
    while let byte = try peek(), SQLLexer.isNameByte(byte) { position &+= 1 }
    let range = start..<position
    followsArray = range.count == 5 && isWord(range, "array")
    return SQLToken(kind: .word, range: range, line: line)
  }

  /// Whether a word is this keyword, which is given in lower case.
  @inline(__always)
  func isWord(_ range: Range<Int>, _ keyword: StaticString) -> Bool {
    guard range.count == keyword.utf8CodeUnitCount else { return false }
    for place in 0..<range.count
    where input.base[range.lowerBound &+ place] | 0x20 != keyword.utf8Start[place] {
      return false
    }
    return true
  }

  private func number() throws -> SQLToken {
    let start = position
    var last: UInt8 = 0
    let second = try peek(1) ?? 0
    let isHexadecimal =
      input.base[position] == UInt8(ascii: "0") && second | 0x20 == UInt8(ascii: "x")
    while let byte = try peek() {
      let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      let continues =
        SQLLexer.isNameByte(byte) || byte == UInt8(ascii: ".")
        || (isSign && last | 0x20 == UInt8(ascii: "e") && !isHexadecimal)
      guard continues else { break }
      last = byte
      position &+= 1
    }
    return SQLToken(kind: .number, range: start..<position, line: line)
  }

  private static let pairs: Set<[UInt8]> = Set(
    ["<>", "<=", ">=", "!=", "==", "||", "::", "~~", "<<", ">>", "->"].map { Array($0.utf8) })

  private func symbol(_ first: UInt8) throws -> SQLToken {
    let start = position
    position += 1
    switch first {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "-"), UInt8(ascii: "+"):
      if first != UInt8(ascii: "-") {
        return SQLToken(kind: .symbol, range: start..<position, line: line, mark: first)
      }
    default: break
    }
    if let second = try peek(), SQLLexer.pairs.contains([first, second]) {
      position += 1
      return SQLToken(kind: .symbol, range: start..<position, line: line)
    }
    return SQLToken(kind: .symbol, range: start..<position, line: line, mark: first)
  }
}

/// The marks by which a dump of our own is known.
enum SQLDumpMark {
  /// What stands before the schema's JSON in a comment of one line.
  static let schema = "-- carefs schema "
  /// The longest schema that is read, in bytes.
  static let longestSchema = 64 << 20
}
