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
    guard try findTouched() else { return }
    let newDocuments = plan.documentColumns.filter { touched[$0] }
    // Looking at children may load other rows of this table over `old`.
    let oldCells = try newDocuments.filter { try !old.isNull($0) }.map { Array(try old.cell($0)) }
    if let documents, !newDocuments.isEmpty { _ = try storeDocuments(documents, newDocuments) }
    draft.documents = documents
    defer { draft.documents = drafts }
    do {
      try checkDraft()
      let keyChanges = !RawBytes.equal(draft.key, old.key)
      let wanted = { (index: IndexPlan) in keyChanges || self.isTouched(index.columns) }
      try oldEntries.gather(old, plan, context, where: wanted)
      try entries.gather(draft, plan, context, where: wanted)
      if keyChanges || isTouched(plan.referencedColumns) {
        try transaction.compound { try replaceReferred(skipped) }
      } else {
        try checkReferences(skipped)
        try replaceEntries()
        _ = try rows.insert(draft.key, draft.row.bytes, ifPresent: .replace)
      }
    } catch {
      guard let refusal = DatabaseError.refusal(error) else { throw error }
      if let documents {
        for column in newDocuments where try !draft.isNull(column) {
          try documents.free(try draft.cell(column))
        }
      }
      throw shown(refusal)
    }
    if let documents {
      for cell in oldCells { try cell.withUnsafeBytes { try documents.free($0) } }
    }
    if let automatic = plan.automaticKey { noteKey(try draft.int(automatic)) }
  }

  @inline(__always)
  private func isTouched(_ columns: some Sequence<Int>) -> Bool {
    for column in columns where touched[column] { return true }
    return false
  }

  /// Finds the columns that were given other values than they had; false when there is none. The
  /// draft then shows the row as it will be.
  private func findTouched() throws -> Bool {
    try assembler.joinKey()
    try draft.load(key: assembler.key.key, row: try assembler.builder.finish())
    var isAny = false
    for ordinal in plan.types.indices {
      touched[ordinal] = try assembler.isGiven(ordinal) && !draft.isSame(ordinal, as: old)
      isAny = isAny || touched[ordinal]
    }
    // A document that was given again keeps the cell that it has.
    for column in plan.documentColumns
    where try assembler.isGiven(column) && !touched[column] && !old.isNull(column) {
      assembler.builder.setField(plan.layout.places[column].row, try old.cell(column))
      try draft.load(key: assembler.key.key, row: try assembler.builder.finish())
    }
    return isAny
  }

  private func checkReferences(_ skipped: Int?) throws {
    for reference in plan.outgoing where reference != skipped {
      guard isTouched(transaction.plan.foreignKeys[reference].childColumns) else { continue }
      try transaction.checkReference(reference, of: self)
    }
  }

  /// Replaces entries that changed: new ones first, since only they can be refused.
  private func replaceEntries() throws {
    var done = 0
    do {
      for entry in entries.all {
        if !isAmongOld(entry) { try insertEntry(entry) }
        done += 1
      }
    } catch {
      guard DatabaseError.refusal(error) != nil else { throw error }
      for entry in entries.all.prefix(done) where !isAmongOld(entry) {
        _ = try deleteEntry(Int(entry.index), entries.key(entry))
      }
      throw error
    }
    for entry in oldEntries.all where !isAmongNew(entry) && !planted(.indexEntryLeftBehind) {
      guard try deleteEntry(Int(entry.index), oldEntries.key(entry)) else {
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
  private func replaceReferred(_ skipped: Int?) throws {
    let keyChanges = !RawBytes.equal(draft.key, old.key)
    var left: [(reference: Int, prefix: [UInt8])] = []
    for reference in plan.incoming {
      let foreignKey = transaction.plan.foreignKeys[reference]
      guard isTouched(foreignKey.parentColumns) else { continue }
      scratch.clear()
      if try scratch.append(foreignKey.prefix, of: old) {
        left.append((reference, Array(scratch.key)))
      }
    }
    for entry in oldEntries.all {
      guard try deleteEntry(Int(entry.index), oldEntries.key(entry)) else {
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
    try checkReferences(skipped)
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

extension RecordView {
  /// Whether a column has the same value in another row of the table: the same bytes, or the same
  /// document.
  func isSame(_ ordinal: Int, as other: RecordView) throws -> Bool {
    let place = layout.places[ordinal]
    if place.row < 0 {
      // Such columns are in the key alone, and a key gives them back.
      return try RawBytes.equal(keyComponent(place.key), other.keyComponent(place.key))
    }
    // The usual cases, with few tests.
    if let own = row.plainInt(place.row), let others = other.row.plainInt(place.row) {
      return own == others
    }
    if let own = row.plainText(place.row), let others = other.row.plainText(place.row) {
      return RawBytes.equal(own, others)
    }
    let isNull = row.isNull(place.row)
    if isNull || other.row.isNull(place.row) { return isNull && other.row.isNull(place.row) }
    switch layout.columns[ordinal].type {
    case .int: return try row.int(place.row) == other.row.int(place.row)
    case .double: return try row.double(place.row) == other.row.double(place.row)
    case .bool: return try row.bool(place.row) == other.row.bool(place.row)
    case .date: return try row.date(place.row) == other.row.date(place.row)
    case .time: return try row.time(place.row) == other.row.time(place.row)
    case .timestamp: return try row.timestamp(place.row) == other.row.timestamp(place.row)
    case .uuid:
      return try RawBytes.equal(row.uuidBytes(place.row), other.row.uuidBytes(place.row))
    case .text, .bytes, .decimal, .any, .json:
      return try RawBytes.equal(bytes(ordinal), other.bytes(ordinal))
    }
  }
}
