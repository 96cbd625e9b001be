/// What is wrong with a row, a key or a value that is put into one.
enum RowError: Error, Equatable {
  /// The bytes do not follow the format; says which rule they break.
  case corrupt(String)
  /// A value of another type than the column's; nil stands for null.
  case typeMismatch(expected: ColumnType, found: ColumnType?)
  /// Whole JSON documents have no order.
  case notComparable
  /// The variable fields of a row take more than 2 GiB.
  case tooLarge
  /// The text or the bytes lie in a document, and there is no store to load it from.
  case noDocuments
}
