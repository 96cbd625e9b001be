/// The columns that an expression may name.
struct ExpressionScope {
  /// The table's name.
  let table: String
  private let columns: [(name: String, shape: ColumnShape)]
  /// By the UTF-8 of the name, because Swift takes different spellings of a letter for equal.
  private let ordinals: [[UInt8]: Int]

  /// - Parameter columns: the columns by ordinal.
  init(table: String, columns: [(name: String, shape: ColumnShape)]) {
    self.table = table
    self.columns = columns
    ordinals = Dictionary(
      columns.enumerated().map { (Array($1.name.utf8), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The ordinal of a column; nil if there is none of that name.
  func ordinal(_ name: String) -> Int? { ordinals[Array(name.utf8)] }

  func name(_ ordinal: Int) -> String { columns[ordinal].name }

  func shape(_ ordinal: Int) -> ColumnShape { columns[ordinal].shape }

  /// What a name stands for: a column and the steps that are left.
  func resolve(_ name: Expression.Name) throws -> (ordinal: Int, steps: [JSONPath.Segment]) {
    let ordinal: Int
    let steps: [JSONPath.Segment]
    if let column = self.ordinal(name.head) {
      (ordinal, steps) = (column, name.rest)
    } else if Value.equalBytes(name.head, table), case .member(let member)? = name.rest.first {
      guard let column = self.ordinal(member) else { throw unknown(member) }
      (ordinal, steps) = (column, Array(name.rest.dropFirst()))
    } else {
      throw unknown(name.head)
    }
    guard steps.isEmpty || [.json, .any].contains(shape(ordinal).type) else {
      throw DatabaseError.misfit(
        "column \"\(self.name(ordinal))\" of table \"\(table)\" is \(shape(ordinal).type.name): "
          + "only json columns have paths", table: table, columns: [self.name(ordinal)])
    }
    return (ordinal, steps)
  }

  private func unknown(_ column: String) -> DatabaseError {
    DatabaseError(
      .invalidExpression, "no column \"\(column)\" in table \"\(table)\"", table: table,
      columns: [column])
  }
}

extension TableSchema {
  /// Binds a condition to the columns of the table: a filter, a check, or the condition of a partial
  /// index.
  ///
  /// - Parameters:
  ///   - now: the moment of the transaction, for `now()` and `today()`; nil where a result must not
  ///     change by itself: in checks, partial indexes and rollups.
  /// - Throws: ``DatabaseError`` of code `invalidExpression` for an unknown name, a literal that is
  ///   not of the type of what it meets, values that do not go together, and what is no condition.
  func bind(_ condition: Expression, now: Timestamp? = nil) throws -> BoundExpression {
    var binder = ExpressionBinder(scope: expressionScope, now: now)
    return try binder.condition(condition)
  }

  /// Binds an expression of any type to the columns of the table, as ``bind(_:now:)`` does.
  func bind(value expression: Expression, now: Timestamp? = nil) throws -> BoundExpression {
    var binder = ExpressionBinder(scope: expressionScope, now: now)
    return try binder.value(expression)
  }

  private var expressionScope: ExpressionScope {
    ExpressionScope(
      table: name,
      columns: columns.map {
        ($0.name, ColumnShape($0.type, nullable: $0.nullable, collation: $0.collation))
      })
  }
}
