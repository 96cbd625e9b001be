/// A value of a row: its kind and where its bytes are.
struct SQLCell {
  enum Kind: UInt8 {
    case null
    case integer
    case real
    case text
    case blob
    case yes
    case no
    /// The word DEFAULT.
    case missing
  }

  var kind: Kind
  /// Whether the bytes are in the reader's scratch memory, not in the input.
  var isScratch = false
  var range = 0..<0

  /// The kind as errors name it.
  var article: String {
    switch kind {
    case .null: "null"
    case .integer: "an integer"
    case .real: "a number with a fraction or exponent"
    case .text: "a text"
    case .blob: "bytes"
    case .yes, .no: "a truth value"
    case .missing: "a default"
    }
  }
}

extension SQLDumpReader {
  /// The bytes of a cell: of numbers and texts their text. Valid until the next piece.
  @inline(__always)
  func bytes(_ cell: SQLCell) -> UnsafeRawBufferPointer {
    guard cell.isScratch else { return lexer.input.bytes(cell.range) }
    return UnsafeRawBufferPointer(rebasing: scratch.bytes[cell.range])
  }

  /// Makes a cell of what was appended to the scratch memory.
  private func scratchCell(_ kind: SQLCell.Kind, from start: Int) -> SQLCell {
    SQLCell(kind: kind, isScratch: true, range: start..<scratch.count)
  }

  /// How deep calls may stand within each other.
  private static let deepestCall = 64

  /// Reads a value that begins with a word.
  func value(_ first: SQLToken, depth: Int) throws -> SQLCell {
    switch first.kind {
    case .text where first.doubled == 0: return SQLCell(kind: .text, range: first.range)
    case .text, .escaped:
      let start = scratch.count
      try lexer.appendContent(of: first, to: scratch)
      return scratchCell(.text, from: start)
    case .number: return try number(first, sign: nil)
    case .blob: return try blob(first)
    case .symbol where first.mark == UInt8(ascii: "-") || first.mark == UInt8(ascii: "+"):
      let token = try lexer.next()
      guard token.kind == .number else { throw notUnderstood(token) }
      return try number(token, sign: first)
    case .word: return try word(first, depth: depth)
    default: throw notUnderstood(first)
    }
  }

  private func word(_ first: SQLToken, depth: Int) throws -> SQLCell {
    if lexer.isWord(first.range, "null") { return SQLCell(kind: .null) }
    if lexer.isWord(first.range, "true") { return SQLCell(kind: .yes) }
    if lexer.isWord(first.range, "false") { return SQLCell(kind: .no) }
    if lexer.isWord(first.range, "default") { return SQLCell(kind: .missing) }
    guard depth < Self.deepestCall else {
      throw FormatError(
        line: first.line, "calls within each other more than \(Self.deepestCall) deep")
    }
    if lexer.isWord(first.range, "replace") { return try replace(depth + 1) }
    if lexer.isWord(first.range, "char") || lexer.isWord(first.range, "chr") {
      return try characters(depth + 1)
    }
    if lexer.isWord(first.range, "unistr") { return try unistr(depth + 1) }
    if lexer.isWord(first.range, "cast") { return try cast(depth + 1) }
    throw notUnderstood(first)
  }

  /// A number; an upper-case exponent and leading zeros do no harm.
  private func number(_ token: SQLToken, sign: SQLToken?) throws -> SQLCell {
    let digits = lexer.input.bytes(token.range)
    var isReal = false
    for byte in digits where byte &- UInt8(ascii: "0") > 9 {
      guard
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      else { throw FormatError(line: token.line, "a number that is not understood") }
      isReal = true
    }
    let isNegative = sign?.mark == UInt8(ascii: "-")
    let isPlain = digits[0] != UInt8(ascii: ".") && digits[digits.count - 1] != UInt8(ascii: ".")
    if sign == nil, isPlain {
      return SQLCell(kind: isReal ? .real : .integer, range: token.range)
    }
    if isNegative, isPlain, let sign, sign.range.upperBound == token.range.lowerBound {
      return SQLCell(
        kind: isReal ? .real : .integer, range: sign.range.lowerBound..<token.range.upperBound)
    }
    let start = scratch.count
    if isNegative { scratch.append(UInt8(ascii: "-")) }
    if digits[0] == UInt8(ascii: ".") { scratch.append(UInt8(ascii: "0")) }
    scratch.append(digits)
    if digits[digits.count - 1] == UInt8(ascii: ".") { scratch.append(UInt8(ascii: "0")) }
    return scratchCell(isReal ? .real : .integer, from: start)
  }

  private func blob(_ token: SQLToken) throws -> SQLCell {
    let start = scratch.count
    guard HexText.decode(lexer.input.bytes(token.range), to: scratch) else {
      throw FormatError(line: token.line, "bytes that are not pairs of hexadecimal digits")
    }
    return scratchCell(.blob, from: start)
  }

