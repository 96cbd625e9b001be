/// The rows of a dump, each with the table that it is for.
final class SQLRows {
  /// Where the rows of one `insert` go.
  final class Target {
    let plan: TablePlan
    let field: SQLField
    let ordinals: [Int]
    let keys: Set<Int>

    init(_ plan: TablePlan, _ field: SQLField, ordinals: [Int]) {
      self.plan = plan
      self.field = field
      self.ordinals = ordinals
      keys = Set(plan.layout.keyOrdinals)
    }
  }

  private let reader: SQLDumpReader
  private let schema: SQLSchema
  private let plan: SchemaPlan
  private var inserts = 0
  private var known: Target?
  /// The last number that each sequence gave, by the name of its table.
  private(set) var sequences: [(table: String, last: Int64)] = []
  /// Where the current row goes; nil at the end.
  private(set) var target: Target?

  var line: Int { reader.line }

  init(_ source: any ByteSource, _ schema: SQLSchema, _ plan: SchemaPlan) throws {
    reader = try SQLDumpReader(source)
    self.schema = schema
    self.plan = plan
  }

  /// Moves to the next row.
  func advance() throws {
    while let item = try reader.next() {
      switch item {
      case .row(let table):
        if try isSequence(table) { continue }
        if reader.inserts != inserts || known == nil {
          inserts = reader.inserts
          known = try makeTarget(table)
        }
        guard let known else { continue }
        target = known
        return
      case .definition:
        if case .sequence(let name, let last) = reader.statement,
          let table = schema.sequences[name]
        {
          sequences.append((table, last))
        }
      case .skipped: continue
      }
    }
    target = nil
  }

  /// Gives the current row's values to a row in the making.
  @inline(__always)
  func assign(_ target: Target, to row: RowAssembler, keepsKey: Bool) throws {
    let count = reader.cells.count
    guard count == target.ordinals.count else {
      throw ImportFault(
        column: nil, reason: "\(count) values for \(target.ordinals.count) columns")
    }
    for (place, ordinal) in target.ordinals.enumerated() {
      if keepsKey, target.keys.contains(ordinal) { continue }
      let cell = reader.cells[place]
      try target.field.set(ordinal, cell, reader.bytes(cell), on: row)
    }
  }

  /// Reads a row of SQLite's tables about tables, which are no tables of the dump.
  private func isSequence(_ table: String) throws -> Bool {
    guard SQLName.fold(table).hasPrefix("sqlite_") else { return false }
    if SQLName.isSame(table, "sqlite_sequence"), reader.cells.count == 2,
      let last = NumberScan.plainInt(reader.bytes(reader.cells[1])), reader.cells[0].kind == .text
    {
      sequences.append((RawBytes.string(reader.bytes(reader.cells[0])), last))
    }
    return true
  }

  /// Where the rows of the current `insert` go; nil when they are not wanted.
  private func makeTarget(_ table: String) throws -> Target? {
    guard let found = schema.target(table) else {
      if schema.isLeftOut(table) { return nil }
      throw FormatError(line: reader.line, "there is no table \"\(table)\" in the dump")
    }
    var ordinals = found.ordinals
    if let columns = reader.insert?.columns {
      ordinals = try columns.map { name in
        let spelled = try SQLSchemaBuilder.name(name, found.schema, reader.line)
        return found.schema.ordinal(of: spelled) ?? 0
      }
      guard Set(ordinals).count == ordinals.count else {
        throw FormatError(line: reader.line, "an INSERT names a column twice")
      }
    }
    let field = SQLField(found.schema, isSQLite: schema.isSQLite, isOwn: schema.isOwn)
    return Target(try plan.table(found.schema.name), field, ordinals: ordinals)
  }
}
