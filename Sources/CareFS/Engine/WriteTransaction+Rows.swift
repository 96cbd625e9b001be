import BTree
import PageStore

extension WriteTransaction {
  /// Inserts a row. Columns that are not given take their defaults, else null.
  ///
  /// - Returns: the primary key of the row, one value per column of the key.
  /// - Throws: what refuses the row, naming table and column; nothing of it is kept then.
  @discardableResult
  public func insert(into table: String, _ values: [String: Value]) throws -> [Value] {
    try insert(into: try self.table(table), values)
  }

  /// Inserts a row into a table that was looked up before.
  @discardableResult
  public func insert(into table: Table, _ values: [String: Value]) throws -> [Value] {
    try statement {
      let writer = try writer(table.plan)
      writer.assembler.begin()
      for (name, value) in values { try writer.assembler.set(try table.plan.ordinal(name), value) }
      try writer.insert()
      return try writer.draftKey()
    }
  }

  /// Inserts a row whose values stand in the order of `columns`, found once by
  /// ``Table/columns(_:)``. The fastest way for rows without Swift types.
  public func insert(into table: Table, columns: ColumnList, _ values: [Value]) throws {
    try statement {
      let writer = try writer(table.plan)
      try writer.assemble(columns, values)
      try writer.insert()
    }
  }

  /// Changes columns of the row with a key.
  ///
  /// - Returns: false when there is no such row.
  @discardableResult
  public func update(
    _ table: String, key: [Value], _ changes: [String: Value]
  ) throws -> Bool {
    try update(try self.table(table), key: key, changes)
  }

  /// Changes columns of the row with a key.
  @discardableResult
  public func update(_ table: Table, key: [Value], _ changes: [String: Value]) throws -> Bool {
    try statement {
      let writer = try writer(table.plan)
      guard try writer.load(try encodeKey(key, of: table.plan)) else { return false }
      try writer.beginUpdate()
      for (name, value) in changes {
        try writer.assembler.set(try table.plan.ordinal(name), value)
      }
      try writer.update()
      return true
    }
  }

  /// Inserts a row, or changes the one that has the same primary key, or the same values in the
  /// columns of a unique constraint.
  ///
  /// - Parameter on: the columns of the primary key or of a unique constraint; nil is the primary
  ///   key. A clash with any other key is refused.
  /// - Returns: whether a new row was inserted.
  @discardableResult
  public func upsert(
    into table: String, _ values: [String: Value], on columns: [String]? = nil
  ) throws -> Bool {
    try upsert(into: try self.table(table), values, on: columns)
  }

  /// Inserts a row or changes the one with the same key.
  @discardableResult
  public func upsert(
    into table: Table, _ values: [String: Value], on columns: [String]? = nil
  ) throws -> Bool {
    try statement {
      let plan = table.plan
      let given = try values.map { (try plan.ordinal($0.key), $0.value) }
      let target = try plan.conflictTarget(columns)
      let writer = try writer(plan)
      if try writer.loadConflicting(given, target) {
        try writer.beginUpdate()
        for (ordinal, value) in given { try writer.assembler.set(ordinal, value) }
        try writer.update()
        return false
      }
      writer.assembler.begin()
      for (ordinal, value) in given { try writer.assembler.set(ordinal, value) }
      try writer.insert()
      return true
    }
  }

  /// Deletes the row with a key, with all that its references demand.
  ///
  /// - Parameter dryRun: only counts what would go; nothing is changed.
  /// - Returns: rows removed and changed per table; empty when there is no such row.
  @discardableResult
  public func delete(
    from table: String, key: [Value], dryRun: Bool = false
  ) throws -> DeleteCounts {
    let plan = try self.table(table).plan
    return try deleting(from: plan, dryRun: dryRun) { statement in
      let key = Array(try encodeKey(key, of: plan))
      _ = try key.withUnsafeBytes { try statement.remove(plan, key: $0) }
    }
  }

  /// Runs a deletion as one statement.
  func deleting(
    from table: TablePlan, dryRun: Bool, _ body: (DeleteStatement) throws -> Void
  ) throws -> DeleteCounts {
    if !dryRun, plan.deletesFreely(table) {
      return try statement {
        let statement = deleteStatement()
        try body(statement)
        return statement.counts
      }
    }
    try ensureWritable()
    let mark = try mark()
    do {
      let statement = deleteStatement()
      try body(statement)
      try statement.finish()
      if dryRun { try rollback(to: mark) } else { release(mark) }
      return statement.counts
    } catch {
      do { try rollback(to: mark) } catch let second { throw fail(second) }
      throw DatabaseError.reported(error)
    }
  }

  /// Makes the reference of a child null or its default.
  func resetReference(
    _ reference: Int, childKey: UnsafeRawBufferPointer, toDefault: Bool
  ) throws {
    let foreignKey = plan.foreignKeys[reference]
    let child = plan.tables[foreignKey.child]
    let writer = try writer(child)
    guard try writer.load(childKey) else { throw indexDamage(child, foreignKey.childIndex) }
    try writer.beginUpdate()
    for column in foreignKey.childColumns {
      let value = toDefault ? child.defaults[column].value(now: now) : .null
      try writer.assembler.set(column, value)
    }
    try writer.update(skippingReference: reference)
  }
}

extension Transaction {
  /// The bytes of a primary key; valid until the next key is encoded.
  func encodeKey(_ key: [Value], of table: TablePlan) throws -> UnsafeRawBufferPointer {
    let parts = table.layout.keyParts
    guard key.count == parts.count else {
      throw DatabaseError(
        .typeMismatch,
        "\(table.schema.name): the primary key (\(table.schema.primaryKey.joined(separator: ", "))) "
          + "has \(parts.count) columns, \(key.count) values were given", table: table.schema.name,
        columns: table.schema.primaryKey)
    }
    keyBuffer.clear()
    for (index, value) in key.enumerated() {
      do { try keyBuffer.append(value, as: parts[index]) } catch {
        let column = table.schema.primaryKey[index]
        throw DatabaseError(
          .typeMismatch,
          "\(table.schema.name).\(column): the column is \(parts[index].type.name), "
            + "the value \(value.type?.name ?? "null")", table: table.schema.name,
          columns: [column])
      }
    }
    return keyBuffer.key
  }
}
