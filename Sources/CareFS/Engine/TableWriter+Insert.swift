import BTree
import PageStore

extension TableWriter {
  /// Inserts the row in the assembler. A refusal leaves nothing behind.
  func insert(checksReferences: Bool = true) throws {
    let row = try prepareDraft()
    try entries.gather(draft, plan, context)
    let stored = try storeDocuments(row)
    do {
      guard try rows.insert(assembler.key.key, stored) else {
        throw transaction.duplicate(plan, nil)
      }
    } catch {
      guard let refusal = DatabaseError.refusal(error) else { throw error }
      try freeDocuments(stored)
      throw shown(refusal)
    }
    var done = 0
    do {
      // After the row is there, so that it may refer to itself.
      if checksReferences {
        for reference in plan.outgoing { try transaction.checkReference(reference, of: self) }
      }
      for entry in entries.all {
        try insertEntry(entry)
        done += 1
      }
    } catch {
      guard let refusal = DatabaseError.refusal(error) else { throw error }
      for entry in entries.all.prefix(done) {
        _ = try deleteEntry(Int(entry.index), entries.key(entry))
      }
      _ = try rows.delete(assembler.key.key)
      try freeDocuments(stored)
      throw shown(refusal)
    }
    countRows(1)
    if let automatic = plan.automaticKey { noteKey(try draft.int(automatic)) }
  }

  /// Ends the row in the assembler, looks at it as `draft` and checks what it must hold by itself.
  @inline(__always)
  func prepareDraft() throws -> UnsafeRawBufferPointer {
    let row = try assembler.finish(self)
    try draft.load(key: assembler.key.key, row: row)
    try checkDraft()
    return row
  }

  @inline(__always)
  func checkDraft() throws {
    for index in plan.constraints.indices {
      if try !plan.constraints[index].holds(draft, context, scratch: scratch) {
        throw shown(plan.constraints[index].refusal(plan.schema))
      }
    }
  }

  /// An error with the key of the draft, if values may be shown.
  func shown(_ error: DatabaseError) -> DatabaseError {
    guard transaction.options.showsValuesInErrors, let key = try? draftKey() else { return error }
    var error = error
    error.key = key
    let text = key.map { Expression.Literal($0).map { "\(Expression.literal($0))" } ?? "?" }
    error.message += " (key \(text.joined(separator: ", ")))"
    return error
  }

  @inline(__always)
  func insertEntry(_ entry: IndexEntries.Entry) throws {
    let index = Int(entry.index)
    guard plan.indexes[index].kind == .unique else {
      guard try insertPlain(index, entries.key(entry)) else {
        throw transaction.indexDamage(plan, index)
      }
      return
    }
    let isChecked = !planted(.skipUniqueCheck)
    guard
      try editors[index].insert(
        entries.key(entry), assembler.key.key, ifPresent: isChecked ? .keep : .replace)
        || !isChecked
    else { throw transaction.duplicate(plan, index) }
  }

  /// Puts the documents of the draft into the store and their cells into the row.
  @inline(__always)
  func storeDocuments(_ row: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer {
    guard let documents, !plan.documentColumns.isEmpty else { return row }
    return try storeDocuments(documents, plan.documentColumns)
  }

  func storeDocuments(
    _ documents: DocumentStore, _ columns: [Int]
  ) throws -> UnsafeRawBufferPointer {
    let text = ByteBuffer()
    for column in columns where try !draft.isNull(column) {
      text.clear()
      text.append(try draft.cell(column))
      let cell = try documents.store(text.bytes, column: plan.entry.columnIDs[column])
      assembler.builder.setField(plan.layout.places[column].row, cell)
      // Setting a field moves the row, at which the draft still looks.
      try draft.load(key: assembler.key.key, row: try assembler.builder.finish())
    }
    return draft.row.bytes
  }

  /// Gives the documents of a row that is not kept back.
  func freeDocuments(_ row: UnsafeRawBufferPointer) throws {
    guard let documents else { return }
    let view = try RowView(row, layout: plan.layout.row)
    for column in plan.documentColumns {
      let place = plan.layout.places[column].row
      if !view.isNull(place) { try documents.free(try view.field(place)) }
    }
  }
}
