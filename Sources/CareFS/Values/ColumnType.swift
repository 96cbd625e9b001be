/// The type of a column. The raw values are stored in files.
public enum ColumnType: UInt8, Sendable, Hashable, CaseIterable {
  /// A signed 64-bit integer.
  case int = 1
  /// A 64-bit floating-point number.
  case double
  /// A truth value.
  case bool
  /// UTF-8 text.
  case text
  /// Bytes.
  case bytes
  /// A day of the proleptic Gregorian calendar.
  case date
  /// A time of day, to the microsecond.
  case time
  /// A moment in UTC, to the microsecond.
  case timestamp
  /// A uuid.
  case uuid
  /// An exact decimal number that keeps its digits.
  case decimal
  /// A JSON document, kept byte for byte.
  case json
  /// A JSON document, text, number or truth value that remembers which it is.
  case any

  /// The name in schemas: the case's own.
  public var name: String {
    switch self {
    case .int: "int"
    case .double: "double"
    case .bool: "bool"
    case .text: "text"
    case .bytes: "bytes"
    case .date: "date"
    case .time: "time"
    case .timestamp: "timestamp"
    case .uuid: "uuid"
    case .decimal: "decimal"
    case .json: "json"
    case .any: "any"
    }
  }
}
