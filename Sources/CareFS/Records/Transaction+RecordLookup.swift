import BTree
import PageStore

extension Transaction {
  // The records are made in the caller's module, where their type is known, and so is what kind of
  // key is looked up: the ways for the usual kinds make no values of it. Types are compared before a
  // cast, which takes long where they are not known.

  /// The record with a primary key; nil when there is none.
  @inlinable
  public func get<R: Record>(_ type: R.Type, _ key: R.Key) throws -> R? {
    guard let row = try enterRow(type, key) else { return nil }
    defer { leaveRow() }
    do { return try R(row: row) } catch { throw DatabaseError.reported(error) }
  }

  /// The record with these values in the columns of a unique constraint; nil when there is none.
  @inlinable
  public func get<R: Record, V: RecordValue>(
    _ type: R.Type, where path: KeyPath<R, V>, is value: V
  ) throws -> R? {
    guard let row = try enterRow(type, path, value) else { return nil }
    defer { leaveRow() }
    do { return try R(row: row) } catch { throw DatabaseError.reported(error) }
  }

  /// Finds the row with a primary key. If there is one, it is valid until `leaveRow`.
  @inlinable
  final func enterRow<R: Record>(_ type: R.Type, _ key: R.Key) throws -> RecordRow? {
    if R.Key.self == Int64.self, let number = key as? Int64 {
      return try enterRow(type, int: number, key)
    }
    if R.Key.self == Int.self, let number = key as? Int {
      return try enterRow(type, int: Int64(number), key)
    }
    return try enterRow(type, any: key)
  }

  /// The same of a unique constraint.
  @inlinable
  final func enterRow<R: Record, V: RecordValue>(
    _ type: R.Type, _ path: KeyPath<R, V>, _ value: V
  ) throws -> RecordRow? {
    if V.self == String.self, let text = value as? String {
      return try enterRow(type, path, text: text)
    }
    return try enterRow(type, path, any: value.columnValue)
  }

  /// Ends what `enterRow` found.
  @usableFromInline
  final func leaveRow() { pages.leave() }

  @usableFromInline
  final func enterRow<R: Record>(
    _ type: R.Type, int number: Int64, _ key: R.Key
  ) throws -> RecordRow? {
    try ensureOpen()
    do {
      let view = try boundView(type)
      guard let rows = view.face.pointee.rowsByInt else { return try enterRow(type, any: key) }
      keyBuffer.clear()
      keyBuffer.append(int: number)
      return try enterRow(view, rows, index: nil, keyBuffer.key)
    } catch {
      throw DatabaseError.reported(error)
    }
  }

  @usableFromInline
  final func enterRow<R: Record>(_ type: R.Type, any key: R.Key) throws -> RecordRow? {
    try ensureOpen()
    return try reporting {
      let view = try boundView(type)
      let binding = try binding(type)
      try encodeKey(key, binding)
      return try enterRow(view, binding.plan.rows, index: nil, keyBuffer.key)
    }
  }

  @usableFromInline
  final func enterRow<R: Record>(
    _ type: R.Type, _ path: PartialKeyPath<R>, text: String
  ) throws -> RecordRow? {
    try ensureOpen()
    do {
      let view = try boundView(type)
      let target = try recordTarget(type, path)
      guard let part = target.textPart else {
        return try enterRow(type, path, any: .text(text))
      }
      keyBuffer.clear()
      let start = keyBuffer.begin(part)
      text.withUTF8Bytes { keyBuffer.append(text: $0, collation: part.collation) }
      keyBuffer.end(part, from: start)
      return try enterRow(view, target.rows, index: target.index, keyBuffer.key)
    } catch {
      throw DatabaseError.reported(error)
    }
  }

  @usableFromInline
  final func enterRow<R: Record>(
    _ type: R.Type, _ path: PartialKeyPath<R>, any value: Value
  ) throws -> RecordRow? {
    try ensureOpen()
    return try reporting {
      let view = try boundView(type)
      let target = try recordTarget(type, path)
      keyBuffer.clear()
      guard !value.isNull else { return nil }
      for field in target.parts { try keyBuffer.append(value, as: field.part) }
      return try enterRow(view, target.rows, index: target.index, keyBuffer.key)
    }
  }

  @inline(__always)
  private func enterRow(
    _ view: RecordView, _ rows: Tree, index: Tree?, _ key: UnsafeRawBufferPointer
  ) throws -> RecordRow? {
    var isFound = false
    pages.enter()
    defer { if !isFound { pages.leave() } }
    var key = key
    if let index {
      guard let found = try index.find(key, in: pages) else { return nil }
      // A long row would take the memory that a long key lies in.
      keyBuffer.clear()
      keyBuffer.buffer.append(found)
      key = keyBuffer.key
    }
    guard let row = try rows.find(key, in: pages) else { return nil }
    try view.load(key: key, row: row)
    isFound = true
    return RecordRow(view)
  }

  /// The view for single rows of a record's table, bound to the record; the last one is at hand.
  @inline(__always)
  private func boundView<R: Record>(_ type: R.Type) throws -> RecordView {
    if lastType == ObjectIdentifier(type), let lastView { return lastView }
    return try bindView(type)
  }

  @inline(never)
  private func bindView<R: Record>(_ type: R.Type) throws -> RecordView {
    let binding = try binding(type)
    let view = try sharedView(binding.plan)
    view.bind(binding)
    lastView = view
    return view
  }

  /// What a property's column finds; the last one is at hand.
  @inline(__always)
  private func recordTarget<R: Record>(
    _ type: R.Type, _ path: PartialKeyPath<R>
  ) throws -> RecordTarget {
    if let lastTarget, lastTarget.path === path { return lastTarget }
    let plan = try binding(type).plan
    let target = RecordTarget(
      path, try plan.conflictTarget([try R.schema.name(path)]), of: plan)
    lastTarget = target
    return target
  }
}

/// A unique key by which records are looked up, and the property that names it.
final class RecordTarget {
  let path: AnyKeyPath
  let parts: [KeyField]
  /// The unique index; nil is the primary key.
  let index: Tree?
  /// The rows.
  let rows: Tree
  /// The only part of the key, if it is a text.
  let textPart: KeyPart?

  init(_ path: AnyKeyPath, _ target: ConflictTarget, of plan: TablePlan) {
    self.path = path
    parts = target.parts
    index = target.index.map { plan.indexes[$0].tree.tree }
    rows = plan.rows
    textPart = parts.count == 1 && parts[0].part.type == .text ? parts[0].part : nil
  }
}
