/// Reads one statement that is not about rows.
struct SQLStatementParser {
  let words: [SQLWord]
  private(set) var place = 0

  init(_ words: [SQLWord]) { self.words = words }

  var current: SQLWord? { place < words.count ? words[place] : nil }

  var line: Int { current?.line ?? words.last?.line ?? 1 }

  mutating func advance() { place = min(place + 1, words.count) }

  func failure(_ message: String) -> FormatError { FormatError(line: line, message) }

  /// The current word as errors name it.
  private var found: String {
    guard let current else { return "the end of the statement" }
    switch current.kind {
    case .text: return "a text"
    case .blob: return "bytes"
    default: return "\"\(current.text.prefix(40))\""
    }
  }

  func isNext(_ keyword: String, after distance: Int = 0) -> Bool {
    place + distance < words.count && words[place + distance].is(keyword)
  }

  mutating func accept(_ keywords: String...) -> Bool {
    for (distance, keyword) in keywords.enumerated() where !isNext(keyword, after: distance) {
      return false
    }
    place += keywords.count
    return true
  }

  mutating func accept(symbol: String) -> Bool {
    guard current?.isSymbol(symbol) == true else { return false }
    advance()
    return true
  }

  mutating func expect(_ keywords: String...) throws {
    for keyword in keywords where !accept(keyword) {
      throw failure("expected \(keyword), found \(found)")
    }
  }

  mutating func expect(symbol: String) throws {
    guard accept(symbol: symbol) else { throw failure("expected \"\(symbol)\", found \(found)") }
  }

  /// A name, of which only what follows the last point counts.
  mutating func name(_ what: String) throws -> String {
    var name = try simpleName(what)
    while accept(symbol: ".") { name = try simpleName(what) }
    return name
  }

  private mutating func simpleName(_ what: String) throws -> String {
    guard let word = current, word.kind == .word || word.kind == .name || word.kind == .text,
      !word.text.isEmpty
    else { throw failure("expected \(what), found \(found)") }
    advance()
    return word.text
  }

  /// The words between parentheses, these left out.
  mutating func group() throws -> [SQLWord] {
    try expect(symbol: "(")
    let start = place
    var depth = 1
    while let word = current {
      if word.isSymbol("(") { depth += 1 }
      if word.isSymbol(")") { depth -= 1 }
      advance()
      if depth == 0 { return Array(words[start..<place - 1]) }
    }
    throw failure("a parenthesis has no end")
  }

  mutating func skipGroup() throws { _ = try group() }

  /// Skips `::type` any number of times.
  mutating func skipCasts() throws {
    while accept(symbol: "::") {
      _ = try name("a type")
      while let word = current,
        ["varying", "precision", "with", "without", "time", "zone"].contains(where: { word.is($0) })
      {
        advance()
      }
      if current?.isSymbol("(") == true { try skipGroup() }
      while accept(symbol: "[") { try expect(symbol: "]") }
    }
  }

  mutating func ifNotExists() { _ = accept("if", "not", "exists") }

  mutating func ifExists() { _ = accept("if", "exists") }

  func expectEnd() throws {
    guard current == nil else { throw failure("found \(found), which is not understood here") }
  }
}

extension SQLStatementParser {
  /// The statement.
  mutating func statement() throws -> SQLStatement {
    if accept("create") { return try create() }
    if accept("alter") { return try alter() }
    if accept("select") { return try select() }
    let ignored = [
      "pragma", "begin", "start", "commit", "end", "set", "analyze", "vacuum", "reindex", "comment",
      "grant", "revoke", "drop", "lock", "reset", "savepoint", "release", "use", "security",
    ]
    if ignored.contains(where: { isNext($0) }) { return .ignored }
    if accept("delete", "from") {
      // A dump of sqlite3 empties its own table of sequences before it fills it.
      let table = try name("a table")
      if SQLName.isSame(table, "sqlite_sequence") || table.hasPrefix("sqlite_stat") {
        return .ignored
      }
      throw failure("a dump that deletes rows cannot be read; remove the statement")
    }
    if isNext("rollback") {
      throw failure("the dump ends in ROLLBACK: who wrote it met an error; make it again")
    }
    if isNext("copy") {
      throw failure("COPY is not read; dump with pg_dump --inserts")
    }
    throw failure("a statement that begins with \(found) is not read")
  }

  /// `select setval('sequence', number, is_called)`; other queries change nothing.
  private mutating func select() throws -> SQLStatement {
    _ = accept("pg_catalog") && accept(symbol: ".")
    guard accept("setval") else { return .ignored }
    var arguments = SQLStatementParser(try group())
    guard let name = arguments.current, name.kind == .text else { return .ignored }
    arguments.advance()
    try arguments.skipCasts()
    guard arguments.accept(symbol: ","), let number = arguments.current,
      let last = Int64(number.text)
    else { return .ignored }
    arguments.advance()
    let isUnused = arguments.accept(symbol: ",") && arguments.isNext("false")
    return .sequence(Self.bareName(name.text), last: isUnused ? last - 1 : last)
  }

  /// The name in the text of a possibly quoted and qualified name: `public."a b"`.
  static func bareName(_ text: String) -> String {
    var name = text
    if let point = name.lastIndex(of: "."), !name.hasSuffix("\"") || name[point...].count > 2 {
      name = String(name[name.index(after: point)...])
    }
    if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
      name = String(name.dropFirst().dropLast())
    }
    return name
  }
}
