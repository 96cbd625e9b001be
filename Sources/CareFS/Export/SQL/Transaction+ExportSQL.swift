extension Transaction {
  /// Writes tables with all that belongs to them as SQL, which `sqlite3`, `psql` and
  /// ``Database/importSQL(from:_:events:)`` load.
  ///
  /// A comment holds the schema, so that CareFS gets back what SQL cannot say. References to
  /// tables that are not written are left out.
  ///
  /// - Parameters:
  ///   - filter: only rows for which this is true; nil is all rows.
  ///   - sink: takes each piece; its bytes are valid during the call.
  /// - Returns: how many rows were written.
  @discardableResult
  public func exportSQL(
    _ tables: [String], where filter: Expression? = nil,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    for name in tables { _ = try table(name) }
    let schema = try exported(Set(tables))
    let out = ByteBuffer(capacity: Self.sqlChunk + 4096)
    func flush() throws {
      try sink(out.bytes)
      out.clear()
    }
    out.append(SQLDumpMark.schema)
    out.append(schema.schemaJSON.compact)
    out.append(
      """

      -- For sqlite3 and psql. SQLite reads what follows the empty comment up to the two dashes,
      -- PostgreSQL, where comments nest, what follows the end of the comment behind them.
      /*/**/PRAGMA foreign_keys=OFF;--*/SET standard_conforming_strings=on;
      BEGIN;

      """)
    for table in schema.tables {
      out.append(SQLTablePrinter(table: table, schema: schema).create())
      try flush()
    }
    var count = 0
    for table in schema.tables {
      count += try exportRows(table.name, filter, out, flush)
      try appendSequence(table, to: out)
      try flush()
    }
    var names = Set(schema.tables.map { SQLName.fold($0.name) })
    for table in schema.tables {
      for unique in table.unique { names.insert(SQLName.fold(table.name(of: unique))) }
    }
    for table in schema.tables {
      out.append(SQLTablePrinter(table: table, schema: schema).indexes(&names))
    }
    for table in schema.tables {
      out.append(SQLTablePrinter(table: table, schema: schema).references())
    }
    out.append("COMMIT;\n")
    try flush()
    return count
  }

  private static var sqlChunk: Int { 1 << 16 }
  /// The most rows of one `insert`.
  private static var rowsOfInsert: Int { 250 }

  /// The schema of the tables to write, without references to others.
  private func exported(_ wanted: Set<String>) throws -> DatabaseSchema {
    DatabaseSchema(
      try plan.schema.tables.filter { wanted.contains($0.name) }.map { table in
        var table = table
        table.foreignKeys.removeAll { !wanted.contains($0.references) }
        try table.refuseCommentMarks()
        return table
      })
  }

  private func exportRows(
    _ name: String, _ filter: Expression?, _ out: ByteBuffer, _ flush: () throws -> Void
  ) throws -> Int {
    let table = try self.table(name)
    let printer = SQLRowPrinter(table.schema)
    let start = "INSERT INTO \(SQLText.name(name)) VALUES\n"
    var count = 0
    var length = 0
    try scan(
      table, where: filter, order: table.schema.primaryKey.map { OrderTerm($0) }, limit: nil
    ) { row in
      let isNew = count % Self.rowsOfInsert == 0 || length >= Self.sqlChunk
      if isNew {
        if count > 0 { out.append(";\n") }
        out.append(start)
        length = 0
      } else {
        out.append(",\n")
      }
      let before = out.count
      try printer.append(row.view, to: out)
      length += out.count - before
      count += 1
      if out.count >= Self.sqlChunk { try flush() }
      return true
    }
    if count > 0 { out.append(";\n") }
    return count
  }

  /// The last automatic key, which may be above every row's.
  private func appendSequence(_ table: TableSchema, to out: ByteBuffer) throws {
    guard let column = table.columns.first(where: \.autoincrement) else { return }
    let counters = try TableCounters.load(plan.table(table.name).entry.id, in: pages)
    // The counter stands at the least number when the last key was given.
    let last = counters.nextKey == .min ? Int64.max : counters.nextKey - 1
    guard last > 0 else { return }
    let name = SQLText.literal(table.name)
    out.append(
      SQLText.either(
        sqlite: "DELETE FROM sqlite_sequence WHERE name=\(name);"
          + "INSERT INTO sqlite_sequence VALUES(\(name),\(last));",
        postgres: last == .max
          ? nil
          : "ALTER TABLE \(SQLText.name(table.name)) ALTER COLUMN \(SQLText.name(column.name)) "
            + "RESTART WITH \(last + 1);"))
  }
}

extension TableSchema {
  /// Refuses names that would end a comment, within which statements for one database stand.
  fileprivate func refuseCommentMarks() throws {
    let names =
      [name] + columns.map(\.name) + unique.compactMap(\.name)
      + foreignKeys.compactMap(\.name) + checks.map(\.name)
    for name in names where !SQLText.fitsDeclaration(name) {
      throw DatabaseError(
        .misuse, "table \"\(self.name)\": the name \"\(name)\" cannot stand in an SQL dump",
        table: self.name)
    }
  }
}
