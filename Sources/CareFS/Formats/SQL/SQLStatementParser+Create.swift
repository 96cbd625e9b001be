extension SQLStatementParser {
  mutating func create() throws -> SQLStatement {
    _ = accept("or", "replace")
    let isUnique = accept("unique")
    if accept("index") { return .index(try index(isUnique: isUnique)) }
    if accept("virtual", "table") {
      ifNotExists()
      return .skipped(kind: "virtual table", name: try name("a table's name"))
    }
    let isLasting = !(accept("temp") || accept("temporary"))
    _ = accept("unlogged")
    if accept("table") {
      ifNotExists()
      let table = try self.table()
      return isLasting ? .table(table) : .skipped(kind: "temporary table", name: table.name)
    }
    if accept("sequence") { return .ignored }
    if accept("schema") || accept("extension") { return .ignored }
    if accept("materialized", "view") || accept("view") {
      ifNotExists()
      return .skipped(kind: "view", name: try name("a view's name"))
    }
    let kinds = [
      "trigger", "function", "procedure", "type", "domain", "rule", "aggregate", "policy",
      "operator", "cast", "collation", "publication", "event", "constraint", "recursive",
    ]
    for kind in kinds where accept(kind) {
      ifNotExists()
      return .skipped(kind: kind, name: current?.text ?? "")
    }
    throw failure("a CREATE statement that is not understood")
  }

  /// What follows `create table`.
  private mutating func table() throws -> SQLTable {
    let line = self.line
    var table = SQLTable(name: try name("a table's name"), line: line)
    if isNext("as") {
      throw failure("table \"\(table.name)\" is made from a query; dump it as a plain table")
    }
    try expect(symbol: "(")
    repeat {
      if let constraint = try tableConstraint() {
        table.constraints.append(constraint)
      } else {
        try column(into: &table)
      }
      // SQLite takes table constraints without commas between them.
      while let constraint = try tableConstraint() { table.constraints.append(constraint) }
    } while accept(symbol: ",")
    try expect(symbol: ")")
    if isNext("inherits") || isNext("partition") {
      throw failure("table \"\(table.name)\" is a part of another; dump a plain table")
    }
    // WITHOUT ROWID, STRICT, WITH (..), TABLESPACE ..: how another engine stores it.
    return table
  }

  /// A constraint of the whole table; nil when the next words are none.
  mutating func tableConstraint() throws -> SQLConstraint? {
    let line = self.line
    let starts = ["constraint", "primary", "unique", "check", "foreign", "exclude"]
    guard starts.contains(where: { isNext($0) }) else { return nil }
    var name: String?
    if accept("constraint") { name = try self.name("a constraint's name") }
    if accept("primary") {
      try expect("key")
      let columns = try keyColumns()
      try skipConstraintOptions()
      return SQLConstraint(name: name, kind: .primaryKey(columns), line: line)
    }
    if accept("unique") {
      if accept("nulls", "not", "distinct") {
        throw failure("UNIQUE NULLS NOT DISTINCT cannot be kept: nulls are distinct here")
      }
      let columns = try keyColumns()
      try skipConstraintOptions()
      return SQLConstraint(name: name, kind: .unique(columns), line: line)
    }
    if accept("check") {
      let condition = try group()
      try skipConstraintOptions()
      return SQLConstraint(name: name, kind: .check(condition), line: line)
    }
    if accept("foreign") {
      try expect("key")
      let columns = try nameList()
      return SQLConstraint(name: name, kind: .reference(try reference(columns)), line: line)
    }
    throw failure("a constraint that is not understood")
  }

  mutating func skipConstraintOptions() throws {
    if accept("on", "conflict") { advance() }
    // How the index of a key is stored: other columns beside it, and how full its pages are.
    if accept("include") { try skipGroup() }
    if accept("with") { try skipGroup() }
    if accept("using", "index", "tablespace") { advance() }
    if accept("not", "valid") { return }
    _ = try deferral()
  }

  /// `not deferrable`, `deferrable initially deferred`; whether the check waits for the commit.
  mutating func deferral() throws -> Bool {
    var isDeferred = false
    while true {
      if accept("not", "deferrable") || accept("deferrable") || accept("not", "valid") {
        continue
      }
      guard accept("initially") else { return isDeferred }
      isDeferred = accept("deferred")
      if !isDeferred { try expect("immediate") }
    }
  }

  mutating func nameList() throws -> [String] {
    try expect(symbol: "(")
    var names: [String] = []
    repeat { names.append(try name("a column's name")) } while accept(symbol: ",")
    try expect(symbol: ")")
    return names
  }

  /// `(a, b desc, lower(c))`
  mutating func keyColumns() throws -> [SQLKeyColumn] {
    var items = SQLStatementParser(try group())
    var columns: [SQLKeyColumn] = []
    repeat { columns.append(try items.keyColumn()) } while items.accept(symbol: ",")
    try items.expectEnd()
    return columns
  }

  private mutating func keyColumn() throws -> SQLKeyColumn {
    var column = SQLKeyColumn()
    let isName = current.map { $0.kind == .word || $0.kind == .name || $0.kind == .text } ?? false
    let follower = place + 1 < words.count ? words[place + 1] : nil
    let isPlain =
      follower == nil || follower?.isSymbol(",") == true
      || ["collate", "asc", "desc", "nulls"].contains { follower?.is($0) == true }
      || Self.isOperatorClass(follower)
    if isName, isPlain {
      column.name = try name("a column's name")
    } else {
      var depth = 0
      while let word = current, depth > 0 || !word.isSymbol(",") {
        if word.isSymbol("(") { depth += 1 }
        if word.isSymbol(")") { depth -= 1 }
        advance()
      }
      return column
    }
    if accept("collate") { column.collation = try name("a collation") }
    if Self.isOperatorClass(current) { advance() }
    if accept("desc") { column.descending = true } else { _ = accept("asc") }
    if accept("nulls") { advance() }
    return column
  }

  /// Whether a word names operators of PostgreSQL for an index, such as `text_pattern_ops`.
  private static func isOperatorClass(_ word: SQLWord?) -> Bool {
    guard let word, word.kind == .word else { return false }
    return SQLName.fold(word.text).hasSuffix("_ops")
  }

  /// What follows `references`, or a foreign key's columns.
  mutating func reference(_ columns: [String]) throws -> SQLReference {
    try expect("references")
    var reference = SQLReference(columns: columns, table: try name("a table's name"))
    if current?.isSymbol("(") == true { reference.referenced = try nameList() }
    while true {
      if accept("on", "delete") {
        reference.onDelete = try action()
      } else if accept("on", "update") {
        reference.followsUpdates = try action() != .restrict
      } else if accept("match") {
        advance()
      } else {
        break
      }
    }
    reference.deferred = try deferral()
    return reference
  }

  private mutating func action() throws -> DeleteAction {
    if accept("cascade") { return .cascade }
    if accept("restrict") || accept("no", "action") { return .restrict }
    if accept("set", "null") { return .setNull }
    if accept("set", "default") { return .setDefault }
    throw failure("expected CASCADE, RESTRICT, NO ACTION, SET NULL or SET DEFAULT")
  }

  private mutating func index(isUnique: Bool) throws -> SQLIndex {
    let line = self.line
    _ = accept("concurrently")
    ifNotExists()
    let name = try name("an index's name")
    try expect("on")
    _ = accept("only")
    let table = try self.name("a table's name")
    if accept("using") { advance() }
    var index = SQLIndex(
      name: name, table: table, columns: try keyColumns(), isUnique: isUnique, line: line)
    if accept("include") {
      try skipGroup()
    }
    if accept("nulls", "not", "distinct") {
      throw failure("UNIQUE NULLS NOT DISTINCT cannot be kept: nulls are distinct here")
    }
    if accept("with") { try skipGroup() }
    if accept("tablespace") { advance() }
    if accept("where") {
      index.condition = Array(words[place...])
      return index
    }
    try expectEnd()
    return index
  }
}
