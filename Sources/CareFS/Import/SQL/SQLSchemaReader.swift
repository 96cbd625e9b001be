/// Reads all that a dump says about its tables, passing over their rows.
struct SQLSchemaReader {
  private var builder = SQLSchemaBuilder()
  private var virtual: [String] = []

  /// Reads a dump to its end.
  ///
  /// - Parameter note: is told what is left out.
  static func read(
    _ source: any ByteSource, progress: () throws -> Void,
    note: (_ line: Int, _ what: String) throws -> Void
  ) throws -> SQLSchema {
    let reader = try SQLDumpReader(source, skipsRows: true)
    var all = SQLSchemaReader()
    while let item = try reader.next() {
      try progress()
      switch item {
      case .skipped(let kind, let name):
        if reader.schemaJSON == nil { try note(reader.line, "\(kind) \"\(name)\" is left out") }
        if kind == "virtual table" { all.virtual.append(name) }
      case .row: try all.row(reader, note)
      case .definition:
        if reader.schemaJSON == nil { try all.definition(reader.statement, reader.line, note) }
      }
    }
    all.builder.schema.isSQLite = reader.isSQLite
    guard let json = reader.schemaJSON else {
      return try all.builder.build { try note($0, $1) }
    }
    var own = SQLSchema()
    own.isOwn = true
    for table in try DatabaseSchema(parsing: json).tables {
      own.add(table, ordinals: Array(table.columns.indices))
    }
    return own
  }

  /// A virtual table stands in a dump as a row of the table of tables.
  private mutating func row(
    _ reader: SQLDumpReader, _ note: (Int, String) throws -> Void
  ) throws {
    guard let insert = reader.insert, !SQLName.isSame(insert.table, "sqlite_sequence"),
      reader.cells.count >= 2, reader.cells[1].kind == .text
    else { return }
    let name = RawBytes.string(reader.bytes(reader.cells[1]))
    virtual.append(name)
    try note(reader.line, "virtual table \"\(name)\" is left out")
  }

  private static let shadows = [
    "data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node", "parent",
    "rowid",
  ]

  /// Whether a table holds what a virtual table needs.
  private func isShadow(_ name: String) -> Bool {
    virtual.contains { table in
      Self.shadows.contains { SQLName.isSame(name, "\(table)_\($0)") }
    }
  }

  private mutating func definition(
    _ statement: SQLStatement, _ line: Int, _ note: (Int, String) throws -> Void
  ) throws {
    switch statement {
    case .table(let table):
      if isShadow(table.name) {
        builder.leaveOut(table.name)
      } else if !SQLName.fold(table.name).hasPrefix("sqlite_") {
        try builder.add(table)
      }
    case .index(let index): builder.indexes.append(index)
    case .constraint(let constraint, let table): try builder.add(constraint, to: table, line)
    case .automatic(let table, let column, let sequence):
      try builder.change(table, column, line) { $0.isAutomatic = true }
      if let sequence { builder.schema.sequences[sequence] = table }
    case .columnDefault(let table, let column, let value):
      try builder.change(table, column, line) { $0.defaultValue = value }
    case .notNull(let table, let column):
      try builder.change(table, column, line) { $0.isNotNull = true }
    case .owned(let sequence, let table, _): builder.schema.sequences[sequence] = table
    case .sequence, .ignored, .skipped: break
    }
  }
}
