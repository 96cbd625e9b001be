import CareFS
import CareModel
import Testing

/// A database of one model in memory, in which each trial is rolled back.
struct Bench {
  let db: Database
  let schema: DatabaseSchema
  let factory: RowFactory

  private struct Undo: Error {}

  init(_ name: String) throws {
    // The constraints hold as they are read from JSON, which is what files and users have.
    schema = try DatabaseSchema(parsing: try need(CareModel.schema(named: name)).json)
    db = try Database.inMemory(schema: schema)
    factory = RowFactory(schema: schema)
  }

  /// Runs a transaction and takes it back.
  func trial(_ body: (Trial) throws -> Void) throws {
    do {
      try db.write { tx in
        try body(Trial(bench: self, tx: tx))
        throw Undo()
      }
    } catch is Undo {}
  }

  /// The error with which a faulty row is refused; nil when it is accepted.
  func error(_ breakage: Breakage, _ table: TableSchema) throws -> DatabaseError? {
    if case .check(let name) = breakage.kind {
      let check = try need(table.checks.first { $0.name == name })
      return try error(of: check, table)
    }
    var refused: DatabaseError?
    try trial { trial in
      var fields = try trial.fields(table, seed: 1)
      switch breakage.kind {
      case .value(let column, let value): fields[column] = value
      case .orphan(let columns):
        for name in columns {
          let column = try need(table.column(name))
          fields[name] = try factory.value(column, ordinal: 0, seed: 999_999)
        }
      case .duplicate(let columns):
        // Two rows that differ in everything but these columns.
        for name in columns {
          let column = try need(table.column(name))
          guard !table.foreignKeys.contains(where: { $0.columns.contains(name) }) else { continue }
          fields[name] = try factory.value(column, ordinal: 0, seed: 1)
        }
        let first = try trial.insert(table, fields)
        fields = try trial.fields(table, seed: 2)
        for name in columns { fields[name] = first[name] }
      case .check: break
      }
      refused = try trial.refusal(of: fields, table)
    }
    return refused
  }

  /// Tries values of the columns that a check names until it alone refuses the row.
  private func error(of check: CheckSchema, _ table: TableSchema) throws -> DatabaseError? {
    let words = Set(
      check.expression.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    let columns = table.columns.filter { words.contains($0.name) }
    var trials: [RowFactory.Fields] = [[:]]
    for column in columns {
      let values = try factory.candidates(column)
      trials = trials.flatMap { fields in values.map { fields.merging([column.name: $0]) { $1 } } }
    }
    var refused: DatabaseError?
    try trial { trial in
      let valid = try trial.fields(table, seed: 1)
      for fields in trials where refused == nil {
        let error = try trial.refusal(of: valid.merging(fields) { $1 }, table)
        if error?.code == .checkViolation, error?.message.contains(check.name) == true {
          refused = error
        }
      }
    }
    return refused
  }
}

/// One transaction of a bench, with the rows made in it.
final class Trial {
  let bench: Bench
  let tx: WriteTransaction
  private var made: [String: RowFactory.Fields] = [:]

  private struct Undo: Error {}

  init(bench: Bench, tx: WriteTransaction) {
    self.bench = bench
    self.tx = tx
  }

  /// A valid row whose required references exist.
  func fields(_ table: TableSchema, seed: Int) throws -> RowFactory.Fields {
    var fields = try bench.factory.row(table, seed: seed)
    for key in table.foreignKeys where isRequired(key, table) {
      let parent = try need(bench.schema.table(key.references))
      let row = try self.row(parent, seed: seed)
      for (column, target) in zip(key.columns, key.referencedColumns ?? parent.primaryKey) {
        fields[column] = row[target]
      }
    }
    return fields
  }

  private func isRequired(_ key: ForeignKeySchema, _ table: TableSchema) -> Bool {
    key.columns.allSatisfy { table.column($0)?.nullable == false }
  }

  /// The valid row of a seed, made at its first use.
  func row(_ table: TableSchema, seed: Int) throws -> RowFactory.Fields {
    let name = "\(table.name) \(seed)"
    if let row = made[name] { return row }
    let row = try insert(table, try fields(table, seed: seed))
    made[name] = row
    return row
  }

  /// Inserts a row and reads it back with everything that the engine filled in.
  func insert(_ table: TableSchema, _ fields: RowFactory.Fields) throws -> RowFactory.Fields {
    let key = try tx.insert(into: table.name, fields)
    let row = try need(try tx.get(table.name, key: key))
    return Dictionary(uniqueKeysWithValues: zip(row.columns, row.values))
  }

  /// The error with which a row is refused; nil when it would be accepted. Nothing is kept.
  func refusal(of fields: RowFactory.Fields, _ table: TableSchema) throws -> DatabaseError? {
    do {
      try tx.savepoint {
        _ = try tx.insert(into: table.name, fields)
        throw Undo()
      }
    } catch is Undo {
      return nil
    } catch let error as DatabaseError {
      return error
    }
    return nil
  }
}
