import BTree
import PageStore

/// Deletes rows with all that hangs on them.
///
/// Work is a list, not a recursion: a chain of references of any length takes neither stack nor,
/// as each step replaces itself by the next, memory. A row is removed before its children are
/// looked for, so circles end by themselves.
final class DeleteStatement {
  /// Rows that may refer to a removed row: all with one prefix in one index.
  private struct Frame {
    var foreignKey: Int
    /// Where the prefix lies in the arena.
    var offset: Int
    var length: Int
  }

  /// So many frames may be noted without looking whether they have rows.
  private static let eagerFrames = 4096

  private unowned let transaction: WriteTransaction
  private let plan: SchemaPlan
  private var frames: [Frame] = []
  /// The prefixes of the frames; the last frame's are at its end.
  private let arena = ByteBuffer(capacity: 256)
  /// References that must have no rows left at the end of the statement.
  private var restricted: [Frame] = []
  private let restrictedArena = ByteBuffer(capacity: 64)
  /// Rows that took a default reference, which must exist at the end of the statement.
  private var defaulted: [(foreignKey: Int, key: [UInt8])] = []
  private(set) var deleted: [Int]
  private(set) var changed: [Int]
  private let probe = KeyEncoder()
  // What the loop over the children of one row works with.
  private let prefix = ByteBuffer(capacity: 64)
  private let position = ByteBuffer(capacity: 64)
  private let childKey = ByteBuffer(capacity: 64)

  init(_ transaction: WriteTransaction) {
    self.transaction = transaction
    plan = transaction.plan
    deleted = Array(repeating: 0, count: plan.tables.count)
    changed = deleted
  }

  /// Forgets the statement before, for the memory to serve the next one.
  func reset() {
    frames.removeAll(keepingCapacity: true)
    restricted.removeAll(keepingCapacity: true)
    defaulted.removeAll(keepingCapacity: true)
    arena.clear()
    restrictedArena.clear()
    for position in deleted.indices {
      deleted[position] = 0
      changed[position] = 0
    }
  }

  var counts: DeleteCounts {
    DeleteCounts(
      entries: plan.tables.indices.filter { deleted[$0] + changed[$0] > 0 }.map {
        .init(table: plan.tables[$0].schema.name, deleted: deleted[$0], changed: changed[$0])
      })
  }

  /// Removes a row and everything that its removal removes; false when there is no such row.
  func remove(_ table: TablePlan, key: UnsafeRawBufferPointer) throws -> Bool {
    guard try removeOne(table, key: key) else { return false }
    try drain()
    return true
  }

  /// Checks what may only be checked when the whole statement is done.
  func finish() throws {
    for frame in restricted {
      let prefix = UnsafeRawBufferPointer(
        rebasing: restrictedArena.bytes[frame.offset..<frame.offset + frame.length])
      let foreignKey = plan.foreignKeys[frame.foreignKey]
      guard try transaction.hasChildren(of: foreignKey, prefix: prefix) else { continue }
      guard try transaction.parentIsMissing(foreignKey, prefix: prefix) else { continue }
      throw transaction.stillReferred(foreignKey)
    }
    for entry in defaulted {
      try entry.key.withUnsafeBytes {
        try transaction.checkReference(entry.foreignKey, childKey: $0)
      }
    }
  }

  private func removeOne(
    _ table: TablePlan, key: UnsafeRawBufferPointer, isFirst: Bool = true
  ) throws -> Bool {
    let writer = try transaction.writer(table)
    guard try writer.load(key) else { return false }
    if isFirst || !planted(.cascadeStopsAtDepthOne) {
      for reference in table.incoming { try note(reference, writer.old) }
    }
    try writer.removeOld()
    deleted[table.position] += 1
    return true
  }

  /// Remembers the rows that refer to a row about to be removed, if there are any.
  private func note(_ reference: Int, _ parent: RecordView) throws {
    let foreignKey = plan.foreignKeys[reference]
    probe.clear()
    guard try probe.append(foreignKey.prefix, of: parent) else { return }
    // Without children nothing needs remembering; looking costs as much as the later visit, so
    // it is done only where it prevents a harm: a long list, or a needless check.
    if foreignKey.schema.onDelete == .restrict || frames.count >= Self.eagerFrames {
      guard try transaction.hasChildren(of: foreignKey, prefix: probe.key) else { return }
    }
    var frame = Frame(foreignKey: reference, offset: 0, length: probe.key.count)
    if foreignKey.schema.onDelete == .restrict {
      if foreignKey.schema.deferred {
        transaction.deferCheck(.children(reference, Array(probe.key)))
      } else {
        frame.offset = restrictedArena.count
        restrictedArena.append(probe.key)
        restricted.append(frame)
      }
    } else {
      frame.offset = arena.count
      arena.append(probe.key)
      frames.append(frame)
    }
  }

  private func drain() throws {
    while let frame = frames.popLast() {
      prefix.clear()
      prefix.append(
        UnsafeRawBufferPointer(rebasing: arena.bytes[frame.offset..<frame.offset + frame.length]))
      arena.truncate(to: frame.offset)
      let foreignKey = plan.foreignKeys[frame.foreignKey]
      let child = plan.tables[foreignKey.child]
      let cursor = try transaction.cursor(child, index: foreignKey.childIndex)
      var found = try cursor.seek(prefix.bytes)
      while found, RawBytes.hasPrefix(cursor.key, prefix.bytes) {
        position.clear()
        position.append(cursor.key)
        childKey.clear()
        try child.appendKey(from: cursor, index: foreignKey.childIndex, to: childKey)
        try apply(foreignKey, frame.foreignKey, child, childKey.bytes)
        found = try cursor.seekAfter(position.bytes)
      }
    }
  }

  private func apply(
    _ foreignKey: ForeignKeyPlan, _ reference: Int, _ child: TablePlan,
    _ key: UnsafeRawBufferPointer
  ) throws {
    switch foreignKey.schema.onDelete {
    case .cascade, .restrict:
      guard try removeOne(child, key: key, isFirst: false) else {
        throw transaction.indexDamage(child, foreignKey.childIndex)
      }
    case .setNull, .setDefault:
      let usesDefault = foreignKey.schema.onDelete == .setDefault
      try transaction.resetReference(reference, childKey: key, toDefault: usesDefault)
      changed[child.position] += 1
      if usesDefault { defaulted.append((reference, Array(key))) }
    }
  }
}
