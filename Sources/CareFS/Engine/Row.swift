/// The names of a row's columns, shared by all rows of one query.
final class RowColumns: Sendable {
  let names: [String]
  private let positions: [String: Int]

  init(_ names: [String]) {
    self.names = names
    var positions: [String: Int] = [:]
    for (index, name) in names.enumerated() { positions[name] = index }
    self.positions = positions
  }

  func position(of name: String) -> Int? { positions[name] }
}

/// A row as names and values, for code that does not know the tables it reads.
public struct Row: Sendable {
  let shape: RowColumns
  /// The values, in the order of ``columns``.
  public var values: [Value]

  init(_ shape: RowColumns, _ values: [Value]) {
    self.shape = shape
    self.values = values
  }

  /// The names of the columns, in the schema's order.
  public var columns: [String] { shape.names }

  /// The value of a column; nil when there is no column of that name.
  public subscript(name: String) -> Value? {
    guard let position = shape.position(of: name), position < values.count else { return nil }
    return values[position]
  }

  /// The value of the column at a position, from 0.
  public subscript(position: Int) -> Value { values[position] }
}

extension Row: Equatable {
  /// Two rows are equal when their columns and values are.
  public static func == (a: Row, b: Row) -> Bool {
    a.shape.names == b.shape.names && a.values == b.values
  }
}
