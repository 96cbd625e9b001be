extension Transaction {
  /// Visits the rows of a table that match, in place.
  ///
  /// - Parameters:
  ///   - filter: keeps the rows for which it is true; nil keeps all.
  ///   - order: how the rows follow each other; empty is the order of the primary key, or of the
  ///     index that serves the filter.
  ///   - limit: the most rows; nil is all.
  ///   - offset: how many rows are left out first.
  ///   - body: gets each row; returning false ends the visit.
  /// - Complexity: `explain` tells whether an index or a scan of all rows answers it; a sort keeps
  ///   the keys of all matching rows, or of as many as the limit asks for.
  public func scan(
    _ table: Table, where filter: Expression? = nil, order: [OrderTerm] = [], limit: Int? = nil,
    offset: Int = 0, _ body: (VisitedRow) throws -> Bool
  ) throws {
    try ensureOpen()
    try reporting {
      var left = limit ?? .max
      var skip = max(offset, 0)
      guard left > 0 else { return }
      try visit(table.plan, where: filter, order: order, limit: limit, offset: skip) { row in
        if skip > 0 {
          skip -= 1
          return true
        }
        left -= 1
        let goesOn = try body(VisitedRow(view: row, table: table.plan))
        return goesOn && left > 0
      }
    }
  }

  /// Visits the rows of a table that match, in place.
  public func scan(
    _ table: String, where filter: Expression? = nil, order: [OrderTerm] = [],
    limit: Int? = nil, offset: Int = 0, _ body: (VisitedRow) throws -> Bool
  ) throws {
    try scan(
      try self.table(table), where: filter, order: order, limit: limit, offset: offset, body)
  }

  /// The rows of a table that match.
  public func rows(
    _ table: String, where filter: Expression? = nil, order: [OrderTerm] = [],
    limit: Int? = nil, offset: Int = 0
  ) throws -> [Row] {
    var rows: [Row] = []
    try scan(table, where: filter, order: order, limit: limit, offset: offset) { row in
      rows.append(try row.row())
      return true
    }
    return rows
  }

  /// How many rows match. Rows are looked at only where an index does not decide.
  public func count(_ table: String, where filter: Expression? = nil) throws -> Int {
    try count(try self.table(table), where: filter)
  }

  /// How many rows match.
  public func count(_ table: Table, where filter: Expression? = nil) throws -> Int {
    try ensureOpen()
    return try reporting {
      guard let filter else { return Int(clamping: try rowCount(table.plan)) }
      let bound = try table.plan.schema.bind(filter, now: now)
      let planner = try QueryPlanner(table.plan, where: bound, order: [], isLimited: false)
      return try QueryRun(self, table.plan, try planner.plan()).count()
    }
  }

  /// How a query would be answered: which index or scan, what is checked of each row, and whether
  /// rows are sorted.
  public func explain(
    _ table: String, where filter: Expression? = nil, order: [OrderTerm] = [], limit: Int? = nil
  ) throws -> String {
    try ensureOpen()
    return try reporting {
      let plan = try self.table(table).plan
      let bound = try filter.map { try plan.schema.bind($0, now: now) }
      let planner = try QueryPlanner(plan, where: bound, order: order, isLimited: limit != nil)
      return try planner.plan().explain(plan)
    }
  }

  /// Visits matching rows in order; `limit` and `offset` only tell how many a sort must keep.
  func visit(
    _ table: TablePlan, where filter: Expression?, order: [OrderTerm], limit: Int? = nil,
    offset: Int = 0, _ body: (RecordView) throws -> Bool
  ) throws {
    // An expression that does not fit the table is refused before any row is read.
    let bound = try filter.map { try table.schema.bind($0, now: now) }
    let planner = try QueryPlanner(table, where: bound, order: order, isLimited: limit != nil)
    let plan = try planner.plan()
    let run = try QueryRun(self, table, plan)
    guard let terms = plan.sort else { return try run.visitRows(body) }
    let wanted = limit.map { $0.addingReportingOverflow(offset) }
    let isFew = wanted.map { !$0.overflow && $0.partialValue < 1 << 24 } ?? false
    let sort = QuerySort(table, terms, wanted: isFew ? wanted?.partialValue : nil)
    try run.visitRows { row in
      try sort.add(row)
      return true
    }
    let second = try QueryRun(self, table, QueryPlan(access: .nothing))
    defer { second.close() }
    try sort.visitKeys { key in
      guard try second.loadRow(key) else { throw indexDamage(table, nil) }
      return try body(second.row)
    }
  }

  /// The number of rows of a table.
  func rowCount(_ table: TablePlan) throws -> UInt64 {
    if let writing = self as? WriteTransaction { return try writing.writer(table).counters.rows }
    return try TableCounters.load(table.entry.id, in: pages).rows
  }
}

extension WriteTransaction {
  /// Deletes the rows that match, with all that their references demand, as one statement.
  ///
  /// - Parameter dryRun: only counts what would go; nothing is changed.
  @discardableResult
  public func delete(
    from table: String, where filter: Expression?, dryRun: Bool = false
  ) throws -> DeleteCounts {
    let plan = try self.table(table).plan
    let keys = SortedEntries()
    try reporting {
      try visit(plan, where: filter, order: []) { row in
        keys.add(row.key, tag: 0)
        return true
      }
    }
    keys.sort()
    return try deleting(from: plan, dryRun: dryRun) { statement in
      for rank in 0..<keys.count { _ = try statement.remove(plan, key: keys.key(rank)) }
    }
  }
}
