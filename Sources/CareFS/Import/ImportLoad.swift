/// Loads the rows of one source into one table, batch by batch.
///
/// References within the table are looked at when the batch is complete, so rows may refer to
/// later ones; rows that then refer to nothing are taken out again, and after them those that
/// referred to them. References to other tables cannot be mended by later rows of this source and
/// are looked at at once.
final class ImportLoad {
  private let table: String
  private let reader: any ImportReader
  private let options: ImportOptions
  private let events: ImportEvents
  private(set) var report = ImportReport()
  private(set) var isAtEnd = false

  /// References of inserted rows to rows of the same table that were not there yet.
  private var pending: [Pending] = []
  /// The lines of the rows inserted in this batch, by primary key; kept only where a row can be
  /// rejected for the sake of another.
  private var lines: [[UInt8]: Int] = [:]
  /// The primary keys that the source had so far; kept only for `replace`.
  private var seen: Set<[UInt8]> = []

  private struct Pending {
    var reference: Int
    var key: [UInt8]
    var line: Int
  }

  init(
    table: String, reader: any ImportReader, options: ImportOptions, events: ImportEvents
  ) {
    self.table = table
    self.reader = reader
    self.options = options
    self.events = events
  }

  /// Loads up to `limit` rows and makes their references whole.
  func batch(_ transaction: WriteTransaction, limit: Int) throws {
    let plan = try transaction.table(table).plan
    if events.rejected == nil, options.onConflict == .fail {
      try insertAll(transaction, plan, limit: limit)
    } else {
      try insertEach(transaction, plan, limit: limit)
    }
  }

  /// Inserts rows one after the other, so that each can be refused by itself.
  private func insertEach(
    _ transaction: WriteTransaction, _ plan: TablePlan, limit: Int
  ) throws {
    let step = Step(
      transaction: transaction, plan: plan, writer: try transaction.writer(plan),
      own: plan.outgoing.filter { transaction.plan.foreignKeys[$0].parent == plan.position },
      others: plan.outgoing.filter { transaction.plan.foreignKeys[$0].parent != plan.position })
    pending.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    var rows = 0
    while rows < limit {
      do {
        report.read += 1
        guard try reader.next() else {
          report.read -= 1
          isAtEnd = true
          break
        }
        rows += 1
        try load(step)
      } catch let fault as ImportFault {
        try reject(reader.line, fault.refusal(plan.schema), column: fault.column)
      } catch let error as DatabaseError where error.isRefusal {
        try reject(reader.line, error, column: nil)
      }
      if report.read & 1023 == 0 { try events.progress?(report.read) }
    }
    try settle(step)
  }

  /// What one batch works with.
  private struct Step {
    let transaction: WriteTransaction
    let plan: TablePlan
    let writer: TableWriter
    /// References to the same table.
    let own: [Int]
    /// References to other tables.
    let others: [Int]
  }

  private func load(_ step: Step) throws {
    let row = step.writer.assembler
    row.begin()
    try reader.assign(to: row, keepsKey: false)
    if options.onConflict == .replace, try replace(step) { return }
    do {
      try step.writer.insert(checksReferences: false)
    } catch DatabaseError.Code.uniqueViolation where options.onConflict == .skip {
      report.skipped += 1
      return
    }
    let key = Array(row.key.key)
    for reference in step.others {
      let foreignKey = step.transaction.plan.foreignKeys[reference]
      if try !step.transaction.hasParent(foreignKey, of: step.writer.draft) {
        try remove(key, step)
        throw step.transaction.missingParent(foreignKey)
      }
    }
    for reference in step.own {
      let foreignKey = step.transaction.plan.foreignKeys[reference]
      if try !step.transaction.hasParent(foreignKey, of: step.writer.draft) {
        pending.append(Pending(reference: reference, key: key, line: reader.line))
      }
    }
    if !step.own.isEmpty, events.rejected != nil { lines[key] = reader.line }
    report.inserted += 1
  }

  /// Updates the row with the same primary key; false when there is none.
  private func replace(_ step: Step) throws -> Bool {
    let writer = step.writer
    _ = try writer.assembler.finish(writer)
    let key = Array(writer.assembler.key.key)
    guard seen.insert(key).inserted else {
      throw DatabaseError(
        .uniqueViolation,
        "\(table).\(step.plan.schema.primaryKey.joined(separator: ", ")): "
          + "the source has a row with this primary key already",
        table: table, columns: step.plan.schema.primaryKey)
    }
    guard try key.withUnsafeBytes({ try writer.load($0) }) else { return false }
    try writer.beginUpdate()
    try reader.assign(to: writer.assembler, keepsKey: true)
    try writer.update()
    report.replaced += 1
    return true
  }

