import BTree

/// The row of a view and where the columns of a record lie in it, in memory apart from the view:
/// accesses to a class's variables may be checked at run time.
struct RecordFace {
  /// A column of a record.
  struct Column {
    /// Where it lies in rows.
    var field: RowField
    /// Its position in the table.
    var ordinal: Int32
    /// Its type.
    var type: ColumnType
    /// Whether the key holds it, and never as null.
    var isKey: Bool
  }

  /// The row.
  var row: RowView
  /// The columns of the record, in its order; `count` of them, which live as long as its binding.
  var columns: UnsafePointer<Column>?
  /// Their number.
  var count = 0
  /// The rows of the table, where an int alone is their key and goes upwards; else nil.
  var rowsByInt: Tree?

  init(row: RowView) { self.row = row }

  /// A column of the record.
  @inline(__always)
  func column(_ number: Int) -> Column? {
    guard number >= 0, number < count, let columns else { return nil }
    return columns[number]
  }

  /// An int in the usual row, with few tests; nil else.
  @inline(__always)
  func plainInt(_ number: Int) -> Int64? {
    guard let column = column(number), column.type == .int else { return nil }
    return row.plainInt(column.field)
  }

  /// The bytes of a text, or of another field of a type, in the same case.
  @inline(__always)
  func plainField(_ number: Int, _ type: ColumnType) -> UnsafeRawBufferPointer? {
    guard let column = column(number), column.type == type else { return nil }
    return row.plainField(column.field)
  }
}
