import BTree
import PageStore

extension TableWriter {
  /// Starts a changed copy of the row in `old`.
  func beginUpdate() throws { try assembler.begin(copying: old) }

  /// Replaces the row in `old` by the one in the assembler. A refusal leaves nothing behind.
  ///
  /// - Parameter skipped: a reference that its caller checks at the end of the statement.
  func update(skippingReference skipped: Int? = nil) throws {
    for column in plan.updatedColumns where !assembler.isGiven(column) {
      try assembler.setTimestamp(column, now)
    }
    let touched = Set(plan.types.indices.filter { assembler.isGiven($0) })
    guard !touched.isEmpty else { return }
    try assembler.joinKey()
    let newDocuments = plan.documentColumns.filter { touched.contains($0) }
    // Looking at children may load other rows of this table over `old`.
    let oldCells = try newDocuments.filter { try !old.isNull($0) }.map { Array(try old.cell($0)) }
    try draft.load(key: assembler.key.key, row: try assembler.builder.finish())
    if let documents, !newDocuments.isEmpty { _ = try storeDocuments(documents, newDocuments) }
    draft.documents = documents
    defer { draft.documents = drafts }
    do {
      try checkDraft()
      let keyChanges = !RawBytes.equal(draft.key, old.key)
      let wanted = { (index: IndexPlan) in keyChanges || !index.columns.isDisjoint(with: touched) }
      try oldEntries.gather(old, plan, context, where: wanted)
      try entries.gather(draft, plan, context, where: wanted)
      if keyChanges || !plan.referencedColumns.isDisjoint(with: touched) {
        try transaction.compound { try replaceReferred(touched, skipped) }
      } else {
        try checkReferences(touched, skipped)
        try replaceEntries()
        _ = try rows.insert(draft.key, draft.row.bytes, ifPresent: .replace)
      }
    } catch let error as DatabaseError where error.isRefusal {
      if let documents {
        for column in newDocuments where try !draft.isNull(column) {
          try documents.free(try draft.cell(column))
        }
      }
      throw error
    }
    if let documents {
      for cell in oldCells { try cell.withUnsafeBytes { try documents.free($0) } }
    }
    if let automatic = plan.automaticKey { noteKey(try draft.int(automatic)) }
  }

  private func checkReferences(_ touched: Set<Int>, _ skipped: Int?) throws {
    for reference in plan.outgoing where reference != skipped {
      let columns = transaction.plan.foreignKeys[reference].childColumns
      guard columns.contains(where: { touched.contains($0) }) else { continue }
      try transaction.checkReference(reference, of: self)
    }
  }

  /// Replaces entries that changed: new ones of unique indexes first, since only they can be
  /// refused.
  private func replaceEntries() throws {
    var done: [IndexEntries.Entry] = []
    do {
      for entry in entries.all where plan.indexes[Int(entry.index)].kind == .unique {
        guard !isAmongOld(entry) else { continue }
        try insertEntry(entry)
        done.append(entry)
      }
    } catch let error as DatabaseError where error.isRefusal {
      for entry in done { _ = try editors[Int(entry.index)].delete(entries.key(entry)) }
      throw error
    }
    for entry in entries.all
    where plan.indexes[Int(entry.index)].kind != .unique && !isAmongOld(entry) {
      try insertEntry(entry)
    }
    for entry in oldEntries.all where !isAmongNew(entry) {
      guard try editors[Int(entry.index)].delete(oldEntries.key(entry)) else {
        throw transaction.indexDamage(plan, Int(entry.index))
      }
    }
  }

  private func isAmongOld(_ entry: IndexEntries.Entry) -> Bool {
    let key = entries.key(entry)
    return oldEntries.all.contains {
      $0.index == entry.index && RawBytes.equal(oldEntries.key($0), key)
    }
  }

  private func isAmongNew(_ entry: IndexEntries.Entry) -> Bool {
    let key = oldEntries.key(entry)
    return entries.all.contains {
      $0.index == entry.index && RawBytes.equal(entries.key($0), key)
    }
  }

  /// Replaces a row to which others may refer: its old entries go first, and the rows that
  /// referred to its old values must find another parent. Runs under a savepoint.
  private func replaceReferred(_ touched: Set<Int>, _ skipped: Int?) throws {
    let keyChanges = !RawBytes.equal(draft.key, old.key)
    var left: [(reference: Int, prefix: [UInt8])] = []
    for reference in plan.incoming {
      let foreignKey = transaction.plan.foreignKeys[reference]
      guard !foreignKey.parentColumns.isDisjoint(with: touched) else { continue }
      scratch.clear()
      if try scratch.append(foreignKey.prefix, of: old) {
        left.append((reference, Array(scratch.key)))
      }
    }
    for entry in oldEntries.all {
      guard try editors[Int(entry.index)].delete(oldEntries.key(entry)) else {
        throw transaction.indexDamage(plan, Int(entry.index))
      }
    }
    if keyChanges {
      guard try rows.delete(old.key) else { throw transaction.indexDamage(plan, nil) }
      guard try rows.insert(draft.key, draft.row.bytes) else {
        throw transaction.duplicate(plan, nil)
      }
    } else {
      _ = try rows.insert(draft.key, draft.row.bytes, ifPresent: .replace)
    }
    for entry in entries.all { try insertEntry(entry) }
    try checkReferences(touched, skipped)
    try refuseOrphans(left)
  }

  /// Refuses to leave rows behind that refer to values which no row has any more.
  private func refuseOrphans(_ left: [(reference: Int, prefix: [UInt8])]) throws {
    for (reference, prefix) in left {
      let foreignKey = transaction.plan.foreignKeys[reference]
      try prefix.withUnsafeBytes { prefix in
        guard try transaction.hasChildren(of: foreignKey, prefix: prefix),
          try transaction.parentIsMissing(foreignKey, prefix: prefix)
        else { return }
        if foreignKey.schema.deferred {
          transaction.deferCheck(.children(reference, Array(prefix)))
        } else {
          throw transaction.stillReferred(foreignKey)
        }
      }
    }
  }
}
