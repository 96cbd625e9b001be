/// How the columns of a record stand in a table of a file, worked out once per schema version.
final class RecordBinding: Sendable {
  let plan: TablePlan
  /// The table's ordinal of each column of the record; nil when they are the same.
  private let map: [Int]?
  /// The record's columns of the primary key, in the order of the key.
  let keyColumns: [Int]

  init(_ plan: TablePlan, _ record: TableSchema) throws {
    self.plan = plan
    var map: [Int] = []
    for column in record.columns {
      guard let ordinal = plan.shape.position(of: column.name) else {
        throw Self.differs(plan, column, "the file has no such column")
      }
      let own = plan.schema.columns[ordinal]
      guard own.type == column.type else {
        throw Self.differs(
          plan, column, "it is \(own.type.name) in the file, \(column.type.name) in the program")
      }
      guard column.nullable || !own.nullable else {
        throw Self.differs(plan, column, "it may be null in the file, but not in the program")
      }
      map.append(ordinal)
    }
    keyColumns = try plan.layout.keyOrdinals.map { ordinal in
      guard let column = map.firstIndex(of: ordinal) else {
        throw Self.differs(
          plan, plan.schema.columns[ordinal], "the record lacks this column of the primary key")
      }
      return column
    }
    self.map = map == Array(plan.types.indices) ? nil : map
  }

  private static func differs(
    _ plan: TablePlan, _ column: ColumnSchema, _ what: String
  ) -> DatabaseError {
    DatabaseError(
      .schemaMismatch, "\(plan.schema.name).\(column.name): \(what); a migration is needed",
      table: plan.schema.name, columns: [column.name])
  }

  /// The table's ordinal of a column of the record.
  @inline(__always)
  func ordinal(_ column: Int) -> Int {
    guard let map else { return column }
    return map[column]
  }

  private func name(_ column: Int) -> String { plan.schema.columns[ordinal(column)].name }

  func unexpectedNull(_ column: Int) -> DatabaseError {
    DatabaseError(
      .typeMismatch,
      "\(plan.schema.name).\(name(column)): the row has null where the record has no optional",
      table: plan.schema.name, columns: [name(column)])
  }

  func unknownCase(_ column: Int) -> DatabaseError {
    DatabaseError(
      .typeMismatch,
      "\(plan.schema.name).\(name(column)): the stored value is no case of the enumeration",
      table: plan.schema.name, columns: [name(column)])
  }
}

extension SchemaPlan {
  /// The binding of a record type, made at its first use.
  func binding<R: Record>(_ type: R.Type) throws -> RecordBinding {
    let id = ObjectIdentifier(type)
    if let known = bindings.value(id) { return known }
    let record = R.schema.table
    let made = try RecordBinding(try table(record.name), record)
    bindings.set(id, made)
    return made
  }
}
