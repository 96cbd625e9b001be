/// Puts the values that texts stand for into rows.
enum FieldText {
  /// Sets a column to what a CSV field stands for.
  static func set(
    _ ordinal: Int, csv text: UnsafeRawBufferPointer, _ schema: TableSchema, on row: RowAssembler
  ) throws {
    let type = schema.columns[ordinal].type
    if type == .int, let value = NumberScan.plainInt(text) {
      return try row.setInt(ordinal, value)
    }
    do {
      try row.set(ordinal, try ValueText.parse(text, as: type))
    } catch let error as ValueTextError {
      throw ImportFault.unreadable(schema, ordinal, error.description)
    }
  }

  /// Sets a column to what a JSON value stands for. A null leaves an automatic key to the engine.
  static func set(
    _ ordinal: Int, json text: UnsafeRawBufferPointer, _ kind: JSONKind, _ schema: TableSchema,
    on row: RowAssembler
  ) throws {
    let column = schema.columns[ordinal]
    if kind == .null, column.autoincrement { return }
    if kind == .number, column.type == .int, let value = NumberScan.plainInt(text) {
      return try row.setInt(ordinal, value)
    }
    if column.type == .json, kind != .null { return try row.setJSON(ordinal, text) }
    do {
      let value = try ValueText.parse(
        json: text, kind: kind, as: column.type, nullable: column.nullable)
      try row.set(ordinal, value)
    } catch let error as ValueTextError {
      throw ImportFault.unreadable(schema, ordinal, error.description)
    }
  }

  /// Sets a column to what stands at a path of a document; a path that leads nowhere sets nothing.
  static func set(
    _ ordinal: Int, path: JSONPath, of document: UnsafeRawBufferPointer, _ schema: TableSchema,
    on row: RowAssembler
  ) throws {
    guard let found = try path.find(in: document) else { return }
    let text = UnsafeRawBufferPointer(rebasing: document[found.range])
    try set(ordinal, json: text, found.kind, schema, on: row)
  }
}
