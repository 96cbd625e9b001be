/// Reads the rows of a source, one after the other.
protocol ImportReader: AnyObject {
  /// The line on which the row of the last `next` begins, from 1.
  var line: Int { get }

  /// Moves to the next row; false at the end.
  ///
  /// - Throws: ``ImportFault`` when this row cannot be read but the ones after it can; any other
  ///   error ends the load.
  func next() throws -> Bool

  /// Gives the columns that the row names to a row in the making.
  ///
  /// - Parameter keepsKey: Whether the columns of the primary key are left as they are.
  func assign(to row: RowAssembler, keepsKey: Bool) throws
}

/// A row that cannot be read, while the ones after it can.
struct ImportFault: Error {
  var column: String?
  var reason: String

  /// The fault as the refusal of a row.
  func refusal(_ schema: TableSchema) -> DatabaseError {
    let place = column.map { "\(schema.name).\($0)" } ?? schema.name
    return DatabaseError(
      .typeMismatch, "\(place): \(reason)", table: schema.name,
      columns: column.map { [$0] } ?? [])
  }
}

extension ImportFault {
  /// A value that is not of its column's type.
  static func unreadable(_ schema: TableSchema, _ ordinal: Int, _ what: String) -> DatabaseError {
    let column = schema.columns[ordinal]
    return DatabaseError(
      .typeMismatch, "\(schema.name).\(column.name): \(what)", table: schema.name,
      columns: [column.name])
  }
}
