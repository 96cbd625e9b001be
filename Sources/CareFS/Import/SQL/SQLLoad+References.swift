import BTree

extension SQLLoad {
  /// Looks at the references that waited: a row that still refers to nothing is taken out, and
  /// after it those that referred to it.
  func settle() throws {
    while !pending.isEmpty {
      let round = pending.sorted { $0.line < $1.line }
      pending.removeAll()
      for item in round { try settle(item) }
    }
    for reference in unsure.sorted() { try verify(reference) }
  }

  private func settle(_ item: Pending) throws {
    let foreignKey = transaction.plan.foreignKeys[item.reference]
    let child = transaction.plan.tables[foreignKey.child]
    let writer = try transaction.writer(child)
    let isThere = try item.key.withUnsafeBytes { try writer.load($0) }
    guard isThere, try !transaction.hasParent(foreignKey, of: writer.old) else { return }
    let error = transaction.missingParent(foreignKey)
    guard events.rejected != nil else { throw named(error, item.line) }
    let children = try children(of: child)
    guard try item.key.withUnsafeBytes({ try writer.load($0) }) else { return }
    try writer.removeOld()
    report.inserted -= 1
    try reject(item.line, error)
    for (reference, key) in children
    where !(transaction.plan.foreignKeys[reference].child == child.position && key == item.key) {
      let position = transaction.plan.foreignKeys[reference].child
      guard let line = lines[position]?[key] else {
        throw transaction.missingParent(transaction.plan.foreignKeys[reference])
      }
      pending.append(Pending(reference: reference, key: key, line: line))
    }
  }

  /// The rows that refer to the loaded row of a table.
  private func children(of table: TablePlan) throws -> [(reference: Int, key: [UInt8])] {
    var found: [(reference: Int, key: [UInt8])] = []
    let prefix = KeyEncoder()
    let key = ByteBuffer(capacity: 64)
    let row = try transaction.writer(table).old
    for reference in table.incoming {
      let foreignKey = transaction.plan.foreignKeys[reference]
      let child = transaction.plan.tables[foreignKey.child]
      prefix.clear()
      guard try prefix.append(foreignKey.prefix, of: row) else { continue }
      let cursor = try transaction.cursor(child, index: foreignKey.childIndex)
      var isThere = try cursor.seek(prefix.key)
      while isThere, RawBytes.hasPrefix(cursor.key, prefix.key) {
        key.clear()
        try child.appendKey(from: cursor, index: foreignKey.childIndex, to: key)
        found.append((reference, key.array))
        isThere = try cursor.next()
      }
    }
    return found
  }

  /// Looks at every row that holds a reference, in the order of what they refer to.
  private func verify(_ reference: Int) throws {
    let foreignKey = transaction.plan.foreignKeys[reference]
    let child = transaction.plan.tables[foreignKey.child]
    let writer = try transaction.writer(child)
    let key = ByteBuffer(capacity: 64)
    let cursor = try transaction.cursor(child, index: foreignKey.childIndex)
    var isThere = try cursor.seekFirst()
    var rows = 0
    while isThere {
      rows += 1
      if rows & 1023 == 0 { try events.progress?(report.read) }
      key.clear()
      try child.appendKey(from: cursor, index: foreignKey.childIndex, to: key)
      if try writer.load(key.bytes), try !transaction.hasParent(foreignKey, of: writer.old) {
        throw transaction.missingParent(foreignKey)
      }
      isThere = try cursor.next()
    }
  }
}
