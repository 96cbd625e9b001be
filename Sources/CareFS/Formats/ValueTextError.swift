/// Why a text or JSON value cannot become a value of a column's type.
///
/// It names the type and the form that it needs, never the text.
public struct ValueTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The column's type.
  public let type: ColumnType
  /// What is wrong and what would be right.
  public let reason: String

  init(_ type: ColumnType, _ reason: String) {
    self.type = type
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }

  /// The reason for a text that is not of the type's form.
  static func form(_ type: ColumnType) -> ValueTextError {
    switch type {
    case .int: ValueTextError(type, "not an integer")
    case .double: ValueTextError(type, "not a JSON number such as 0.5 or -1e3")
    case .bool: ValueTextError(type, "not true or false")
    case .text: ValueTextError(type, "not a text")
    case .bytes: ValueTextError(type, "not bytes in base64")
    case .date: ValueTextError(type, "not a date such as 2026-01-31")
    case .time: ValueTextError(type, "not a time such as 13:05:00")
    case .timestamp: ValueTextError(type, "not a time stamp such as 2026-01-31T13:05:00Z")
    case .uuid: ValueTextError(type, "not a UUID")
    case .decimal: ValueTextError(type, "not a decimal number of at most 76 digits")
    case .json, .any: ValueTextError(type, "not JSON")
    }
  }
}
