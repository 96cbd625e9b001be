/// A row that a query visits in place. Columns go by their position in the table's schema.
///
/// Valid only inside the closure that it was handed to, and until that closure changes the table.
public struct VisitedRow {
  let view: RecordView
  let table: TablePlan

  /// The number of columns.
  public var count: Int { table.types.count }

  /// The value of a column.
  public func value(_ column: Int) throws -> Value { try view.value(column) }

  /// The value of a column.
  public func value(_ name: String) throws -> Value { try view.value(try table.ordinal(name)) }

  /// Whether a column is null.
  public func isNull(_ column: Int) throws -> Bool { try view.isNull(column) }

  /// Calls a closure with the bytes of a text, bytes or json column, where they lie.
  public func withBytes<R>(
    _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    try body(try view.bytes(column))
  }

  /// The values of all columns.
  public func values() throws -> [Value] { try (0..<count).map { try view.value($0) } }

  /// The row as names and values.
  public func row() throws -> Row { try table.row(view) }

  /// The values of the primary key.
  public func key() throws -> [Value] { try table.layout.keyOrdinals.map { try view.value($0) } }
}
