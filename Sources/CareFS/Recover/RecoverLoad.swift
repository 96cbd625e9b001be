import BTree
import PageStore

/// Puts the rows of a salvage store into a new database, as far as its constraints hold.
final class RecoverLoad {
  private let source: Transaction
  private let target: WriteTransaction
  private let events: RecoverEvents
  private(set) var tables: [RecoverReport.Table]

  init(
    from source: Transaction, to target: WriteTransaction, _ tables: [RecoverReport.Table],
    _ events: RecoverEvents
  ) {
    self.source = source
    self.target = target
    self.tables = tables
    self.events = events
  }

  /// - Parameter nextKeys: the automatic key that came next in each table, as far as it is known.
  func run(nextKeys: [Int64?]) throws {
    for (position, next) in nextKeys.enumerated() {
      try load(position)
      let writer = try target.writer(target.plan.tables[position])
      // The keys of lost rows are not given out again.
      if let next, writer.plan.automaticKey != nil {
        writer.noteKey(next == .min ? .max : next - 1)
      }
    }
    try dropOrphans()
  }

  // MARK: Rows

  private func load(_ position: Int) throws {
    let from = source.plan.tables[position]
    let writer = try target.writer(target.plan.tables[position])
    let view = try source.makeView(from)
    let cursor = from.rows.cursor(in: source.pages)
    defer { cursor.close() }
    var found = try cursor.seekFirst()
    while found {
      do {
        try view.load(key: cursor.key, row: try cursor.loadValue())
        try load(view, writer, position)
      } catch let error as RowError {
        tables[position].unreadable += 1
        try tell(position, "the row is damaged: \(error)", row: "{}")
      }
      let done = tables[position].saved + tables[position].refused
      if done & 1023 == 0 { try events.progress?(from.schema.name, done) }
      found = try cursor.next()
    }
  }

  private func load(_ view: RecordView, _ writer: TableWriter, _ position: Int) throws {
    var readable: [Int] = []
    var damage: String?
    writer.assembler.begin()
    for ordinal in writer.plan.types.indices {
      do {
        try writer.assembler.set(ordinal, try view.verifiedValue(ordinal))
        readable.append(ordinal)
      } catch {
        let name = writer.plan.schema.columns[ordinal].name
        damage = damage ?? "column \(name) cannot be read"
      }
    }
    do {
      if let damage { throw DatabaseError(.typeMismatch, damage) }
      try writer.insert(checksReferences: false)
      tables[position].saved += 1
    } catch let error as DatabaseError where error.isRefusal {
      tables[position].refused += 1
      try tell(position, error.message, row: try json(view, writer.plan, readable))
    }
  }

  private func json(_ view: RecordView, _ table: TablePlan, _ columns: [Int]) throws -> String {
    let out = ByteBuffer()
    guard !columns.isEmpty else { return "{}" }
    try RecordPrinter(table.schema, columns: columns).appendJSON(view, oneLine: true, to: out)
    return RawBytes.string(out.bytes)
  }

  private func tell(_ position: Int, _ reason: String, row: String) throws {
    try events.refused?(
      RecoverRefusal(table: tables[position].name, reason: reason, row: row))
  }

  // MARK: References

  /// A row whose reference has to be looked at.
  private struct Child {
    var reference: Int
    var key: [UInt8]
  }

  /// Takes rows out that refer to lost ones, and then those that refer to them.
  private func dropOrphans() throws {
    var waiting: [Child] = []
    for table in target.plan.tables where !table.outgoing.isEmpty {
      try events.progress?("references of \(table.schema.name)", 0)
      try findOrphans(table, &waiting)
    }
    while let child = waiting.popLast() {
      let foreignKey = target.plan.foreignKeys[child.reference]
      let writer = try target.writer(target.plan.tables[foreignKey.child])
      let isThere = try child.key.withUnsafeBytes { try writer.load($0) }
      guard isThere, try !target.hasParent(foreignKey, of: writer.old) else { continue }
      try findChildren(writer, &waiting)
      let all = Array(writer.plan.types.indices)
      let row = try json(writer.old, writer.plan, all)
      try writer.removeOld()
      let position = writer.plan.position
      tables[position].saved -= 1
      tables[position].refused += 1
      try tell(position, target.missingParent(foreignKey).message, row: row)
    }
  }

  private func findOrphans(_ table: TablePlan, _ waiting: inout [Child]) throws {
    let writer = try target.writer(table)
    let cursor = table.rows.cursor(in: target.pages)
    defer { cursor.close() }
    var found = try cursor.seekFirst()
    while found {
      if try writer.load(cursor.key) {
        for reference in table.outgoing
        where try !target.hasParent(target.plan.foreignKeys[reference], of: writer.old) {
          waiting.append(Child(reference: reference, key: Array(cursor.key)))
        }
      }
      found = try cursor.next()
    }
  }

  /// Notes the rows that refer to the loaded one.
  private func findChildren(_ writer: TableWriter, _ waiting: inout [Child]) throws {
    let prefix = KeyEncoder()
    let key = ByteBuffer(capacity: 64)
    for reference in writer.plan.incoming {
      let foreignKey = target.plan.foreignKeys[reference]
      let child = target.plan.tables[foreignKey.child]
      prefix.clear()
      guard try prefix.append(foreignKey.prefix, of: writer.old) else { continue }
      let cursor = try target.cursor(child, index: foreignKey.childIndex)
      var isThere = try cursor.seek(prefix.key)
      while isThere, RawBytes.hasPrefix(cursor.key, prefix.key) {
        key.clear()
        try child.appendKey(from: cursor, index: foreignKey.childIndex, to: key)
        waiting.append(Child(reference: reference, key: key.array))
        isThere = try cursor.next()
      }
    }
  }
}

extension RecordView {
  /// The value of a column, of which texts and documents are looked at whether they are what they
  /// must be.
  fileprivate func verifiedValue(_ ordinal: Int) throws -> Value {
    let value = try value(ordinal)
    switch value {
    case .text:
      guard String(validating: try bytes(ordinal), as: UTF8.self) != nil else {
        throw RowError.corrupt("a text is not UTF-8")
      }
    case .json: try JSONScanner.validate(try bytes(ordinal))
    case .any(.json): try JSONScanner.validate(try AnyField(try bytes(ordinal)).content)
    default: break
    }
    return value
  }
}
