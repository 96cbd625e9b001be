/// Reads an SQL dump piece by piece: what `sqlite3 FILE .dump`, `pg_dump --inserts` and
/// `carefs export --format sql` write.
///
/// Memory holds one statement, or one row of an `insert`, at a time. Nothing is executed: what a
/// dump of tables may hold is understood, what changes nothing is passed over, and the rest is
/// refused with its line.
///
/// ```swift
/// let reader = try SQLDumpReader(source)
/// while let item = try reader.next() {
///   if case .row(let table) = item { print(table, reader.valueCount) }
/// }
/// ```
public final class SQLDumpReader {
  /// A piece of a dump.
  public enum Item: Sendable, Hashable {
    /// A statement about tables, indexes or sequences.
    case definition
    /// A row of the table of that name.
    case row(table: String)
    /// Something that is passed over and that a user may miss, such as a view: its kind and name.
    case skipped(kind: String, name: String)
  }

  /// The longest statement that is not an `insert`, in bytes.
  public static let longestStatement = 1 << 20

  /// The line on which the last piece begins, from 1.
  public internal(set) var line = 1
  /// The schema that a dump of CareFS carries, as JSON; nil before it and in other dumps.
  public var schemaJSON: [UInt8]? { lexer.schemaText }
  /// Whether the dump holds statements of SQLite's own.
  public private(set) var isSQLite = false
  /// The last statement about tables.
  private(set) var statement = SQLStatement.ignored
  /// The `insert` under way.
  var insert: SQLInsert?
  /// How often an `insert` began.
  var inserts = 0
  /// The values of the last row.
  var cells: [SQLCell] = []
  /// Values that do not stand in the input as they are.
  let scratch = ByteBuffer(capacity: 256)

  let lexer: SQLLexer
  /// Whether rows are passed over.
  let areRowsSkipped: Bool
  private var isInTransaction = false

  /// Reads a dump.
  ///
  /// - Parameter skipsRows: whether to pass over the rows.
  public init(_ source: any ByteSource, skipsRows: Bool = false) throws {
    lexer = try SQLLexer(source)
    areRowsSkipped = skipsRows
  }

  /// How many values the last row has.
  public var valueCount: Int { cells.count }

  /// Moves to the next piece; nil at the end.
  ///
  /// - Throws: ``FormatError`` for what is not understood and for a dump that is cut short.
  public func next() throws -> Item? {
    cells.removeAll(keepingCapacity: true)
    while true {
      if let insert {
        if try nextRow() { return .row(table: insert.table) }
        continue
      }
      lexer.limit = Self.longestStatement
      let token = try lexer.next(forgets: true)
      line = token.line
      switch token.kind {
      case .end:
        guard !isInTransaction else {
          throw FormatError(line: line, "the dump has no COMMIT at its end; it is cut short")
        }
        return nil
      case .symbol where token.mark == UInt8(ascii: ";"): continue
      case .symbol where token.mark == UInt8(ascii: "\\"):
        // A command of psql, alone on its line.
        try lexer.skipLine()
        continue
      case .word:
        if let item = try statement(beginningWith: token) { return item }
      default:
        throw FormatError(line: line, "this is no SQL statement; is it a dump?")
      }
    }
  }

  /// Reads a statement; nil when it has no meaning here.
  private func statement(beginningWith first: SQLToken) throws -> Item? {
    if lexer.isWord(first.range, "insert") || lexer.isWord(first.range, "replace") {
      try beginInsert()
      return nil
    }
    if lexer.isWord(first.range, "pragma") { isSQLite = true }
    if lexer.isWord(first.range, "begin") || lexer.isWord(first.range, "start") {
      isInTransaction = true
    }
    if lexer.isWord(first.range, "commit") || lexer.isWord(first.range, "end") {
      isInTransaction = false
    }
    var words = [try lexer.word(of: first)]
    while let word = try nextWord() {
      words.append(word)
      if Self.isLong(words) {
        let name = try skipLong(words)
        return .skipped(kind: Self.longKind(words), name: name)
      }
    }
    var parser = SQLStatementParser(words)
    statement = try parser.statement()
    switch statement {
    case .ignored: return nil
    case .skipped(let kind, let name): return .skipped(kind: kind, name: name)
    default: return .definition
    }
  }

  /// The next word of a statement; nil at its end.
  private func nextWord() throws -> SQLWord? {
    let token = try lexer.next()
    if token.kind == .end {
      throw FormatError(line: line, "a statement that begins here has no end; is it cut short?")
    }
    if token.kind == .symbol, token.mark == UInt8(ascii: ";") { return nil }
    return try lexer.word(of: token)
  }

  // MARK: Statements that are passed over

  private static let longKinds = [
    "trigger", "function", "procedure", "view", "rule", "type", "domain", "aggregate",
  ]

  /// Whether a statement is of a kind that may be long and is passed over.
  private static func isLong(_ words: [SQLWord]) -> Bool {
    guard words.count <= 6, words[0].is("create"), let last = words.last, last.kind == .word else {
      return false
    }
    let before = ["or", "replace", "temp", "temporary", "materialized", "recursive", "constraint"]
    return longKinds.contains { last.is($0) }
      && words[1..<words.count - 1].allSatisfy { word in before.contains { word.is($0) } }
  }

  private static func longKind(_ words: [SQLWord]) -> String {
    SQLName.fold(words.last?.text ?? "")
  }

  /// Skips the rest of a statement and returns the name of what it makes. A trigger of SQLite holds
  /// statements and ends with END.
  private func skipLong(_ words: [SQLWord]) throws -> String {
    var name: String?
    var hasBody = false
    var lastEnded = false
    let isTrigger = Self.longKind(words) == "trigger"
    while true {
      let token = try lexer.next(forgets: true)
      switch token.kind {
      case .end:
        throw FormatError(line: line, "a statement that begins here has no end; is it cut short?")
      case .symbol where token.mark == UInt8(ascii: ";"):
        if !hasBody || lastEnded { return name ?? "" }
        lastEnded = try endsBody()
        continue
      case .word where isTrigger && lexer.isWord(token.range, "begin"): hasBody = true
      case .word, .name, .text:
        let word = try name == nil ? lexer.word(of: token) : nil
        if let word, !["if", "not", "exists"].contains(where: { word.is($0) }) { name = word.text }
      case .symbol where token.mark == UInt8(ascii: "."): if !hasBody { name = nil }
      default: break
      }
      lastEnded = false
    }
  }

  /// Whether the word behind a `;` is END, which then is read.
  private func endsBody() throws -> Bool {
    try lexer.skipSpace(forgets: true)
    guard (try lexer.peek() ?? 0) | 0x20 == UInt8(ascii: "e"), try lexer.isNextWord("end") else {
      return false
    }
    _ = try lexer.next(forgets: true)
    return true
  }
}

extension SQLLexer {
  /// Whether this keyword, given in lower case, is next.
  func isNextWord(_ keyword: String) throws -> Bool {
    for (place, byte) in keyword.utf8.enumerated() where (try peek(place) ?? 0) | 0x20 != byte {
      return false
    }
    guard let after = try peek(keyword.utf8.count) else { return true }
    return !SQLLexer.isNameByte(after)
  }
}
