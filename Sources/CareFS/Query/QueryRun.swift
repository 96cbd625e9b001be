import BTree
import PageStore

/// Visits the rows of a query one after the other, in place.
final class QueryRun {
  private let transaction: Transaction
  private let table: TablePlan
  private let plan: QueryPlan
  private let residual: BoundExpression?
  private let context: EvaluationContext
  /// The row that is visited.
  let row: RecordView
  /// Keys of rows that were visited, where rows may repeat.
  private var seen: Set<[UInt8]> = []
  /// Finds the rows of index entries.
  private var rowCursor: TreeCursor?

  init(_ transaction: Transaction, _ table: TablePlan, _ plan: QueryPlan) throws {
    self.transaction = transaction
    self.table = table
    self.plan = plan
    residual = try plan.residual.map { try table.schema.bind($0, now: transaction.now) }
    context = EvaluationContext()
    row = try transaction.makeView(table)
  }

  /// Visits the matching rows in the order of the access until `body` returns false. The row is
  /// valid until `body` returns or changes the table.
  func visitRows(_ body: (RecordView) throws -> Bool) throws {
    defer { close() }
    switch plan.access {
    case .nothing: return
    case .rows(let ranges):
      let cursor = table.rows.cursor(in: transaction.pages)
      defer { cursor.close() }
      row.cursor = cursor
      try visit(cursor, ranges) {
        try row.load(row: try cursor.loadValue())
        return try pass(body)
      }
    case .index(let index, let ranges):
      try transaction.willLookAtIndexes()
      let cursor = table.indexes[index].tree.tree.cursor(in: transaction.pages)
      defer { cursor.close() }
      // A body that may change the table sees each row as it is then.
      guard transaction is ReadTransaction else {
        return try visit(cursor, ranges) {
          let key = try table.rowKey(entry: cursor.key, value: cursor.value, index: index)
          return try isRepeated(key) || visitRow(key, index, body)
        }
      }
      let lookup = TreeLookup(table.rows, in: transaction.pages)
      if plan.isReversed || plan.mayRepeat {
        var goesOn = true
        try visit(cursor, ranges) {
          let key = try table.rowKey(entry: cursor.key, value: cursor.value, index: index)
          if isRepeated(key) { return true }
          lookup.add(key)
          if lookup.count < lookup.wanted { return true }
          goesOn = try visitFound(lookup, index, body)
          return goesOn
        }
        if goesOn { _ = try visitFound(lookup, index, body) }
      } else {
        for range in ranges {
          guard try visitForwards(cursor, range, lookup, index, body) else { return }
        }
        _ = try visitFound(lookup, index, body)
      }
    }
  }

  /// Whether a row has come before, where rows may come again.
  private func isRepeated(_ key: UnsafeRawBufferPointer) -> Bool {
    plan.mayRepeat && !seen.insert(Array(key)).inserted
  }

  /// Visits the rows that the entries in a range lead to, of which some remain to be looked up then.
  private func visitForwards(
    _ cursor: TreeCursor, _ range: KeyRange, _ lookup: TreeLookup, _ index: Int,
    _ body: (RecordView) throws -> Bool
  ) throws -> Bool {
    let own = table.ownPart(ofEntriesUnder: range.lower, index: index)
    let hasUpper = range.upper != nil
    let upper = range.upper ?? []
    return try range.lower.withUnsafeBytes { lower in
      try upper.withUnsafeBytes { upper in
        var found = lower.isEmpty ? try cursor.seekFirst() : try cursor.seek(lower)
        while found {
          let entry = cursor.key
          guard !hasUpper || RawBytes.compare(entry, upper) < 0 else { return true }
          if own > 0, entry.count >= own, RawBytes.hasPrefix(entry, lower) {
            lookup.add(UnsafeRawBufferPointer(rebasing: entry[own...]))
          } else {
            lookup.add(try table.rowKey(entry: entry, value: cursor.value, index: index))
          }
          if lookup.count >= lookup.wanted {
            guard try visitFound(lookup, index, body) else { return false }
          }
          found = try cursor.next()
        }
        return true
      }
    }
  }

