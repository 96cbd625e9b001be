extension Database {
  /// Opens a database, or creates it, with the tables of records; see
  /// ``init(path:schema:options:)-(String,DatabaseSchema,_)``.
  public convenience init(
    path: String, schema records: [any Record.Type],
    options: DatabaseOptions = DatabaseOptions()
  ) throws {
    try self.init(path: path, schema: DatabaseSchema(records: records), options: options)
  }

  /// A database in memory with the tables of records.
  public static func inMemory(
    schema records: [any Record.Type], options: DatabaseOptions = DatabaseOptions()
  ) throws -> Database {
    try inMemory(schema: DatabaseSchema(records: records), options: options)
  }
}

extension DatabaseSchema {
  /// The tables of records.
  public init(records: [any Record.Type]) {
    func table<R: Record>(_ type: R.Type) -> TableSchema { R.schema.table }
    self.init(records.map { table($0) })
  }
}
