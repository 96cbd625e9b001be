/// Rows of a CSV source: the first line names the columns.
final class CSVImportReader: ImportReader {
  private let csv: CSVReader
  private let schema: TableSchema
  /// The column of each field.
  private let ordinals: [Int]
  private let keys: Set<Int>
  private let null: [UInt8]

  var line: Int { csv.problem?.line ?? csv.line }

  init(
    _ source: any ByteSource, _ schema: TableSchema, _ mapping: ImportMapping, null: String?
  ) throws {
    let csv = try CSVReader(source)
    self.csv = csv
    self.schema = schema
    self.null = Array((null ?? "").utf8)
    guard try csv.next() else {
      throw FormatError(line: 1, "the source is empty; its first line must name the columns")
    }
    if let problem = csv.problem { throw FormatError(line: problem.line, problem.reason) }
    ordinals = try Self.header((0..<csv.count).map { csv.text($0) }, schema, mapping)
    keys = Set(schema.primaryKey.compactMap { schema.ordinal(of: $0) })
    csv.expectedFields = ordinals.count
    csv.skipsEmptyLines = ordinals.count != 1
  }

  /// The column that each name of the header means: its mapping, itself, or itself in other case
  /// if only one column is meant.
  private static func header(
    _ names: [String], _ schema: TableSchema, _ mapping: ImportMapping
  ) throws -> [Int] {
    for (ordinal, field) in mapping.fields where !names.contains(field) {
      throw fault("has no field \"\(field)\" for \(schema.name).\(schema.columns[ordinal].name)")
    }
    var ordinals: [Int] = []
    for name in names {
      let ordinal = try ordinal(name, schema, mapping)
      guard !ordinals.contains(ordinal) else {
        throw fault("names \(schema.name).\(schema.columns[ordinal].name) twice")
      }
      ordinals.append(ordinal)
    }
    return ordinals
  }

  private static func ordinal(
    _ name: String, _ schema: TableSchema, _ mapping: ImportMapping
  ) throws -> Int {
    if let mapped = mapping.fields.first(where: { $0.field == name }) { return mapped.ordinal }
    if let exact = schema.ordinal(of: name) { return exact }
    let folded = name.lowercased()
    let alike = schema.columns.indices.filter { schema.columns[$0].name.lowercased() == folded }
    if alike.count == 1 { return alike[0] }
    guard alike.isEmpty else {
      let names = alike.map { schema.columns[$0].name }.joined(separator: ", ")
      throw fault("has \"\(name)\", which may mean \(names) of \(schema.name)")
    }
    throw fault("has \"\(name)\", which is no column of \(schema.name); see carefs schema")
  }

  /// Whatever is wrong with a header is wrong with the source, and ends the load.
  private static func fault(_ what: String) -> FormatError {
    FormatError(line: 1, "the header \(what)")
  }

  func next() throws -> Bool {
    guard try csv.next() else { return false }
    if let problem = csv.problem {
      let column = problem.field.flatMap { $0 < ordinals.count ? ordinals[$0] : nil }
      throw ImportFault(column: column.map { schema.columns[$0].name }, reason: problem.reason)
    }
    return true
  }

  func assign(to row: RowAssembler, keepsKey: Bool) throws {
    for (field, ordinal) in ordinals.enumerated() {
      if keepsKey, keys.contains(ordinal) { continue }
      let text = csv.bytes(field)
      if !csv.isQuoted(field), null.withUnsafeBytes({ RawBytes.equal($0, text) }) {
        // An automatic key that is not given is the next one.
        if !schema.columns[ordinal].autoincrement { try row.setNull(ordinal) }
      } else {
        try FieldText.set(ordinal, csv: text, schema, on: row)
      }
    }
  }
}