  private func remove(_ key: [UInt8], _ step: Step) throws {
    guard try key.withUnsafeBytes({ try step.writer.load($0) }) else { return }
    try step.writer.removeOld()
  }
}

extension ImportLoad {
  /// Inserts rows as one statement, which is faster: the first bad row refuses them all.
  private func insertAll(
    _ transaction: WriteTransaction, _ plan: TablePlan, limit: Int
  ) throws {
    var lines: [Int] = []
    do {
      report.inserted += try transaction.insertBatch(plan) { row in
        guard lines.count < limit else { return false }
        guard try reader.next() else {
          isAtEnd = true
          return false
        }
        lines.append(reader.line)
        report.read += 1
        if report.read & 1023 == 0 { try events.progress?(report.read) }
        try reader.assign(to: row, keepsKey: false)
        return true
      }
    } catch let fault as ImportFault {
      try reject(reader.line, fault.refusal(plan.schema), column: fault.column)
    } catch let error as DatabaseError where error.isRefusal {
      let element = error.element ?? lines.count
      try reject(element < lines.count ? lines[element] : reader.line, error, column: nil)
    }
  }

  /// Takes out the rows that still refer to nothing, and after them those that referred to them.
  private func settle(_ step: Step) throws {
    while !pending.isEmpty {
      let round = pending.sorted { $0.line < $1.line }
      pending.removeAll()
      for item in round {
        let foreignKey = step.transaction.plan.foreignKeys[item.reference]
        let isLoaded = try item.key.withUnsafeBytes { try step.writer.load($0) }
        guard isLoaded, try !step.transaction.hasParent(foreignKey, of: step.writer.old) else {
          continue
        }
        let children = try children(step)
        try remove(item.key, step)
        report.inserted -= 1
        try reject(item.line, step.transaction.missingParent(foreignKey), column: nil)
        for (reference, key) in children where key != item.key {
          guard let line = lines[key] else {
            throw step.transaction.missingParent(step.transaction.plan.foreignKeys[reference])
          }
          pending.append(Pending(reference: reference, key: key, line: line))
        }
      }
    }
  }

  /// The rows that refer to the loaded row.
  private func children(_ step: Step) throws -> [(reference: Int, key: [UInt8])] {
    var found: [(reference: Int, key: [UInt8])] = []
    let prefix = KeyEncoder()
    let key = ByteBuffer(capacity: 64)
    for reference in step.own {
      let foreignKey = step.transaction.plan.foreignKeys[reference]
      prefix.clear()
      guard try prefix.append(foreignKey.prefix, of: step.writer.old) else { continue }
      let cursor = try step.transaction.cursor(step.plan, index: foreignKey.childIndex)
      var isThere = try cursor.seek(prefix.key)
      while isThere, RawBytes.hasPrefix(cursor.key, prefix.key) {
        key.clear()
        try step.plan.appendKey(from: cursor, index: foreignKey.childIndex, to: key)
        found.append((reference, key.array))
        isThere = try cursor.next()
      }
    }
    return found
  }

  /// Reports a refused row, or refuses the whole load where no one takes reports.
  private func reject(_ line: Int, _ error: DatabaseError, column: String?) throws {
    guard let rejected = events.rejected else {
      var error = error
      error.message = "line \(line): \(error.message)"
      throw error
    }
    report.rejected += 1
    let columns = column ?? (error.columns.isEmpty ? nil : error.columns.joined(separator: ","))
    try rejected(ImportRejection(line: line, column: columns, reason: error.message))
  }
}

extension Database {
  /// Loads the rows of a source into a table.
  ///
  /// All rows are one transaction, or as many as ``ImportOptions/batchRows`` says. Constraints
  /// hold at the end of each transaction, so rows may refer to later rows of the same one. Of
  /// rows with the same key in one source the first stays.
  ///
  /// - Throws: without ``ImportEvents/rejected`` the error of the first refused row, its line in
  ///   front; nothing of the transaction is kept.
  public func importRows(
    into table: String, from source: any ByteSource, _ options: ImportOptions,
    events: ImportEvents = ImportEvents()
  ) throws -> ImportReport {
    guard let wanted = schema.table(table) else {
      throw DatabaseError(
        .notFound, "there is no table \"\(table)\"; see carefs schema", table: table)
    }
    let reader = try ImportSource.reader(source, wanted, options)
    let load = ImportLoad(table: table, reader: reader, options: options, events: events)
    repeat {
      try write { try load.batch($0, limit: options.batchRows ?? .max) }
      if options.batchRows != nil { try events.committed?(load.report.loaded) }
    } while !load.isAtEnd
    return load.report
  }
}
