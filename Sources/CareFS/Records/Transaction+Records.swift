import BTree
import PageStore

extension Transaction {
  /// The binding of a record type; the last one is at hand without a lock.
  @inline(__always)
  func binding<R: Record>(_ type: R.Type) throws -> RecordBinding {
    if lastType == ObjectIdentifier(type), let lastBinding { return lastBinding }
    let binding = try plan.binding(type)
    lastType = ObjectIdentifier(type)
    lastBinding = binding
    lastView = nil
    return binding
  }

  /// Puts a record's key into the key buffer.
  @inline(__always)
  func encodeKey<K: RecordKey>(_ key: K, _ binding: RecordBinding) throws {
    let layout = binding.plan.layout
    keyBuffer.clear()
    var component = 0
    try key.forEachColumn { value in
      guard component < layout.keyParts.count else { throw keyMismatch(binding.plan) }
      do { try keyBuffer.append(value, as: layout.keyParts[component]) } catch {
        throw keyMismatch(binding.plan)
      }
      component += 1
    }
    guard component == layout.keyParts.count else { throw keyMismatch(binding.plan) }
  }

  func keyMismatch(_ table: TablePlan) -> DatabaseError {
    DatabaseError(
      .typeMismatch,
      "\(table.schema.name).\(table.schema.primaryKey.joined(separator: ", ")): "
        + "the key given is not of the primary key's types", table: table.schema.name,
      columns: table.schema.primaryKey)
  }

  /// All records of a table, in the order of their keys.
  public func all<R: Record>(_ type: R.Type) throws -> [R] {
    var records: [R] = []
    try forEach(type) { records.append(try R(row: $0)) }
    return records
  }

  /// Visits all rows of a record's table in place, in the order of their keys.
  public func forEach<R: Record>(_ type: R.Type, _ body: (RecordRow) throws -> Void) throws {
    try ensureOpen()
    try reporting {
      let binding = try binding(type)
      let view = try makeView(binding.plan)
      let cursor = binding.plan.rows.cursor(in: pages)
      defer { cursor.close() }
      let row = RecordRow(view, binding)
      view.cursor = cursor
      var found = try cursor.seekFirst()
      while found {
        try view.load(row: try cursor.loadValue())
        try body(row)
        found = try cursor.next()
      }
    }
  }
}

extension WriteTransaction {
  /// Inserts a record, or a draft of one, and returns its key.
  @discardableResult
  public func insert<D: RecordDraft>(_ draft: D) throws -> D.Model.Key {
    try statement {
      let binding = try binding(D.Model.self)
      let writer = try writer(binding.plan)
      writer.assembler.begin()
      try draft.encode(to: RecordEncoder(writer.assembler, binding))
      try writer.insert()
      return try D.Model.Key.readKey(RecordRow(writer.draft, binding), binding.keyColumns)
    }
  }

  /// Inserts records as one statement, much faster than one after the other. When one is refused,
  /// none is kept; the error's ``DatabaseError/element`` is its index. Returns their number.
  @discardableResult
  @inlinable
  public func insert<D: RecordDraft>(contentsOf drafts: some Sequence<D>) throws -> Int {
    // In the caller's module, where the type of the records is known.
    var iterator = drafts.makeIterator()
    return try insertBatch(of: D.Model.self) { row in
      guard let draft = iterator.next() else { return false }
      try draft.encode(to: row)
      return true
    }
  }

  /// Inserts the records that `next` encodes, until it returns false.
  @usableFromInline
  final func insertBatch<R: Record>(
    of type: R.Type, _ next: (RecordEncoder) throws -> Bool
  ) throws -> Int {
    try ensureWritable()
    let binding = try binding(type)
    return try insertBatch(binding.plan) { try next(RecordEncoder($0, binding)) }
  }

  /// Changes the record with a key in place.
  ///
  /// - Throws: `notFound` when there is none.
  public func update<R: Record>(
    _ type: R.Type, _ key: R.Key, _ change: (inout R) throws -> Void
  ) throws {
    try statement {
      let binding = try binding(type)
      let writer = try writer(binding.plan)
      try encodeKey(key, binding)
      guard try writer.load(keyBuffer.key) else {
        throw DatabaseError(
          .notFound, "\(binding.plan.schema.name): there is no row with this key",
          table: binding.plan.schema.name)
      }
      var record = try R(row: RecordRow(writer.old, binding))
      try change(&record)
      try writer.beginUpdate()
      try record.encode(to: RecordEncoder(writer.assembler, binding))
      try writer.update()
    }
  }

  /// Replaces the record that has the same key as this one.
  ///
  /// - Throws: `notFound` when there is none.
  public func update<R: Record>(_ record: R) throws {
    try statement {
      let binding = try binding(R.self)
      let writer = try writer(binding.plan)
      writer.assembler.begin()
      try record.encode(to: RecordEncoder(writer.assembler, binding))
      try writer.assembler.joinKey()
      guard try writer.load(writer.assembler.key.key) else {
        throw DatabaseError(
          .notFound, "\(binding.plan.schema.name): there is no row with this key",
          table: binding.plan.schema.name)
      }
      try writer.beginUpdate()
      try record.encode(to: RecordEncoder(writer.assembler, binding))
      try writer.update()
    }
  }

  /// Inserts a record, or changes the row that has the same values in the given columns: those of
  /// the primary key, if none are given, or of a unique constraint. Columns that a draft leaves
  /// out keep their values. Returns whether a row was inserted.
  @discardableResult
  public func upsert<D: RecordDraft>(
    _ draft: D, on columns: PartialKeyPath<D.Model>...
  ) throws -> Bool {
    try statement {
      let binding = try binding(D.Model.self)
      let names = try columns.map { try D.Model.schema.name($0) }
      let target = try binding.plan.conflictTarget(names.isEmpty ? nil : names)
      let writer = try writer(binding.plan)
      writer.assembler.begin()
      try draft.encode(to: RecordEncoder(writer.assembler, binding))
      guard try writer.loadConflictingDraft(target) else {
        try writer.insert()
        return true
      }
      try writer.beginUpdate()
      try draft.encode(to: RecordEncoder(writer.assembler, binding))
      try writer.update()
      return false
    }
  }

  /// Deletes the record with a key, with all that its references demand. Returns what was removed
  /// per table; empty when there is no such record.
  @discardableResult
  public func delete<R: Record>(
    _ type: R.Type, _ key: R.Key, dryRun: Bool = false
  ) throws -> DeleteCounts {
    try ensureWritable()
    let binding = try binding(type)
    try encodeKey(key, binding)
    return try deleting(from: binding.plan, dryRun: dryRun) { statement in
      let key = ByteBuffer(capacity: 64)
      key.append(keyBuffer.key)
      _ = try statement.remove(binding.plan, key: key.bytes)
    }
  }
}

extension TableWriter {
  /// Loads the row that has the same values in a key as the row in the assembler, which need not
  /// be complete; false when there is none.
  func loadConflictingDraft(_ target: ConflictTarget) throws -> Bool {
    guard target.parts.allSatisfy({ assembler.isGiven($0.ordinal) }) else { return false }
    try assembler.joinKey()
    try draft.load(key: assembler.key.key, row: try assembler.builder.finish())
    scratch.clear()
    guard try scratch.append(target.parts, of: draft) else { return false }
    guard let index = target.index else { return try load(scratch.key) }
    guard let key = try transaction.primaryKey(plan, index, scratch.key) else { return false }
    guard try load(key.bytes) else { throw transaction.indexDamage(plan, index) }
    return true
  }
}
