import BTree
import PageStore

extension Transaction {
  /// The row with a primary key; nil when there is none.
  ///
  /// - Parameter key: one value per column of the primary key.
  /// - Complexity: the depth of the tree, in pages.
  public func get(_ table: String, key: [Value]) throws -> Row? {
    try get(try self.table(table), key: key)
  }

  /// The row with a primary key; nil when there is none.
  public func get(_ table: Table, key: [Value]) throws -> Row? {
    try ensureOpen()
    return try reporting {
      try withRow(table.plan, try encodeKey(key, of: table.plan)) { try table.plan.row($0) }
    }
  }

  /// The row that has these values in the columns of a unique constraint; nil when there is none.
  public func get(_ table: String, unique values: [String: Value]) throws -> Row? {
    try ensureOpen()
    let plan = try self.table(table).plan
    return try reporting {
      let target = try plan.conflictTarget(Array(values.keys))
      let encoder = KeyEncoder()
      for field in target.parts {
        let name = plan.schema.columns[field.ordinal].name
        guard let value = values[name], !value.isNull else { return nil }
        do { try encoder.append(value, as: field.part) } catch {
          throw DatabaseError(
            .typeMismatch, "\(plan.schema.name).\(name): the value is of another type",
            table: plan.schema.name, columns: [name])
        }
      }
      guard let key = try primaryKey(plan, target.index, encoder.key) else { return nil }
      return try withRow(plan, key.bytes) { try plan.row($0) }
    }
  }

  /// The primary key that a key of a unique index leads to; a key of the primary key itself leads
  /// to itself.
  func primaryKey(
    _ table: TablePlan, _ index: Int?, _ key: UnsafeRawBufferPointer
  ) throws -> ByteBuffer? {
    let buffer = ByteBuffer(capacity: 64)
    guard let index else {
      buffer.append(key)
      return buffer
    }
    pages.enter()
    defer { pages.leave() }
    guard let found = try table.indexes[index].tree.tree.find(key, in: pages) else { return nil }
    buffer.append(found)
    return buffer
  }

  /// Looks at the row with a primary key in place. The closure must not call back into the engine.
  @inline(__always)
  func withRow<R>(
    _ table: TablePlan, _ key: UnsafeRawBufferPointer, _ body: (RecordView) throws -> R
  ) throws -> R? {
    let view = try sharedView(table)
    pages.enter()
    defer { pages.leave() }
    guard let row = try table.rows.find(key, in: pages) else { return nil }
    try view.load(key: key, row: row)
    return try body(view)
  }
}

extension TablePlan {
  /// All values of a row.
  func row(_ view: RecordView) throws -> Row {
    var values: [Value] = []
    values.reserveCapacity(types.count)
    for ordinal in types.indices { values.append(try view.value(ordinal)) }
    return Row(shape, values)
  }
}
