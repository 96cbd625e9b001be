#if canImport(FoundationEssentials)
  public import struct FoundationEssentials.UUID
#else
  public import struct Foundation.UUID
#endif

/// The value of a column in a row.
///
/// Two values are equal when their types and bytes are: texts are never normalised, and decimals
/// go by value, so `1.00` equals `1.0`.
public enum Value: Sendable {
  /// No value.
  case null
  /// A signed integer of 64 bits.
  case int(Int64)
  /// A binary floating-point number.
  case double(Double)
  /// True or false.
  case bool(Bool)
  /// A text.
  case text(String)
  /// Raw bytes.
  case bytes([UInt8])
  /// A calendar day.
  case date(CalendarDate)
  /// A time of day.
  case time(TimeOfDay)
  /// A moment in UTC.
  case timestamp(Timestamp)
  /// A universally unique identifier.
  case uuid(UUID)
  /// An exact decimal number.
  indirect case decimal(ExactDecimal)
  /// A JSON document.
  case json(JSON)
  /// A value that remembers its kind.
  case any(AnyValue)

  /// The type; nil for null.
  public var type: ColumnType? {
    switch self {
    case .null: nil
    case .int: .int
    case .double: .double
    case .bool: .bool
    case .text: .text
    case .bytes: .bytes
    case .date: .date
    case .time: .time
    case .timestamp: .timestamp
    case .uuid: .uuid
    case .decimal: .decimal
    case .json: .json
    case .any: .any
    }
  }

  /// Whether there is no value.
  public var isNull: Bool {
    if case .null = self { return true }
    return false
  }
}