  /// Visits the row that an entry of an index leads to.
  private func visitRow(
    _ key: UnsafeRawBufferPointer, _ index: Int, _ body: (RecordView) throws -> Bool
  ) throws -> Bool {
    guard try loadRow(key) else { throw transaction.indexDamage(table, index) }
    return try pass(body)
  }

  /// Visits the rows that entries of an index lead to, which are looked up together.
  private func visitFound(
    _ lookup: TreeLookup, _ index: Int, _ body: (RecordView) throws -> Bool
  ) throws -> Bool {
    try lookup.find()
    for place in 0..<lookup.count {
      let goesOn: Bool
      switch lookup.outcome(place) {
      case .absent: throw transaction.indexDamage(table, index)
      case .value(let bytes):
        try row.load(key: lookup.key(place), row: bytes)
        goesOn = try pass(body)
      case .long: goesOn = try visitRow(lookup.key(place), index, body)
      }
      guard goesOn else { return false }
    }
    lookup.clear()
    return true
  }

  /// How many rows match, without looking at rows where the access alone decides.
  func count() throws -> Int {
    var count = 0
    guard residual == nil, !plan.mayRepeat else {
      try visitRows { _ in
        count += 1
        return true
      }
      return count
    }
    let tree: Tree
    let keys: [KeyRange]
    switch plan.access {
    case .nothing: return 0
    case .rows(let ranges): (tree, keys) = (table.rows, ranges)
    case .index(let index, let ranges):
      try transaction.willLookAtIndexes()
      (tree, keys) = (table.indexes[index].tree.tree, ranges)
    }
    let cursor = tree.cursor(in: transaction.pages)
    defer { cursor.close() }
    try visit(cursor, keys) {
      count += 1
      return true
    }
    return count
  }

  /// Gives the pages that it holds back.
  func close() {
    rowCursor?.close()
    rowCursor = nil
  }

  @inline(__always)
  private func pass(_ body: (RecordView) throws -> Bool) throws -> Bool {
    if let residual, try !context.isTrue(residual, row) { return true }
    return try body(row)
  }

  /// Looks at the row with a primary key; false when there is none.
  func loadRow(_ key: UnsafeRawBufferPointer) throws -> Bool {
    let cursor = rowCursor ?? table.rows.cursor(in: transaction.pages)
    rowCursor = cursor
    guard try cursor.seek(key), RawBytes.equal(cursor.key, key) else { return false }
    try row.load(key: cursor.key, row: try cursor.loadValue())
    return true
  }

  /// Moves a cursor over the entries of the ranges until `body` returns false.
  private func visit(
    _ cursor: TreeCursor, _ ranges: [KeyRange], _ body: () throws -> Bool
  ) throws {
    for range in plan.isReversed ? ranges.reversed() : ranges {
      let goesOn =
        plan.isReversed
        ? try visitBackwards(cursor, range, body) : try visitForwards(cursor, range, body)
      guard goesOn else { return }
    }
  }

  private func visitForwards(
    _ cursor: TreeCursor, _ range: KeyRange, _ body: () throws -> Bool
  ) throws -> Bool {
    var found =
      range.lower.isEmpty
      ? try cursor.seekFirst() : try range.lower.withUnsafeBytes { try cursor.seek($0) }
    guard let upper = range.upper else {
      while found {
        guard try body() else { return false }
        found = try cursor.next()
      }
      return true
    }
    return try upper.withUnsafeBytes { upper in
      while found, RawBytes.compare(cursor.key, upper) < 0 {
        guard try body() else { return false }
        found = try cursor.next()
      }
      return true
    }
  }

  private func visitBackwards(
    _ cursor: TreeCursor, _ range: KeyRange, _ body: () throws -> Bool
  ) throws -> Bool {
    var found: Bool
    if let upper = range.upper {
      found = try upper.withUnsafeBytes { try cursor.seekBefore($0) }
    } else {
      found = try cursor.seekLast()
    }
    return try range.lower.withUnsafeBytes { lower in
      while found, RawBytes.compare(cursor.key, lower) >= 0 {
        guard try body() else { return false }
        found = try cursor.previous()
      }
      return true
    }
  }
}
