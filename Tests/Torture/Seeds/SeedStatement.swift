import CareFS
import CareFSTestSupport

/// Statements that engine and model do side by side.
enum SeedStatement {
  /// Does one statement in both and compares the outcomes: done or refused, and how much.
  static func run(
    _ operation: SeedOperation, _ tx: WriteTransaction, _ next: inout ModelDatabase
  ) throws {
    var values = SeedValues(operation.seed)
    let tables = next.schema.tables.filter { $0.name != "marks" }
    let table = tables[values.below(tables.count)]
    switch operation.kind {
    case .insert:
      try insert(values.row(table), table, tx, &next)
    case .batch:
      let count = 1 + values.below(values.below(6) == 0 ? 60 : 8)
      try insertBatch((0..<count).map { _ in values.row(table) }, table, tx, &next)
    case .clash:
      try clash(table, &values, tx, &next)
    case .update:
      let key = values.key(table.name)
      let changes = values.changes(table)
      try both(
        { try tx.update(table.name, key: key, changes) ? 1 : 0 },
        { try next.update(table.name, key: key, changes) ? 1 : 0 })
    case .upsert:
      try upsert(table, &values, tx, &next)
    case .delete:
      let key = values.key(table.name)
      let before = try next.row(table.name, key: key)
      if values.below(5) == 0 {
        var copy = next
        try both(
          { try tx.delete(from: table.name, key: key, dryRun: true).total },
          { try copy.delete(from: table.name, key: key).values.reduce(0, +) })
      }
      try both(
        { try tx.delete(from: table.name, key: key).total },
        { try next.delete(from: table.name, key: key).values.reduce(0, +) })
      if before == nil, try tx.get(table.name, key: key) != nil {
        throw SeedFailure("a deletion made a row of \(table.name)")
      }
    case .deleteMany:
      try deleteMany(table, &values, tx, &next)
    default: break
    }
  }

  /// Compares two outcomes. What is no refusal is trouble.
  static func both(_ engine: () throws -> Int, _ model: () throws -> Int) throws {
    let found = try refusal(engine)
    let expected: Result<Int, any Error> = Result { try model() }
    switch (found, expected) {
    case (.success(let a), .success(let b)):
      guard a == b else { throw SeedFailure("the engine says \(a), the model \(b)") }
    case (.failure, .failure(let b)):
      // Which of several broken rules is told first is not laid down.
      guard b is ModelViolation else { throw b }
    case (.success(let a), .failure(let b)):
      throw SeedFailure("the engine says \(a), the model refuses: \(b)")
    case (.failure(let a), .success(let b)):
      throw SeedFailure("the engine refuses (\(a.code), \(a)), the model says \(b)")
    }
  }

  private static let refusals: [DatabaseError.Code] = [
    .uniqueViolation, .foreignKeyViolation, .notNullViolation, .checkViolation,
  ]

  private static func refusal(
    _ body: () throws -> Int
  ) throws -> Result<Int, DatabaseError> {
    do { return .success(try body()) } catch let error as DatabaseError {
      guard refusals.contains(error.code) else { throw error }
      return .failure(error)
    }
  }

  /// The automatic key of a table, if it has one that the row leaves to the engine.
  private static func missingKey(_ table: TableSchema, _ row: [String: Value]) -> String? {
    table.columns.first { $0.autoincrement && row[$0.name] == nil }?.name
  }

  private static func insert(
    _ row: [String: Value], _ table: TableSchema, _ tx: WriteTransaction,
    _ next: inout ModelDatabase
  ) throws {
    guard let key = missingKey(table, row) else {
      return try both(
        {
          try tx.insert(into: table.name, row)
          return 1
        },
        {
          try next.insert(into: table.name, row)
          return 1
        })
    }
    let last = try next.table(table.name).lastAutomatic
    var numbered = row
    numbered[key] = .int(last + 1)
    try both(
      {
        let made = try tx.insert(into: table.name, row)
        guard case .int(let number)? = made.first, number > last else {
          throw SeedFailure("the key of a new row of \(table.name) is \(made) after \(last)")
        }
        numbered[key] = .int(number)
        return 1
      },
      {
        try next.insert(into: table.name, numbered)
        return 1
      })
  }

  private static func insertBatch(
    _ rows: [[String: Value]], _ table: TableSchema, _ tx: WriteTransaction,
    _ next: inout ModelDatabase
  ) throws {
    // A batch does not tell the keys that it gives.
    var last = try next.table(table.name).lastAutomatic
    let rows = rows.map { row in
      guard let key = missingKey(table, row) else { return row }
      last += 1
      return row.merging([key: .int(last)]) { given, _ in given }
    }
    try both(
      { try tx.insert(contentsOf: rows, into: table.name) },
      { try next.insert(contentsOf: rows, into: table.name).count })
  }

  /// A row that clashes with one that is there, by its primary key or a unique one.
  private static func clash(
    _ table: TableSchema, _ values: inout SeedValues, _ tx: WriteTransaction,
    _ next: inout ModelDatabase
  ) throws {
    var row = values.row(table)
    for _ in 0..<4 {
      guard let known = try next.row(table.name, key: values.key(table.name)) else { continue }
      let isPrimary = values.below(2) == 0 || table.unique.isEmpty
      for (column, value) in zip(table.columns, known) {
        let isKey = table.primaryKey.contains(column.name)
        let isUnique = table.unique.contains { $0.columns.contains { $0.name == column.name } }
        if isPrimary ? isKey : isUnique { row[column.name] = value }
      }
      break
    }
    try insert(row, table, tx, &next)
  }

  private static func upsert(
    _ table: TableSchema, _ values: inout SeedValues, _ tx: WriteTransaction,
    _ next: inout ModelDatabase
  ) throws {
    var row = values.row(table)
    for column in table.primaryKey where row[column] == nil { row[column] = .int(7) }
    let unique = table.unique.first.map { $0.columns.map(\.name) }
    let isUnique = unique.map { names in names.allSatisfy { !(row[$0] ?? .null).isNull } } ?? false
    let target = isUnique && values.below(2) == 0 ? unique : nil
    if target != nil, values.below(2) == 0, table.name == "people" {
      row["id"] = nil
      row["boss"] = nil
    }
    let given = row
    try both(
      { try tx.upsert(into: table.name, given, on: target) ? 1 : 0 },
      {
        if let key = missingKey(table, given), let target {
          // A new row has the key that the engine gave it; one that was there keeps its own.
          let unique = given.filter { target.contains($0.key) }
          let found = try tx.get(table.name, unique: unique)?[key]
          let fresh = try next.table(table.name).lastAutomatic + 1
          row[key] = found ?? .int(fresh)
        }
        return try next.upsert(into: table.name, row, on: target) ? 1 : 0
      })
  }

  private static func deleteMany(
    _ table: TableSchema, _ values: inout SeedValues, _ tx: WriteTransaction,
    _ next: inout ModelDatabase
  ) throws {
    let bound = Int64(values.below(12))
    let column = table.primaryKey[0]
    guard let ordinal = table.ordinal(of: column), table.name != "tags" || bound > 3 else { return }
    let filter = try Expression.parse("\(column) >= \(bound) and \(column) < \(bound + 4)")
    let keys = try next.table(table.name).rows.compactMap { key, row -> [Value]? in
      guard case .int(let number) = row[ordinal] else { return nil }
      return number >= bound && number < bound + 4 ? key : nil
    }
    try both(
      { try tx.delete(from: table.name, where: filter).total },
      { try next.delete(from: table.name, keys: keys).values.reduce(0, +) })
  }
}
