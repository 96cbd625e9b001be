import CareFS

/// What a database should hold, in plain Swift: rows by key, and the rules of keys and references,
/// written as shortly as can be. It shares no code with the engine.
///
/// It is a value. A transaction works on a copy, which replaces the original when it commits; a
/// savepoint is a copy too:
///
/// ```swift
/// var model = ModelDatabase(schema)
/// var next = model
/// try database.write { tx in
///   let key = try tx.insert(into: "visits", ["patient_id": .int(1)])
///   try next.insert(into: "visits", ["id": key[0], "patient_id": .int(1)])
/// }
/// model = next
/// let difference = try model.difference(from: database)
/// ```
///
/// Each statement happens as a whole or throws a ``ModelViolation`` and changes nothing. The model
/// makes no values up: automatic keys, and defaults that are not constants, must be given. It checks
/// lengths, bounds and allowed values of columns, and the checks that are given to it as closures.
public struct ModelDatabase: Sendable {
  /// The answer of a check: a row is refused only when it is false.
  public typealias Check = @Sendable (_ row: [String: Value]) -> Bool?

  /// The schema.
  public let schema: DatabaseSchema
  /// The tables, in the schema's order.
  public internal(set) var tables: [ModelTable]
  let references: [ModelReference]
  private let checks: [String: Check]

  /// An empty database. `checks` stand for the table's checks, by `table.check`.
  public init(_ schema: DatabaseSchema, checks: [String: Check] = [:]) {
    self.schema = schema
    self.checks = checks
    tables = schema.tables.map { ModelTable($0) }
    references = ModelReference.all(in: schema)
  }

  /// The table of a name.
  public func table(_ name: String) throws -> ModelTable { tables[try position(of: name)] }

  /// The row with a primary key.
  public func row(_ table: String, key: [Value]) throws -> [Value]? {
    let table = try self.table(table)
    return table.rows[folded(key, table)]
  }

  /// This database after a change of its schema that adds tables, indexes and columns.
  public func adapted(to schema: DatabaseSchema) throws -> ModelDatabase {
    var next = ModelDatabase(schema, checks: checks)
    for (position, table) in next.tables.enumerated() {
      guard let old = tables.first(where: { $0.schema.name == table.schema.name }) else { continue }
      let added = try table.schema.columns.dropFirst(old.schema.columns.count).map {
        try constantDefault($0)
      }
      for row in old.rows.values { try next.tables[position].put(row + added) }
    }
    return next
  }

  // MARK: Statements

  /// Inserts a row and answers its key.
  @discardableResult
  public mutating func insert(
    into table: String, _ values: [String: Value]
  ) throws -> [Value] {
    try insert(contentsOf: [values], into: table).first ?? []
  }

  /// Inserts rows as one statement and answers their keys.
  @discardableResult
  public mutating func insert(
    contentsOf rows: [[String: Value]], into table: String
  ) throws -> [[Value]] {
    let position = try position(of: table)
    var next = self
    var made: [[Value]] = []
    for values in rows {
      let row = try next.newRow(position, values)
      try next.tables[position].put(row)
      made.append(row)
    }
    for row in made { try next.requireParents(of: row, position) { _ in true } }
    self = next
    return made.map { row in tables[position].keyOrdinals.map { row[$0] } }
  }

  /// Changes columns of the row with a key; false when there is none.
  @discardableResult
  public mutating func update(
    _ table: String, key: [Value], _ changes: [String: Value]
  ) throws -> Bool {
    let position = try position(of: table)
    let key = folded(key, tables[position])
    guard let old = tables[position].rows[key] else { return false }
    var row = old
    for (name, value) in changes { row[try ordinal(name, position)] = value }
    try check(row, position)
    var next = self
    try next.tables[position].put(row, replacing: key)
    try next.requireParents(of: row, position) { $0.contains { row[$0] != old[$0] } }
    try next.refuseOrphans(of: old, position)
    self = next
    return true
  }

  /// Inserts a row, or changes the one that has the same values in `columns` (nil: the primary key);
  /// answers whether it was inserted.
  @discardableResult
  public mutating func upsert(
    into table: String, _ values: [String: Value], on columns: [String]? = nil
  ) throws -> Bool {
    let position = try position(of: table)
    let model = tables[position]
    var probe = [Value](repeating: .null, count: model.schema.columns.count)
    for (name, value) in values { probe[try ordinal(name, position)] = value }
    let known: [Value]?
    if let constraint = columns.flatMap({ model.constraint($0) }) {
      known = model.uniqueValues(constraint, of: probe).flatMap {
        model.key(unique: constraint, $0)
      }
    } else {
      let key = model.key(of: probe)
      known = model.rows[key] == nil ? nil : key
    }
    guard let known else {
      try insert(into: table, values)
      return true
    }
    try update(table, key: known, values)
    return false
  }

  // MARK: Rows

  func position(of name: String) throws -> Int {
    guard let position = tables.firstIndex(where: { $0.schema.name == name }) else {
      throw ModelViolation(.notFound, name)
    }
    return position
  }

  private func ordinal(_ name: String, _ position: Int) throws -> Int {
    guard let ordinal = tables[position].schema.ordinal(of: name) else {
      throw ModelViolation(.notFound, tables[position].schema.name)
    }
    return ordinal
  }

  func folded(_ key: [Value], _ table: ModelTable) -> [Value] {
    guard key.count == table.keyOrdinals.count else { return key }
    var row = [Value](repeating: .null, count: table.schema.columns.count)
    for (place, ordinal) in table.keyOrdinals.enumerated() { row[ordinal] = key[place] }
    return table.key(of: row)
  }

  private func newRow(_ position: Int, _ values: [String: Value]) throws -> [Value] {
    let columns = tables[position].schema.columns
    var row: [Value] = []
    for column in columns { row.append(try values[column.name] ?? constantDefault(column)) }
    for name in values.keys { _ = try ordinal(name, position) }
    try check(row, position)
    return row
  }

  private func check(_ row: [Value], _ position: Int) throws {
    let table = tables[position].schema
    for (column, value) in zip(table.columns, row) {
      if let code = column.refusal(of: value) { throw ModelViolation(code, table.name) }
    }
    var named: [String: Value]?
    for check in table.checks {
      guard let closure = checks["\(table.name).\(check.name)"] else { continue }
      let values =
        named ?? Dictionary(uniqueKeysWithValues: zip(table.columns.map(\.name), row))
      named = values
      if closure(values) == false { throw ModelViolation(.checkViolation, table.name) }
    }
  }

  private func constantDefault(_ column: ColumnSchema) throws -> Value {
    guard case .constant(let constant)? = column.defaultValue else {
      guard column.defaultValue == nil, column.automatic == nil, !column.autoincrement else {
        // Only the engine knows it.
        throw ModelViolation(.misuse, column.name)
      }
      return .null
    }
    guard let value = column.value(of: constant) else {
      throw ModelViolation(.typeMismatch, column.name)
    }
    return value
  }
}
