/// Turns conditions of SQL into the expression language, or says why they cannot be.
struct SQLCondition {
  /// The table, whose columns the condition is about.
  let table: TableSchema
  /// Whether names and LIKE mean what they do in SQLite.
  let isSQLite: Bool

  /// The condition as an expression that fits the table.
  func expression(_ words: [SQLWord], what: String) throws -> Expression {
    let line = words.first?.line ?? 1
    do {
      var translation = Translation(words: words, table: table)
      let tree = adapted(
        try Expression.parse(try translation.text()), plainLike: translation.hasPlainLike)
      _ = try table.bind(tree)
      return tree
    } catch let error as FormatError {
      throw FormatError(line: error.line ?? line, "\(what) cannot be kept: \(error.reason)")
    } catch let error as DatabaseError {
      throw FormatError(
        line: line, "\(what) cannot be said in the expression language: \(error.message)")
    }
  }

  /// The tree with what means something else in SQL put in other words.
  private func adapted(_ tree: Expression, plainLike: Bool) -> Expression {
    func all(_ parts: [Expression]) -> [Expression] {
      parts.map { adapted($0, plainLike: plainLike) }
    }
    func one(_ part: Expression) -> Expression { adapted(part, plainLike: plainLike) }
    switch tree {
    case .and(let parts): return .and(all(parts))
    case .or(let parts): return .or(all(parts))
    case .not(let part): return .not(one(part))
    case .comparison(let how, let left, let right):
      return .comparison(how, fitted(one(left), to: right), fitted(one(right), to: left))
    case .between(let part, let low, let high, let negated):
      return .between(
        one(part), fitted(one(low), to: part), fitted(one(high), to: part), negated: negated)
    case .isIn(let part, let elements, let negated):
      return .isIn(one(part), elements.map { fitted(one($0), to: part) }, negated: negated)
    case .like(let part, .literal(.text(let pattern)), let negated) where plainLike:
      // SQLite's LIKE escapes nothing, and the case of ASCII letters means nothing to it.
      let plain = pattern.split(separator: "\\", omittingEmptySubsequences: false)
        .joined(separator: "\\\\")
      guard plain.utf8.contains(where: { $0 | 0x20 &- UInt8(ascii: "a") < 26 }) else {
        return .like(one(part), pattern: .literal(.text(plain)), negated: negated)
      }
      return .like(
        .call(.lower, [one(part)]), pattern: .literal(.text(SQLName.fold(plain))),
        negated: negated)
    default: return tree
    }
  }

  /// A constant as the column beside it takes it: 0 and 1 as truth values, and moments with an
  /// offset.
  private func fitted(_ tree: Expression, to other: Expression) -> Expression {
    guard case .name(let name) = other, name.rest.isEmpty, let column = table.column(name.head)
    else { return tree }
    switch (tree, column.type) {
    case (.literal(.number(let number)), .bool) where number.text == "0" || number.text == "1":
      return .literal(.bool(number.text == "1"))
    case (.literal(.text(let text)), .timestamp):
      let moment = Timestamp(SQLTimestamp.complete(text))
      return moment.map { .literal(.text($0.description)) } ?? tree
    default: return tree
    }
  }
}

/// The text of a condition in the expression language, word by word.
private struct Translation {
  let words: [SQLWord]
  let table: TableSchema
  private(set) var hasPlainLike = false
  private var place = 0
  private var out: [String] = []

  init(words: [SQLWord], table: TableSchema) {
    self.words = words
    self.table = table
  }

  private static let kept: Set<String> = [
    "and", "or", "not", "in", "is", "null", "between", "case", "when", "then", "else", "end",
    "true", "false",
  ]
  private static let functions = [
    "length": "length", "char_length": "length", "character_length": "length", "lower": "lower",
  ]
  private static let symbols: Set<String> = [
    "(", ")", ",", "+", "-", "*", "/", "=", "==", "<", ">", "<=", ">=", "<>", "!=",
  ]

  private func failure(_ message: String) -> FormatError {
    let last = min(place, words.count - 1)
    return FormatError(line: last >= 0 ? words[last].line : nil, message)
  }

  private func word(_ distance: Int = 0) -> SQLWord? {
    place + distance < words.count ? words[place + distance] : nil
  }

  mutating func text() throws -> String {
    while let word = word() {
      place += 1
      switch word.kind {
      case .number, .blob, .text: literal(word)
      case .symbol: try symbol(word)
      case .name: try name(word)
      case .word: try self.plain(word)
      }
    }
    return out.joined(separator: " ")
  }

