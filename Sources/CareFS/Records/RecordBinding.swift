import BTree

/// How the columns of a record stand in a table of a file, worked out once per schema version.
final class RecordBinding: @unchecked Sendable {
  let plan: TablePlan
  /// The table's ordinal of each column of the record; nil when they are the same.
  private let map: [Int]?
  /// Where the columns of the record lie; `count` of them. Written only before `init` returns.
  private let columnMemory: UnsafeMutablePointer<RecordFace.Column>
  /// Their number.
  let count: Int
  /// The rows of the table, where an int alone is their key and goes upwards; else nil.
  let rowsByInt: Tree?
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
    count = map.count
    let parts = plan.layout.keyParts
    let isInt =
      parts.count == 1 && parts[0].type == .int && !parts[0].nullable && !parts[0].descending
    rowsByInt = isInt ? plan.rows : nil
    columnMemory = .allocate(capacity: max(map.count, 1))
    for (place, ordinal) in map.enumerated() {
      (columnMemory + place).initialize(to: RecordFace.Column(ordinal, of: plan.layout))
    }
  }

  deinit { columnMemory.deallocate() }

  /// Where the columns of the record lie, in its order.
  @inline(__always)
  var columns: UnsafePointer<RecordFace.Column> { UnsafePointer(columnMemory) }

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

extension RecordFace.Column {
  /// A column of a table by its position.
  init(_ ordinal: Int, of layout: RecordLayout) {
    let place = layout.places[ordinal]
    self.ordinal = Int32(truncatingIfNeeded: ordinal)
    type = place.type
    isKey = place.row < 0 && !layout.keyParts[place.key].nullable
    field =
      place.row < 0
      ? .none
      : RowField(
        column: Int32(truncatingIfNeeded: place.row), place: layout.row.slots[place.row].place)
  }
}
