#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// What a column takes when a new row gives no value.
enum ColumnDefault: Sendable {
  /// Null, or a refusal where null is not allowed.
  case null
  /// A constant.
  case value(Value)
  /// The moment of the transaction.
  case now
  /// The day of the transaction.
  case today
  /// A new uuid.
  case uuid
  /// A new uuid as text.
  case uuidText
  /// The next number.
  case automatic

  init(_ column: ColumnSchema) throws {
    if column.autoincrement {
      self = .automatic
      return
    }
    if column.automatic != nil {
      self = .now
      return
    }
    switch column.defaultValue {
    case nil: self = .null
    case .now: self = .now
    case .today: self = .today
    case .uuid: self = column.type == .text ? .uuidText : .uuid
    case .constant(let constant):
      guard let value = constant.value(as: column.type) else {
        throw CatalogEntry.damaged("a default is not of its column's type")
      }
      self = .value(value)
    }
  }

  /// The value for a new row; numbers are given out by the table.
  func value(now: Timestamp) -> Value {
    switch self {
    case .null, .automatic: .null
    case .value(let value): value
    case .now: .timestamp(now)
    case .today: .date(now.date)
    case .uuid: .uuid(UUID())
    case .uuidText: .text(UUID().uuidString.lowercased())
    }
  }
}