  private mutating func literal(_ word: SQLWord) {
    if word.kind == .number {
      out.append(word.text)
    } else if word.kind == .text {
      out.append(Self.quoted(word.text))
    } else {
      let bytes = ByteBuffer()
      let base64 = ByteBuffer()
      _ = word.text.withUTF8Bytes { HexText.decode($0, to: bytes) }
      Base64.encode(bytes.bytes, to: base64)
      out.append(Self.quoted(base64.string))
    }
  }

  private static func quoted(_ text: String) -> String { "\(Expression.literal(.text(text)))" }

  private mutating func symbol(_ word: SQLWord) throws {
    if word.text == "::" {
      place -= 1
      var rest = SQLStatementParser(Array(words[place...]))
      try rest.skipCasts()
      place += rest.place
    } else if word.text == "~~" {
      out.append("like")
    } else if Self.symbols.contains(word.text) {
      out.append(word.text)
    } else {
      throw failure("it uses \"\(word.text)\"")
    }
  }

  private func column(_ name: String) -> String? {
    let exact = table.column(name) ?? table.columns.first { SQLName.isSame($0.name, name) }
    return exact.map { "\(Expression.column($0.name))" }
  }

  private mutating func name(_ word: SQLWord) throws {
    if self.word()?.isSymbol(".") == true, SQLName.isSame(word.text, table.name) {
      place += 1
      return
    }
    if let column = column(word.text) {
      out.append(column)
    } else if word.isDoubleQuoted {
      // SQLite takes a quoted name that names nothing for a text.
      out.append(Self.quoted(word.text))
    } else {
      throw failure("it names \"\(word.text)\", which is no column")
    }
  }

  private mutating func plain(_ word: SQLWord) throws {
    let lower = SQLName.fold(word.text)
    if Self.kept.contains(lower) { return out.append(lower) }
    switch lower {
    case "isnull": return out.append("is null")
    case "notnull": return out.append("is not null")
    case "like": return try like()
    case "any" where out.last == "=": return try array()
    case "cast": return try cast()
    case "like_escape" where out.last == "like": return try escapedPattern()
    default: break
    }
    if self.word()?.isSymbol("(") == true {
      guard let function = Self.functions[lower] else {
        throw failure("it calls \(lower)()")
      }
      return out.append(function)
    }
    try name(word)
  }

  private mutating func like() throws {
    out.append("like")
    if word()?.kind == .text, word(1)?.is("escape") == true {
      guard word(2)?.text == "\\" else { throw failure("it escapes with another mark than \\") }
      if let pattern = word() { literal(pattern) }
      place += 3
    } else {
      hasPlainLike = true
    }
  }

  /// `cast(price as numeric)`: an exact number has an order of its own here.
  private mutating func cast() throws {
    var rest = SQLStatementParser(Array(words[place...]))
    let group = try rest.group()
    guard group.count >= 3, group[group.count - 2].is("as"),
      group[group.count - 1].is("numeric") || group[group.count - 1].is("decimal")
    else { throw failure("it calls cast() to another type than NUMERIC") }
    var inner = Translation(words: Array(group.dropLast(2)), table: table)
    out.append("(\(try inner.text()))")
    hasPlainLike = hasPlainLike || inner.hasPlainLike
    place += rest.place
  }

  /// `like_escape('a%', '\')`, which PostgreSQL makes of ESCAPE.
  private mutating func escapedPattern() throws {
    var rest = SQLStatementParser(Array(words[place...]))
    let arguments = try rest.group().filter { $0.kind == .text }
    guard arguments.count == 2, arguments[1].text == "\\" else {
      throw failure("it escapes with another mark than \\")
    }
    literal(arguments[0])
    place += rest.place
  }

  /// `= any (array['a'::text, 'b'])` as `in ('a', 'b')`.
  private mutating func array() throws {
    out.removeLast()
    out.append("in")
    var opened = 0
    while let word = word(), !word.isSymbol("[") {
      guard word.isSymbol("(") || word.is("array") else {
        throw failure("it compares with any of what is no list")
      }
      if word.isSymbol("(") { opened += 1 }
      place += 1
    }
    place += 1
    out.append("(")
    while let word = word(), !word.isSymbol("]") {
      place += 1
      switch word.kind {
      case .number, .text: literal(word)
      case .symbol: try symbol(word)
      default: throw failure("it compares with any of what is no list of constants")
      }
    }
    place += 1
    while opened > 0, let word = word() {
      place += 1
      if word.isSymbol(")") { opened -= 1 }
    }
    out.append(")")
  }
}
