import CareFS

/// The ways in which rows are read.
public struct ModelPaths: OptionSet, Sendable {
  /// The bits.
  public let rawValue: Int

  /// Some ways.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// All rows of a table in a row, and their number.
  public static let scan = ModelPaths(rawValue: 1)
  /// Each row by its primary key.
  public static let key = ModelPaths(rawValue: 2)
  /// Each row by its unique keys, and by order and equality of the other indexes.
  public static let index = ModelPaths(rawValue: 4)
  /// All of them.
  public static let all: ModelPaths = [.scan, .key, .index]
}

extension ModelDatabase {
  /// How a database differs from this model, in one line; nil when it does not.
  ///
  /// Says which table and key, and no contents.
  public func difference(
    from database: Database, by paths: ModelPaths = .all
  ) throws -> String? {
    try database.read { try difference(in: $0, by: paths) }
  }

  /// How what a transaction sees differs from this model; nil when it does not.
  public func difference(
    in transaction: Transaction, by paths: ModelPaths = .all
  ) throws -> String? {
    let names = transaction.schema.tables.map(\.name)
    guard names == schema.tables.map(\.name) else { return "the tables are \(names)" }
    for (position, table) in tables.enumerated() {
      let found = transaction.schema.tables[position]
      guard found.columns == table.schema.columns else {
        return "\(table.schema.name): other columns"
      }
      guard Set(found.indexes) == Set(table.schema.indexes) else {
        return "\(table.schema.name): other indexes"
      }
      if paths.contains(.scan), let what = try table.scanned(transaction) { return what }
      if paths.contains(.key), let what = try table.looked(transaction) { return what }
      if paths.contains(.index), let what = try table.indexed(transaction) { return what }
    }
    return nil
  }
}

extension ModelTable {
  private func says(_ what: String) -> String { "\(schema.name): \(what)" }

  fileprivate func scanned(_ transaction: Transaction) throws -> String? {
    let handle = try transaction.table(schema.name)
    let counted = try transaction.count(handle)
    guard counted == rows.count else {
      return says("count says \(counted) rows, \(rows.count) are expected")
    }
    var seen = 0
    var problem: String?
    var before: [Value]?
    let descending = keyOrdinals.map { _ in false }
    try transaction.scan(handle) { row in
      let values = try row.values()
      let key = key(of: values)
      seen += 1
      if rows[key] != values {
        problem = says("the scan's row \(seen) \(rows[key] == nil ? "should not be" : "differs")")
      } else if let before, !ModelOrder.precedes(before, key, descending: descending) {
        problem = says("the scan's row \(seen) is out of order")
      }
      before = key
      return problem == nil
    }
    guard problem == nil, seen != rows.count else { return problem }
    return says("the scan has \(seen) rows, \(rows.count) are expected")
  }

  fileprivate func looked(_ transaction: Transaction) throws -> String? {
    let handle = try transaction.table(schema.name)
    for (key, row) in rows {
      guard let found = try transaction.get(handle, key: key), found.values == row else {
        return says("a row is not what its key finds")
      }
    }
    return nil
  }

  fileprivate func indexed(_ transaction: Transaction) throws -> String? {
    for constraint in schema.unique {
      let names = constraint.columns.map(\.name)
      let ordinals = names.compactMap { schema.ordinal(of: $0) }
      for row in rows.values where !ordinals.contains(where: { row[$0].isNull }) {
        let values = Dictionary(uniqueKeysWithValues: zip(names, ordinals.map { row[$0] }))
        guard let found = try transaction.get(schema.name, unique: values), found.values == row
        else { return says("a row is not what its unique values find") }
      }
    }
    for index in schema.indexes where index.path == nil && index.condition == nil {
      if let what = try ordered(transaction, index) ?? equal(transaction, index) { return what }
    }
    return nil
  }

  /// The rows in the order of an index.
  private func ordered(_ transaction: Transaction, _ index: IndexSchema) throws -> String? {
    let ordinals = index.columns.compactMap { schema.ordinal(of: $0.name) }
    let descending = index.columns.map(\.descending)
    let terms = index.columns.map { OrderTerm($0.name, descending: $0.descending) }
    let found = try transaction.rows(schema.name, order: terms)
    guard found.count == rows.count, found.allSatisfy({ rows[key(of: $0.values)] == $0.values })
    else { return says("index \(schema.name(of: index)) shows other rows") }
    for (first, second) in zip(found, found.dropFirst()) {
      let a = folded(ordinals, of: first.values)
      let b = folded(ordinals, of: second.values)
      if ModelOrder.precedes(b, a, descending: descending) {
        return says("index \(schema.name(of: index)) is out of order")
      }
    }
    return nil
  }

  /// The rows that have a value in the first column of an index.
  private func equal(_ transaction: Transaction, _ index: IndexSchema) throws -> String? {
    guard let ordinal = index.columns.first.flatMap({ schema.ordinal(of: $0.name) }) else {
      return nil
    }
    var counts: [[Value]: Int] = [:]
    var samples: [[Value]: Value] = [:]
    for row in rows.values where !row[ordinal].isNull {
      let value = folded([ordinal], of: row)
      counts[value, default: 0] += 1
      samples[value] = row[ordinal]
    }
    for (value, count) in counts {
      guard let sample = samples[value], let literal = Expression.Literal(sample) else { continue }
      let filter = Expression.comparison(
        .equal, .column(schema.columns[ordinal].name), .literal(literal))
      let found = try transaction.rows(schema.name, where: filter)
      guard found.count == count, found.allSatisfy({ rows[key(of: $0.values)] == $0.values })
      else { return says("index \(schema.name(of: index)) finds other rows") }
    }
    return nil
  }
}
