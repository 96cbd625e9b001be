extension DatabaseError.Code {
  /// The result of arithmetic does not fit its type.
  public static let arithmeticOverflow = DatabaseError.Code("arithmeticOverflow")
  /// A division by zero.
  public static let divisionByZero = DatabaseError.Code("divisionByZero")
}

extension DatabaseError {
  /// A text that is not an expression. `offset` counts Unicode scalars from 1.
  static func syntax(_ message: String, at offset: Int) -> DatabaseError {
    DatabaseError(.invalidExpression, "expression, character \(offset): \(message)")
  }

  /// An expression that does not fit its table.
  static func misfit(
    _ message: String, table: String? = nil, columns: [String] = []
  ) -> DatabaseError {
    DatabaseError(.invalidExpression, message, table: table, columns: columns)
  }
}
