extension SQLStatementParser {
  private static let columnWords = [
    "constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references",
    "generated", "as", "autoincrement", "auto_increment", "deferrable", "initially", "storage",
    "on",
  ]

  /// The words of a type, without its numbers.
  private mutating func type() throws -> String {
    var parts: [String] = []
    while let word = current {
      if word.isSymbol("(") {
        try skipGroup()
      } else if word.isSymbol("[") {
        advance()
        try expect(symbol: "]")
        parts.append("[]")
      } else if word.isSymbol(".") {
        // The schema in which a type stands.
        advance()
        parts.removeAll()
      } else if word.kind == .name || word.kind == .text {
        advance()
        parts.append(word.text)
      } else if word.kind == .word, !Self.columnWords.contains(where: { word.is($0) }) {
        advance()
        parts.append(word.text)
      } else {
        break
      }
    }
    return parts.joined(separator: " ").uppercased()
  }

  /// A column and its constraints.
  mutating func column(into table: inout SQLTable) throws {
    let line = self.line
    let name = try name("a column's name")
    var column = SQLColumn(name: name, type: try type(), line: line)
    while let word = current, !word.isSymbol(","), !word.isSymbol(")") {
      try columnConstraint(&column, &table)
    }
    table.columns.append(column)
  }

  private mutating func columnConstraint(
    _ column: inout SQLColumn, _ table: inout SQLTable
  ) throws {
    let line = self.line
    let own = SQLKeyColumn(name: column.name)
    var name: String?
    if accept("constraint") { name = try self.name("a constraint's name") }
    func add(_ kind: SQLConstraint.Kind) {
      table.constraints.append(SQLConstraint(name: name, kind: kind, line: line))
    }
    if accept("primary") {
      try expect("key")
      var key = own
      key.descending = accept("desc")
      if !key.descending { _ = accept("asc") }
      try skipConstraintOptions()
      if accept("autoincrement") || accept("auto_increment") { column.isAutomatic = true }
      add(.primaryKey([key]))
    } else if accept("not", "null") {
      column.isNotNull = true
      try skipConstraintOptions()
    } else if accept("null") {
      try skipConstraintOptions()
    } else if accept("unique") {
      add(.unique([own]))
      try skipConstraintOptions()
    } else if accept("check") {
      let condition = try group()
      add(.check(condition))
      try skipConstraintOptions()
    } else if accept("default") {
      column.defaultValue = try defaultValue()
    } else if accept("collate") {
      column.collation = try self.name("a collation")
    } else if isNext("references") {
      add(.reference(try reference([column.name])))
    } else if accept("generated") {
      let isAlways = accept("always")
      if !isAlways { try expect("by", "default") }
      try expect("as")
      guard accept("identity") else { throw generated(column, table) }
      if current?.isSymbol("(") == true { try skipGroup() }
      column.isAutomatic = true
    } else if accept("as") {
      throw generated(column, table)
    } else if accept("auto_increment") {
      column.isAutomatic = true
    } else if isNext("deferrable") || isNext("initially")
      || (isNext("not") && isNext("deferrable", after: 1))
    {
      _ = try deferral()
    } else {
      throw failure(
        "what follows column \"\(column.name)\" of table \"\(table.name)\" is not understood")
    }
  }

  private func generated(_ column: SQLColumn, _ table: SQLTable) -> FormatError {
    failure(
      "column \"\(column.name)\" of table \"\(table.name)\" is generated from others; there are "
        + "none of that kind here: dump a copy of the table without it")
  }

  /// What follows `default`.
  mutating func defaultValue() throws -> SQLDefault {
    let line = self.line
    var words: [SQLWord] = []
    if current?.isSymbol("(") == true {
      words = try group()
    } else {
      if let sign = current, sign.isSymbol("-") || sign.isSymbol("+") {
        words.append(sign)
        advance()
      }
      guard let word = current else { throw failure("DEFAULT without a value") }
      words.append(word)
      advance()
      while accept(symbol: ".") {
        guard let last = current else { break }
        words = [last]
        advance()
      }
      if current?.isSymbol("(") == true {
        let start = place
        try skipGroup()
        words += self.words[start..<place]
      }
    }
    try skipCasts()
    return SQLDefault(words: words, line: line)
  }
}

extension SQLStatementParser {
  mutating func alter() throws -> SQLStatement {
    if accept("sequence") {
      ifExists()
      let sequence = try name("a sequence")
      guard accept("owned", "by"), current != nil else { return .ignored }
      var names: [String] = []
      repeat {
        names.append(current?.text ?? "")
        advance()
      } while accept(symbol: ".")
      guard names.count >= 2 else { return .ignored }
      return .owned(
        sequence: sequence, table: names[names.count - 2], column: names[names.count - 1])
    }
    guard accept("table") else { return .ignored }
    ifExists()
    _ = accept("only")
    let table = try name("a table's name")
    if accept("add") {
      if let constraint = try tableConstraint() {
        try expectEnd()
        return .constraint(constraint, table: table)
      }
      throw failure("ALTER TABLE adds a column; dump the table as it is now")
    }
    if accept("alter") {
      _ = accept("column")
      let column = try name("a column's name")
      if accept("set", "default") {
        return .columnDefault(table: table, column: column, try defaultValue())
      }
      if accept("set", "not", "null") { return .notNull(table: table, column: column) }
      if accept("add", "generated") {
        var sequence: String?
        while current != nil, sequence == nil {
          if accept("sequence", "name") { sequence = try name("a sequence") } else { advance() }
        }
        return .automatic(table: table, column: column, sequence: sequence)
      }
    }
    // Owners, statistics, storage.
    return .ignored
  }
}
