import BTree
import PageStore

extension WriteTransaction {
  /// A cursor over the entries of an index of a table, or over its rows, kept for the transaction.
  /// Each use seeks anew.
  func cursor(_ table: TablePlan, index: Int?) throws -> TreeCursor {
    try writer(table).cursor(index)
  }

  /// Whether rows refer with this prefix.
  func hasChildren(
    of foreignKey: ForeignKeyPlan, prefix: UnsafeRawBufferPointer
  ) throws -> Bool {
    let cursor = try cursor(plan.tables[foreignKey.child], index: foreignKey.childIndex)
    return try cursor.seek(prefix) && RawBytes.hasPrefix(cursor.key, prefix)
  }

  /// Whether the row to which rows with this prefix refer is gone.
  func parentIsMissing(
    _ foreignKey: ForeignKeyPlan, prefix: UnsafeRawBufferPointer
  ) throws -> Bool {
    let child = plan.tables[foreignKey.child]
    let cursor = try cursor(child, index: foreignKey.childIndex)
    guard try cursor.seek(prefix), RawBytes.hasPrefix(cursor.key, prefix) else { return false }
    let key = ByteBuffer(capacity: 64)
    try child.appendKey(from: cursor, index: foreignKey.childIndex, to: key)
    let writer = try writer(child)
    guard try writer.load(key.bytes) else { throw indexDamage(child, foreignKey.childIndex) }
    return try !hasParent(foreignKey, of: writer.old)
  }

  /// Whether the row to which a child refers is there, or it refers to none.
  func hasParent(_ foreignKey: ForeignKeyPlan, of child: RecordView) throws -> Bool {
    keyBuffer.clear()
    guard try keyBuffer.append(foreignKey.probe, of: child) else { return true }
    return try exists(
      plan.tables[foreignKey.parent], index: foreignKey.parentIndex, keyBuffer.key)
  }

  /// Whether a table's primary key or unique index holds a key.
  func exists(
    _ table: TablePlan, index: Int?, _ key: UnsafeRawBufferPointer
  ) throws -> Bool {
    let writer = try writer(table)
    let editor = index.map { writer.editors[$0] } ?? writer.rows
    pages.enter()
    defer { pages.leave() }
    return try editor.find(key) != nil
  }

  /// Refuses the draft of a writer if it refers to nothing; a deferred reference is noted for the
  /// commit.
  func checkReference(_ reference: Int, of writer: TableWriter) throws {
    let foreignKey = plan.foreignKeys[reference]
    guard try !hasParent(foreignKey, of: writer.draft) else { return }
    if foreignKey.schema.deferred {
      deferCheck(.reference(reference, childKey: Array(writer.draft.key)))
    } else {
      throw missingParent(foreignKey)
    }
  }

  /// Refuses a stored row that refers to nothing. A row that is gone refers to nothing wrong.
  func checkReference(_ reference: Int, childKey: UnsafeRawBufferPointer) throws {
    let foreignKey = plan.foreignKeys[reference]
    let writer = try writer(plan.tables[foreignKey.child])
    guard try writer.load(childKey) else { return }
    guard try hasParent(foreignKey, of: writer.old) else { throw missingParent(foreignKey) }
  }
}

extension Transaction {
  /// A reference to a row that is not there.
  func missingParent(_ foreignKey: ForeignKeyPlan) -> DatabaseError {
    let child = plan.tables[foreignKey.child].schema.name
    let parent = plan.tables[foreignKey.parent].schema.name
    let columns = foreignKey.schema.columns
    return DatabaseError(
      .foreignKeyViolation,
      "\(child).\(columns.joined(separator: ", ")): there is no such row in \(parent)",
      table: child, columns: columns)
  }

  /// A deletion or change of a row to which others refer.
  func stillReferred(_ foreignKey: ForeignKeyPlan) -> DatabaseError {
    let child = plan.tables[foreignKey.child].schema.name
    let parent = plan.tables[foreignKey.parent].schema.name
    let columns = foreignKey.schema.columns
    return DatabaseError(
      .foreignKeyViolation,
      "\(parent): rows of \(child) still refer to the row by \(columns.joined(separator: ", ")); "
        + "delete or change them first", table: child, columns: columns)
  }

  /// A second row with the same primary or unique key.
  func duplicate(_ table: TablePlan, _ index: Int?) -> DatabaseError {
    let columns =
      index.map { table.indexes[$0].parts.map { table.schema.columns[$0.ordinal].name } }
      ?? table.schema.primaryKey
    let kind = index == nil ? "primary key" : "unique value"
    return DatabaseError(
      .uniqueViolation,
      "\(table.schema.name).\(columns.joined(separator: ", ")): a row with this \(kind) exists",
      table: table.schema.name, columns: columns)
  }

  /// An index that does not agree with the rows.
  func indexDamage(_ table: TablePlan, _ index: Int?) -> DatabaseError {
    DatabaseError(
      .corrupt,
      "\(table.schema.name): index \(table.indexName(index)) does not agree with the rows; "
        + "run carefs check", table: table.schema.name)
  }
}
