import CareFS

/// The schema for people: each table with its columns, keys, indexes, references and checks.
enum SchemaText {
  static func render(_ schema: DatabaseSchema) -> String {
    schema.tables.map(render).joined(separator: "\n")
  }

  private static func render(_ table: TableSchema) -> String {
    let grid = table.columns.map { [$0.name, $0.type.name, notes($0, table)] }
    let widths = (0..<2).map { column in
      grid.map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    var lines = [table.name]
    for row in grid {
      let line = "  \(pad(row[0], widths[0]))  \(pad(row[1], widths[1]))  \(row[2])"
      lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }
    lines.append("  primary key (\(table.primaryKey.joined(separator: ", ")))")
    lines += table.unique.map { "  unique (\(list($0.columns)))" }
    lines += table.indexes.map { "  index \(table.name(of: $0)) \(describe($0))" }
    lines += table.foreignKeys.map { "  reference \(describe($0))" }
    lines += table.checks.map { "  check \($0.name): \($0.expression)" }
    return lines.map { $0 + "\n" }.joined()
  }

  static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
  }

  private static func list(_ columns: [IndexColumn]) -> String {
    columns.map(\.text).joined(separator: ", ")
  }

  private static func describe(_ index: IndexSchema) -> String {
    var text = "(\(list(index.columns)))"
    if let path = index.path { text += " at \(path)" }
    if let condition = index.condition { text += " where \(condition)" }
    return text
  }

  private static func describe(_ key: ForeignKeySchema) -> String {
    var text = "(\(key.columns.joined(separator: ", "))) to \(key.references)"
    if let columns = key.referencedColumns { text += " (\(columns.joined(separator: ", ")))" }
    text += ", on delete \(key.onDelete.rawValue)"
    return key.deferred ? text + ", deferred" : text
  }

  private static func notes(_ column: ColumnSchema, _ table: TableSchema) -> String {
    var notes: [String] = []
    if table.primaryKey.contains(column.name) { notes.append("key") }
    if column.autoincrement { notes.append("automatic") }
    if column.nullable { notes.append("null") }
    if let value = column.defaultValue { notes.append("default \(describe(value))") }
    if let automatic = column.automatic { notes.append(automatic.rawValue) }
    if let oneOf = column.oneOf {
      notes.append("one of \(oneOf.map(describe).joined(separator: ", "))")
    }
    if let min = column.min { notes.append("min \(describe(min))") }
    if let max = column.max { notes.append("max \(describe(max))") }
    if let length = column.minLength { notes.append("length at least \(length)") }
    if let length = column.maxLength { notes.append("length at most \(length)") }
    if let pattern = column.pattern { notes.append("like \"\(pattern)\"") }
    if column.collation != .binary { notes.append(column.collation.name) }
    return notes.joined(separator: "; ")
  }

  private static func describe(_ value: DefaultValue) -> String {
    switch value {
    case .constant(let constant): describe(constant)
    case .now: "now"
    case .today: "today"
    case .uuid: "a new uuid"
    }
  }

  private static func describe(_ constant: SchemaConstant) -> String {
    switch constant {
    case .text(let text): "\"\(text)\""
    case .number(let text), .json(let text): text
    case .bool(let value): "\(value)"
    }
  }
}
