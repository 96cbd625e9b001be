/// Makes the reader of a source.
enum ImportSource {
  static func reader(
    _ source: any ByteSource, _ schema: TableSchema, _ options: ImportOptions
  ) throws -> any ImportReader {
    let mapping = try ImportMapping(schema, options)
    if options.format == .csv {
      guard options.jsonColumn == nil else {
        throw DatabaseError(
          .misuse, "a CSV source has no documents; leave the json column out", table: schema.name)
      }
      return try CSVImportReader(source, schema, mapping, null: options.null)
    }
    let layout: JSONRowReader.Layout = options.format == .ndjson ? .lines : .document
    let rows = try JSONRowReader(source, layout: layout)
    if let document = mapping.document {
      return try DocumentImportReader(rows, schema, mapping, document: document)
    }
    return try ObjectImportReader(rows, schema, mapping)
  }
}

/// Which fields of a source go into which columns, where the names differ.
struct ImportMapping {
  /// The column that takes whole documents.
  var document: Int?
  /// Columns and the fields that they are read from.
  var fields: [(ordinal: Int, field: String)] = []

  init(_ schema: TableSchema, _ options: ImportOptions) throws {
    if let name = options.jsonColumn {
      let ordinal = try Self.ordinal(name, schema)
      guard schema.columns[ordinal].type == .json || schema.columns[ordinal].type == .any else {
        throw ImportFault.unreadable(
          schema, ordinal, "the column is \(schema.columns[ordinal].type.name), not json")
      }
      document = ordinal
    }
    for (column, field) in options.mapping {
      let ordinal = try Self.ordinal(column, schema)
      guard ordinal != document, !fields.contains(where: { $0.ordinal == ordinal }) else {
        throw DatabaseError(
          .misuse, "\(schema.name).\(column) is mapped twice", table: schema.name,
          columns: [column])
      }
      fields.append((ordinal, field))
    }
  }

  static func ordinal(_ name: String, _ schema: TableSchema) throws -> Int {
    guard let ordinal = schema.ordinal(of: name) else {
      throw DatabaseError(
        .notFound, "\(schema.name).\(name): there is no such column; see carefs schema",
        table: schema.name, columns: [name])
    }
    return ordinal
  }

  /// The mapped columns with their paths.
  func paths(_ schema: TableSchema) throws -> [(ordinal: Int, path: JSONPath)] {
    try fields.map { ordinal, field in
      guard let path = JSONPath(field), !path.isMultiple else {
        throw DatabaseError(
          .misuse, "\"\(field)\" is not a path to one value", table: schema.name,
          columns: [schema.columns[ordinal].name])
      }
      return (ordinal, path)
    }
  }
}
