extension Transaction {
  /// Visits the records that match, in place.
  ///
  /// - Parameters:
  ///   - filter: keeps the records for which it is true; nil keeps all.
  ///   - order: how the records follow each other; empty is the order of the primary key, or of the
  ///     index that serves the filter.
  ///   - limit: the most records; nil is all.
  /// - Complexity: as `explain` tells: an index, or a scan of all rows.
  public func forEach<R: Record>(
    _ type: R.Type, where filter: Expression?, order: [OrderTerm] = [], limit: Int? = nil,
    _ body: (RecordRow) throws -> Void
  ) throws {
    try ensureOpen()
    try reporting {
      var left = limit ?? .max
      guard left > 0 else { return }
      let binding = try binding(type)
      try visit(binding.plan, where: filter, order: order, limit: limit) { view in
        left -= 1
        try body(RecordRow(view, binding))
        return left > 0
      }
    }
  }

  /// Visits the records that have a value in a column, in place.
  public func forEach<R: Record, V: RecordValue>(
    _ type: R.Type, where path: KeyPath<R, V>, is value: V, _ body: (RecordRow) throws -> Void
  ) throws {
    let column = Expression.name(Expression.Name(try R.schema.name(path)))
    let filter: Expression
    if value.columnValue.isNull {
      filter = .isNull(column, negated: false)
    } else if let literal = Expression.Literal(value.columnValue) {
      filter = .comparison(.equal, column, .literal(literal))
    } else {
      throw DatabaseError(
        .typeMismatch, "\(R.schema.name): a filter cannot be asked for this value",
        table: R.schema.name)
    }
    try forEach(type, where: filter, body)
  }

  /// The records that match, in an order.
  public func fetch<R: Record>(
    _ type: R.Type, where filter: Expression? = nil, order: [OrderTerm] = [], limit: Int? = nil
  ) throws -> [R] {
    var records: [R] = []
    try forEach(type, where: filter, order: order, limit: limit) { records.append(try R(row: $0)) }
    return records
  }

  /// The records that have a value in a column.
  public func fetch<R: Record, V: RecordValue>(
    _ type: R.Type, where path: KeyPath<R, V>, is value: V
  ) throws -> [R] {
    var records: [R] = []
    try forEach(type, where: path, is: value) { records.append(try R(row: $0)) }
    return records
  }
}