  /// `a || b`, or `a::type`, whose type says nothing that the column does not.
  func operation(_ left: SQLCell, _ symbol: SQLToken) throws -> (SQLCell, SQLToken) {
    let text = lexer.input.bytes(symbol.range)
    if text.elementsEqual("||".utf8) {
      let right = try value(try lexer.next(), depth: 1)
      guard left.kind == .text, right.kind == .text else { throw notUnderstood(symbol) }
      var start = scratch.count
      if left.isScratch, right.isScratch, left.range.upperBound == right.range.lowerBound {
        start = left.range.lowerBound
      } else if left.isScratch, !right.isScratch, left.range.upperBound == scratch.count {
        start = left.range.lowerBound
        scratch.append(bytes(right))
      } else {
        try grow(left.range.count + right.range.count)
        scratch.append(copy(left))
        scratch.append(copy(right))
      }
      return (scratchCell(.text, from: start), try lexer.next())
    }
    guard text.elementsEqual("::".utf8) else { throw notUnderstood(symbol) }
    var token = try lexer.next()
    guard token.kind == .word || token.kind == .name else { throw notUnderstood(token) }
    var depth = 0
    repeat {
      token = try lexer.next()
      if token.kind == .end { throw Self.cut(line) }
      if token.mark == UInt8(ascii: "(") { depth += 1 }
      if token.mark == UInt8(ascii: ")"), depth > 0 {
        depth -= 1
        token = try lexer.next()
      }
    } while depth > 0 || token.kind == .word || token.mark == UInt8(ascii: ".")
    return (left, token)
  }

  /// The bytes of a cell, safe while the scratch memory grows.
  private func copy(_ cell: SQLCell) -> [UInt8] { [UInt8](bytes(cell)) }

  private func grow(_ size: Int) throws {
    guard scratch.count + size <= InputBuffer.maximumRecordLength else {
      throw FormatError(line: line, "a row longer than \(InputBuffer.maximumRecordLength) bytes")
    }
  }

  private func expect(_ mark: UInt8) throws {
    let token = try lexer.next()
    guard token.kind == .symbol, token.mark == mark else { throw notUnderstood(token) }
  }

  private func argument(_ depth: Int) throws -> SQLCell {
    try value(try lexer.next(), depth: depth)
  }

  /// `replace(text, mark, character)`, by which sqlite3 writes line ends.
  private func replace(_ depth: Int) throws -> SQLCell {
    try expect(UInt8(ascii: "("))
    let source = try argument(depth)
    try expect(UInt8(ascii: ","))
    let mark = try argument(depth)
    try expect(UInt8(ascii: ","))
    let new = try argument(depth)
    try expect(UInt8(ascii: ")"))
    // What is put in is never longer than what it replaces, so that nesting cannot explode.
    guard source.kind == .text, mark.kind == .text, new.kind == .text, !mark.range.isEmpty,
      new.range.count <= mark.range.count
    else {
      throw FormatError(line: line, "a replace() other than of a mark by a character")
    }
    let (pattern, replacement) = (copy(mark), copy(new))
    let text = copy(source)
    let start = scratch.count
    try grow(text.count)
    text.withUnsafeBytes { text in
      var run = 0
      var place = 0
      while let found = RawBytes.firstIndex(
        of: pattern[0], in: UnsafeRawBufferPointer(rebasing: text[place...]))
      {
        let at = place + found
        guard at + pattern.count <= text.count else { break }
        if text[at..<at + pattern.count].elementsEqual(pattern) {
          scratch.append(UnsafeRawBufferPointer(rebasing: text[run..<at]))
          scratch.append(replacement)
          place = at + pattern.count
          run = place
        } else {
          place = at + 1
        }
      }
      scratch.append(UnsafeRawBufferPointer(rebasing: text[run...]))
    }
    return scratchCell(.text, from: start)
  }

  /// `char(10, 13)`: a text of code points.
  private func characters(_ depth: Int) throws -> SQLCell {
    try expect(UInt8(ascii: "("))
    var text: [UInt8] = []
    while true {
      let cell = try argument(depth)
      guard cell.kind == .integer, let code = NumberScan.plainInt(bytes(cell)),
        let number = UInt32(exactly: code), let scalar = Unicode.Scalar(number)
      else { throw FormatError(line: line, "a char() of what is no character") }
      text += Array(String(Character(scalar)).utf8)
      let token = try lexer.next()
      if token.mark == UInt8(ascii: ")") { break }
      guard token.mark == UInt8(ascii: ","), text.count < 1 << 16 else {
        throw notUnderstood(token)
      }
    }
    let start = scratch.count
    scratch.append(text)
    return scratchCell(.text, from: start)
  }

  /// `cast(X'..' as text)`, by which texts with a zero character are written.
  private func cast(_ depth: Int) throws -> SQLCell {
    try expect(UInt8(ascii: "("))
    var cell = try argument(depth)
    let keyword = try lexer.next()
    guard keyword.kind == .word, lexer.isWord(keyword.range, "as") else {
      throw notUnderstood(keyword)
    }
    let type = try lexer.next()
    guard type.kind == .word, lexer.isWord(type.range, "text"),
      cell.kind == .blob || cell.kind == .text
    else { throw notUnderstood(type) }
    try expect(UInt8(ascii: ")"))
    cell.kind = .text
    return cell
  }

  /// `unistr('a\u000a')`, by which newer versions of sqlite3 write control characters.
  private func unistr(_ depth: Int) throws -> SQLCell {
    try expect(UInt8(ascii: "("))
    let cell = try argument(depth)
    try expect(UInt8(ascii: ")"))
    guard cell.kind == .text else { throw FormatError(line: line, "a unistr() of what is no text") }
    let text = copy(cell)
    let start = scratch.count
    try grow(text.count)
    guard HexText.appendUnescaped(text, to: scratch) else {
      throw FormatError(line: line, "a unistr() with a broken escape")
    }
    return scratchCell(.text, from: start)
  }
}
