/// Rows that are JSON objects: each member is a column.
final class ObjectImportReader: ImportReader {
  private let rows: JSONRowReader
  private let schema: TableSchema
  private let paths: [(ordinal: Int, path: JSONPath)]
  private let columns: [String: Int]
  private let keys: Set<Int>
  /// The member at each position of the last object, and its column; nil for a mapped one. The
  /// next object mostly has the same.
  private var usual: [(name: [UInt8], ordinal: Int?)] = []

  var line: Int { rows.problem?.line ?? rows.line }

  init(_ rows: JSONRowReader, _ schema: TableSchema, _ mapping: ImportMapping) throws {
    self.rows = rows
    self.schema = schema
    paths = try mapping.paths(schema)
    var columns: [String: Int] = [:]
    for (ordinal, column) in schema.columns.enumerated() { columns[column.name] = ordinal }
    self.columns = columns
    keys = Set(schema.primaryKey.compactMap { schema.ordinal(of: $0) })
  }

  func next() throws -> Bool {
    guard try rows.next() else { return false }
    if let problem = rows.problem { throw ImportFault(column: nil, reason: problem.reason) }
    guard rows.kind == .object else {
      throw ImportFault(column: nil, reason: "a row must be a JSON object")
    }
    return true
  }

  func assign(to row: RowAssembler, keepsKey: Bool) throws {
    for (position, field) in rows.fields.enumerated() {
      guard let ordinal = try rows.withName(of: field, { try ordinal($0, at: position) }) else {
        continue
      }
      if keepsKey, keys.contains(ordinal) { continue }
      try FieldText.set(ordinal, json: rows.bytes(field), field.kind, schema, on: row)
    }
    for (ordinal, path) in paths where !(keepsKey && keys.contains(ordinal)) {
      try FieldText.set(ordinal, path: path, of: rows.value, schema, on: row)
    }
  }

  /// The column that a member is for; nil for one that is read through the mapping.
  private func ordinal(_ name: UnsafeRawBufferPointer, at position: Int) throws -> Int? {
    if position < usual.count,
      usual[position].name.withUnsafeBytes({ RawBytes.equal($0, name) })
    {
      return usual[position].ordinal
    }
    let text = RawBytes.string(name)
    let isMapped = paths.contains { $0.path.begins(with: text) }
    let ordinal = isMapped ? nil : columns[text]
    guard isMapped || ordinal != nil else {
      throw DatabaseError(
        .notFound, "\(schema.name).\(text): there is no such column", table: schema.name,
        columns: [text])
    }
    let entry = (name: Array(name), ordinal: ordinal)
    if position < usual.count {
      usual[position] = entry
    } else if position == usual.count {
      usual.append(entry)
    }
    return ordinal
  }
}

/// Rows that are whole documents for one column; others are filled from paths into them.
final class DocumentImportReader: ImportReader {
  private let rows: JSONRowReader
  private let schema: TableSchema
  private let document: Int
  private let paths: [(ordinal: Int, path: JSONPath)]
  private let keys: Set<Int>

  var line: Int { rows.problem?.line ?? rows.line }

  init(
    _ rows: JSONRowReader, _ schema: TableSchema, _ mapping: ImportMapping, document: Int
  ) throws {
    self.rows = rows
    self.schema = schema
    self.document = document
    paths = try mapping.paths(schema)
    keys = Set(schema.primaryKey.compactMap { schema.ordinal(of: $0) })
  }

  func next() throws -> Bool {
    guard try rows.next() else { return false }
    if let problem = rows.problem { throw ImportFault(column: nil, reason: problem.reason) }
    return true
  }

  func assign(to row: RowAssembler, keepsKey: Bool) throws {
    try FieldText.set(document, json: rows.value, rows.kind, schema, on: row)
    for (ordinal, path) in paths where !(keepsKey && keys.contains(ordinal)) {
      try FieldText.set(ordinal, path: path, of: rows.value, schema, on: row)
    }
  }
}

extension JSONPath {
  /// Whether the path goes through a member of the whole document.
  func begins(with name: String) -> Bool {
    if case .member(let first)? = segments.first { first == name } else { false }
  }
}
