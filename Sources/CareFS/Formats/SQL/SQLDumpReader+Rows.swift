/// An `insert` whose rows are read one by one.
struct SQLInsert {
  var table: String
  /// The columns that the values are for; nil is all.
  var columns: [String]?
  var line: Int
  /// Whether its rows are not looked at.
  var isSkipped: Bool
  var hasRows = false
}

extension SQLDumpReader {
  /// Reads `insert into table (columns) values`.
  func beginInsert() throws {
    var words: [SQLWord] = []
    while true {
      let token = try lexer.next()
      if token.kind == .end || (token.kind == .symbol && token.mark == UInt8(ascii: ";")) {
        throw failure("an INSERT without values has no rows to load")
      }
      let word = try lexer.word(of: token)
      if word.is("values") { break }
      if word.is("select") || word.is("default") {
        throw failure("INSERT takes its rows from elsewhere; only rows with VALUES can be loaded")
      }
      words.append(word)
    }
    var parser = SQLStatementParser(words)
    if parser.accept("or") { parser.advance() }
    try parser.expect("into")
    var insert = SQLInsert(
      table: try parser.name("a table's name"), columns: nil, line: line, isSkipped: false)
    if parser.current?.isSymbol("(") == true { insert.columns = try parser.nameList() }
    if parser.accept("overriding") {
      parser.advance()
      _ = parser.accept("value")
    }
    try parser.expectEnd()
    insert.isSkipped = skipsRow(of: insert.table)
    self.insert = insert
    inserts &+= 1
    lexer.limit = InputBuffer.maximumRecordLength
  }

  private func failure(_ message: String) -> FormatError { FormatError(line: line, message) }

  /// Reads the next row; false when the `insert` is over.
  func nextRow() throws -> Bool {
    var token = try lexer.next(forgets: true)
    if insert?.hasRows == true {
      if token.kind == .symbol, token.mark == UInt8(ascii: ",") {
        token = try lexer.next(forgets: true)
      } else {
        try endInsert(token)
        return false
      }
    }
    line = token.line
    guard token.kind == .symbol, token.mark == UInt8(ascii: "(") else {
      throw failure("expected \"(\" and the values of a row")
    }
    insert?.hasRows = true
    if insert?.isSkipped == true {
      try skipRow()
      return false
    }
    scratch.clear()
    try readRow()
    return true
  }

  /// Reads what may follow the rows.
  private func endInsert(_ first: SQLToken) throws {
    insert = nil
    if first.kind == .symbol, first.mark == UInt8(ascii: ";") { return }
    var words: [SQLWord] = []
    var token = first
    while !(token.kind == .symbol && token.mark == UInt8(ascii: ";")) {
      guard token.kind != .end else {
        throw failure("an INSERT that begins here has no end; is the dump cut short?")
      }
      words.append(try lexer.word(of: token))
      guard words.count < 100 else { break }
      token = try lexer.next()
    }
    var parser = SQLStatementParser(words)
    guard parser.accept("on", "conflict"), parser.accept("do", "nothing"), parser.current == nil
    else { throw failure("what follows the values of an INSERT is not understood") }
  }

  private func skipRow() throws {
    var depth = 1
    while depth > 0 {
      let token = try lexer.next(forgets: true)
      if token.kind == .symbol {
        if token.mark == UInt8(ascii: "(") { depth += 1 }
        if token.mark == UInt8(ascii: ")") { depth -= 1 }
        guard token.mark != UInt8(ascii: ";") else { throw Self.cut(line) }
      } else if token.kind == .end {
        throw Self.cut(line)
      }
    }
  }

  static func cut(_ line: Int) -> FormatError {
    FormatError(line: line, "a row that begins here has no end; is the dump cut short?")
  }

  private func readRow() throws {
    while true {
      let first = try lexer.next()
      let cell = try value(first, depth: 0)
      var token = try lexer.next()
      var last = cell
      while token.kind == .symbol, token.mark == 0 {
        (last, token) = try operation(last, token)
      }
      cells.append(last)
      guard token.kind == .symbol else {
        if token.kind == .end { throw Self.cut(line) }
        throw notUnderstood(token)
      }
      if token.mark == UInt8(ascii: ")") { return }
      guard token.mark == UInt8(ascii: ",") else { throw notUnderstood(token) }
    }
  }

  func notUnderstood(_ token: SQLToken) -> FormatError {
    if token.kind == .end { return Self.cut(line) }
    return FormatError(
      line: token.line,
      "a value that is not understood: literals, replace(), char(), unistr() and || are")
  }
}

extension SQLDumpReader {
  /// Whether rows of a table are passed over.
  private func skipsRow(of table: String) -> Bool {
    if SQLName.isSame(table, "sqlite_schema") || SQLName.isSame(table, "sqlite_master")
      || SQLName.isSame(table, "sqlite_sequence")
    {
      return false
    }
    return areRowsSkipped || SQLName.fold(table).hasPrefix("sqlite_")
  }
}
