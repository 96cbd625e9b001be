/// Loads the rows of a dump into their tables, within one transaction.
///
/// References are looked at when all rows are there, since a dump may hold children before their
/// parents.
final class SQLLoad {
  let transaction: WriteTransaction
  let rows: SQLRows
  let options: SQLImportOptions
  let events: ImportEvents
  var report = ImportReport()
  /// References of rows to rows that were not there yet.
  var pending: [Pending] = []
  /// References of which so many waited that all their rows are looked at in the end.
  var unsure: Set<Int> = []
  /// The lines of the rows, by table and primary key; kept only where a row can be rejected for
  /// the sake of another.
  var lines: [Int: [[UInt8]: Int]] = [:]
  /// The primary keys that the dump had so far, by table; kept only for `replace`.
  private var seen: [Int: Set<[UInt8]>] = [:]

  struct Pending {
    var reference: Int
    var key: [UInt8]
    var line: Int
  }

  /// The most references that wait one by one; a multiple of what a dump in any sane order needs.
  private static let mostPending = 1 << 18
  /// The most rows that are inserted as one statement.
  private static let batchRows = 1 << 17

  init(
    _ transaction: WriteTransaction, _ rows: SQLRows, _ options: SQLImportOptions,
    _ events: ImportEvents
  ) {
    self.transaction = transaction
    self.rows = rows
    self.options = options
    self.events = events
  }

  /// Loads everything.
  func run() throws {
    try rows.advance()
    while let target = rows.target {
      if events.rejected == nil, options.onConflict == .fail {
        try insertBatch(target.plan)
      } else {
        try insertOne(target)
      }
    }
    transaction.postponed = nil
    try settle()
    for (table, last) in rows.sequences {
      let name = transaction.plan.schema.tables.first { SQLName.isSame($0.name, table) }?.name
      guard let plan = try name.map({ try transaction.plan.table($0) }), plan.automaticKey != nil
      else { continue }
      try transaction.writer(plan).noteKey(last)
    }
  }

  private func countRead() throws {
    report.read += 1
    if report.read & 1023 == 0 { try events.progress?(report.read) }
  }

  /// Inserts rows of one table that stand together as one statement: the first bad row refuses
  /// them all.
  private func insertBatch(_ plan: TablePlan) throws {
    var lines: [Int] = []
    transaction.postponed = { [unowned self] reference, key, element in
      guard pending.count < Self.mostPending else {
        unsure.insert(reference)
        return
      }
      let line = element < lines.count ? lines[element] : rows.line
      pending.append(Pending(reference: reference, key: Array(key), line: line))
    }
    do {
      report.inserted += try transaction.insertBatch(plan) { row in
        guard let target = rows.target, target.plan === plan, lines.count < Self.batchRows else {
          return false
        }
        lines.append(rows.line)
        try countRead()
        try rows.assign(target, to: row, keepsKey: false)
        try rows.advance()
        return true
      }
    } catch let fault as ImportFault {
      throw named(fault.refusal(plan.schema), rows.line)
    } catch let error as DatabaseError where error.isRefusal {
      let element = error.element ?? lines.count
      throw named(error, element < lines.count ? lines[element] : rows.line)
    }
  }

  func named(_ error: DatabaseError, _ line: Int) -> DatabaseError {
    var error = error
    error.message = "line \(line): \(error.message)"
    return error
  }

  /// Inserts a row by itself, so that it can be refused by itself.
  private func insertOne(_ target: SQLRows.Target) throws {
    let line = rows.line
    do {
      try countRead()
      try load(target, line)
    } catch let fault as ImportFault {
      try reject(line, fault.refusal(target.plan.schema), column: fault.column)
    } catch let error as DatabaseError where error.isRefusal {
      try reject(line, error)
    }
    try rows.advance()
  }

  private func load(_ target: SQLRows.Target, _ line: Int) throws {
    let plan = target.plan
    let writer = try transaction.writer(plan)
    writer.assembler.begin()
    try rows.assign(target, to: writer.assembler, keepsKey: false)
    let isNew = try options.onConflict != .replace || !replace(target, writer)
    if isNew {
      do {
        try writer.insert(checksReferences: false)
      } catch DatabaseError.Code.uniqueViolation where options.onConflict == .skip {
        report.skipped += 1
        return
      }
      report.inserted += 1
      if events.rejected != nil, !plan.outgoing.isEmpty {
        lines[plan.position, default: [:]][Array(writer.assembler.key.key)] = line
      }
    }
    for reference in plan.outgoing {
      let foreignKey = transaction.plan.foreignKeys[reference]
      guard try isNew && !transaction.hasParent(foreignKey, of: writer.draft) else { continue }
      let key = Array(writer.assembler.key.key)
      pending.append(Pending(reference: reference, key: key, line: line))
    }
  }

  /// Updates the row with the same primary key; false when there is none.
  private func replace(_ target: SQLRows.Target, _ writer: TableWriter) throws -> Bool {
    _ = try writer.assembler.finish(writer)
    let key = Array(writer.assembler.key.key)
    guard seen[target.plan.position, default: []].insert(key).inserted else {
      let names = target.plan.schema.primaryKey
      throw DatabaseError(
        .uniqueViolation,
        "\(target.plan.schema.name).\(names.joined(separator: ", ")): the dump has a row with this "
          + "primary key already", table: target.plan.schema.name, columns: names)
    }
    guard try key.withUnsafeBytes({ try writer.load($0) }) else { return false }
    try writer.beginUpdate()
    try rows.assign(target, to: writer.assembler, keepsKey: true)
    try writer.update()
    report.replaced += 1
    return true
  }

  /// Reports a refused row, or refuses the whole load where no one takes reports.
  func reject(_ line: Int, _ error: DatabaseError, column: String? = nil) throws {
    guard let rejected = events.rejected else { throw named(error, line) }
    report.rejected += 1
    let columns = column ?? (error.columns.isEmpty ? nil : error.columns.joined(separator: ","))
    try rejected(ImportRejection(line: line, column: columns, reason: error.message))
  }
}
