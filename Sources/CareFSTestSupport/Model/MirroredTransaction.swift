import CareFS

/// A database and its model did not agree on the outcome of a statement.
public struct MirrorDisagreement: Error, CustomStringConvertible {
  /// What each of them said.
  public let description: String

  /// A disagreement.
  public init(description: String) { self.description = description }
}

/// A write transaction that does each statement in the model too and compares the outcomes.
///
/// A statement that both refuse throws the engine's error and may be survived with ``isRefused(_:)``;
/// other errors of the engine pass; any disagreement throws ``MirrorDisagreement``.
public final class MirroredTransaction {
  /// The engine's transaction.
  public let transaction: WriteTransaction
  /// What the transaction should see and leave.
  public private(set) var model: ModelDatabase

  /// A transaction beside a model of what it begins with.
  public init(_ transaction: WriteTransaction, _ model: ModelDatabase) {
    self.transaction = transaction
    self.model = model
  }

  /// Inserts a row; answers its key. The model takes an automatic key from the engine, which must
  /// never give one twice.
  @discardableResult
  public func insert(into table: String, _ values: [String: Value]) throws -> [Value] {
    let schema = try model.table(table)
    guard let automatic = schema.automatic, case let name = schema.schema.columns[automatic].name,
      values[name] == nil
    else {
      return try both("insert") {
        try transaction.insert(into: table, values)
      } and: {
        try $0.insert(into: table, values)
      }
    }
    var given: [Value] = []
    let last = schema.lastAutomatic
    return try both("insert") {
      given = try transaction.insert(into: table, values)
      guard case .int(let number)? = given.first, number > last else {
        throw MirrorDisagreement(description: "\(table): an automatic key was given twice")
      }
      return given
    } and: { model in
      var values = values
      values[name] = given.first ?? .int(.max)
      return try model.insert(into: table, values)
    }
  }

  /// Inserts rows as one statement.
  @discardableResult
  public func insert(
    contentsOf rows: [[String: Value]], into table: String
  ) throws -> Int {
    try both("batch") {
      try transaction.insert(contentsOf: rows, into: table)
    } and: {
      try $0.insert(contentsOf: rows, into: table).count
    }
  }

  /// Changes columns of a row; false when there is none.
  @discardableResult
  public func update(
    _ table: String, key: [Value], _ changes: [String: Value]
  ) throws -> Bool {
    try both("update") {
      try transaction.update(table, key: key, changes)
    } and: {
      try $0.update(table, key: key, changes)
    }
  }

  /// Inserts or changes a row; answers whether it was inserted.
  @discardableResult
  public func upsert(
    into table: String, _ values: [String: Value], on columns: [String]? = nil
  ) throws -> Bool {
    let schema = try model.table(table)
    var given = values
    return try both("upsert") {
      let isNew = try transaction.upsert(into: table, values, on: columns)
      if isNew, let columns, let automatic = schema.automatic {
        // A key that the engine gave is found by the unique values.
        let name = schema.schema.columns[automatic].name
        let unique = values.filter { columns.contains($0.key) }
        let found = try transaction.get(table, unique: unique)?[name]
        given[name] = values[name] ?? found
      }
      return isNew
    } and: {
      try $0.upsert(into: table, given, on: columns)
    }
  }

  /// Deletes a row with all that hangs on it; answers how many rows went, per table.
  @discardableResult
  public func delete(from table: String, key: [Value]) throws -> [String: Int] {
    try both("delete") {
      let counts = try transaction.delete(from: table, key: key)
      return Dictionary(
        uniqueKeysWithValues: counts.entries.compactMap {
          $0.deleted > 0 ? ($0.table, $0.deleted) : nil
        })
    } and: {
      try $0.delete(from: table, key: key)
    }
  }

  /// Runs a part that is kept or undone as a whole, in both.
  public func savepoint(_ body: () throws -> Void) throws {
    let before = model
    do { try transaction.savepoint(body) } catch {
      model = before
      throw error
    }
  }

  /// Whether both refuse what `body` does. Errors that are no refusals are thrown on.
  @discardableResult
  public func isRefused(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return false
    } catch let error as DatabaseError where Self.refusals.contains(error.code) {
      return true
    }
  }

  /// The codes of errors after which a transaction goes on.
  public static let refusals: Set<DatabaseError.Code> = [
    .uniqueViolation, .foreignKeyViolation, .notNullViolation, .checkViolation, .typeMismatch,
  ]

  private func both<R: Equatable>(
    _ name: String, _ engine: () throws -> R, and reference: (inout ModelDatabase) throws -> R
  ) throws -> R {
    let found: Result<R, DatabaseError>
    do { found = .success(try engine()) } catch let error as DatabaseError {
      guard Self.refusals.contains(error.code) else { throw error }
      found = .failure(error)
    }
    let expected = Result { try reference(&model) }
    switch (found, expected) {
    case (.success(let a), .success(let b)) where a == b: return a
    case (.failure(let error), .failure): throw error
    case (.success, .success):
      throw MirrorDisagreement(description: "\(name): the outcomes differ")
    case (.success, .failure(let error)):
      throw MirrorDisagreement(description: "\(name): the engine accepts, the model says \(error)")
    case (.failure(let error), .success):
      throw MirrorDisagreement(
        description: "\(name): the model accepts, the engine says \(error.code)")
    }
  }
}
