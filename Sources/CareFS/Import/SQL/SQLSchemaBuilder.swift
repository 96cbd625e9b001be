/// Makes tables of the engine out of what a dump declares.
struct SQLSchemaBuilder {
  var schema = SQLSchema()
  var indexes: [SQLIndex] = []
  private(set) var tables: [SQLTable] = []
  private var places: [String: Int] = [:]
  private var leftOut: Set<String> = []

  mutating func add(_ table: SQLTable) throws {
    let name = SQLName.fold(table.name)
    guard places[name] == nil else {
      throw FormatError(line: table.line, "table \"\(table.name)\" is created twice")
    }
    places[name] = tables.count
    tables.append(table)
  }

  /// Notes a table whose rows and indexes are not wanted.
  mutating func leaveOut(_ table: String) { leftOut.insert(SQLName.fold(table)) }

  private func place(_ table: String, _ line: Int) throws -> Int {
    guard let place = places[SQLName.fold(table)] else {
      throw FormatError(line: line, "there is no table \"\(table)\" before this statement")
    }
    return place
  }

  mutating func add(_ constraint: SQLConstraint, to table: String, _ line: Int) throws {
    tables[try place(table, line)].constraints.append(constraint)
  }

  mutating func change(
    _ table: String, _ column: String, _ line: Int, _ body: (inout SQLColumn) -> Void
  ) throws {
    let table = try place(table, line)
    guard
      let place = tables[table].columns.firstIndex(where: { SQLName.isSame($0.name, column) })
    else { throw FormatError(line: line, "there is no column \"\(column)\"") }
    body(&tables[table].columns[place])
  }

  /// The tables with all that was said about them.
  ///
  /// - Parameter note: is told what is not kept.
  func build(_ note: (_ line: Int, _ what: String) throws -> Void) throws -> SQLSchema {
    var schema = schema
    var made: [TableSchema] = []
    for table in tables { made.append(try columns(of: table, schema.isSQLite, note)) }
    for (place, table) in tables.enumerated() {
      try addConstraints(of: table, to: &made[place], made, schema.isSQLite, note)
    }
    for index in indexes {
      guard let place = places[SQLName.fold(index.table)] else {
        if leftOut.contains(SQLName.fold(index.table)) { continue }
        throw FormatError(
          line: index.line,
          "index \"\(index.name)\" is on table \"\(index.table)\", which is "
            + "not in the dump")
      }
      try add(index, to: &made[place], schema.isSQLite, note)
    }
    schema.leftOut = leftOut
    for (place, table) in tables.enumerated() {
      let added = made[place].columns.count - table.columns.count
      schema.add(made[place], ordinals: Array(added..<made[place].columns.count))
    }
    return schema
  }

  // MARK: Columns

  private func columns(
    of table: SQLTable, _ isSQLite: Bool, _ note: (Int, String) throws -> Void
  ) throws -> TableSchema {
    var made = TableSchema(table.name, columns: [], primaryKey: [])
    for column in table.columns { made.columns.append(try self.column(column, table, note)) }
    let keys = table.constraints.compactMap { constraint -> ([SQLKeyColumn], Int)? in
      if case .primaryKey(let columns) = constraint.kind { return (columns, constraint.line) }
      return nil
    }
    guard let (key, line) = keys.first else {
      try addRowID(to: &made, table, note)
      return made
    }
    guard keys.count == 1 else {
      throw FormatError(line: line, "table \"\(table.name)\" has two primary keys")
    }
    made.primaryKey = try names(key, made, "the primary key", line)
    for name in made.primaryKey {
      guard let place = made.ordinal(of: name) else { continue }
      made.columns[place].nullable = false
      // The one integer key of a table of SQLite numbers its rows.
      let declared = table.columns[place]
      let numbers = declared.isAutomatic || (isSQLite && declared.type == "INTEGER")
      if made.primaryKey.count == 1, made.columns[place].type == .int, numbers,
        !key[0].descending || declared.isAutomatic
      {
        made.columns[place].autoincrement = true
        made.columns[place].defaultValue = nil
      }
    }
    return made
  }

  private func addRowID(
    to made: inout TableSchema, _ table: SQLTable, _ note: (Int, String) throws -> Void
  ) throws {
    let free = ["rowid", "row_id", "_rowid_"].first { name in
      !table.columns.contains { SQLName.isSame($0.name, name) }
    }
    guard let free else {
      throw FormatError(line: table.line, "table \"\(table.name)\" has no primary key")
    }
    made.columns.insert(ColumnSchema(free, .int, autoincrement: true), at: 0)
    made.primaryKey = [free]
    try note(
      table.line, "table \"\(table.name)\" has no primary key: column \"\(free)\" numbers its rows")
  }

  private func column(
    _ column: SQLColumn, _ table: SQLTable, _ note: (Int, String) throws -> Void
  ) throws -> ColumnSchema {
    var type = ColumnType.any
    if let known = SQLTypeMap.type(of: column.type) {
      type = known
    } else {
      try note(
        column.line,
        "the type \(column.type) of \"\(table.name).\(column.name)\" is not known: "
          + "the column takes any value")
    }
    var made = ColumnSchema(column.name, type, null: !column.isNotNull)
    if let collation = column.collation.map(SQLName.fold) {
      if collation == "nocase" {
        if type == .text { made.collation = .nocase }
      } else if collation == "rtrim" {
        throw FormatError(
          line: column.line, "collation RTRIM of column \"\(column.name)\" cannot be kept")
      }
    }
    if let value = column.defaultValue {
      (made.defaultValue, made.autoincrement) = try SQLDefaultMap.value(
        value, of: column, type, in: table.name, note)
    }
    return made
  }

  /// The columns of a key or index as the table spells them.
  func names(
    _ columns: [SQLKeyColumn], _ table: TableSchema, _ what: String, _ line: Int
  ) throws -> [String] {
    try columns.map { column in
      guard let name = column.name else {
        throw FormatError(
          line: line,
          "\(what) of table \"\(table.name)\" is on an expression; it can be on "
            + "columns only")
      }
      return try Self.name(name, table, line)
    }
  }

  static func name(_ name: String, _ table: TableSchema, _ line: Int) throws -> String {
    if table.column(name) != nil { return name }
    guard let column = table.columns.first(where: { SQLName.isSame($0.name, name) }) else {
      throw FormatError(line: line, "table \"\(table.name)\" has no column \"\(name)\"")
    }
    return column.name
  }
}
