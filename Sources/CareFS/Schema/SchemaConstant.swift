/// A constant in a schema: a default, an allowed value or a bound, as it stands in the schema's
/// JSON. It takes the type of its column when the schema is validated.
///
/// Numbers keep their text, so a decimal bound of `0.10` is exact.
public enum SchemaConstant: Sendable, Hashable {
  /// A text; also how dates, times, timestamps, uuids, decimals and base64 bytes are written.
  case text(String)
  /// A number, as its JSON text.
  case number(String)
  /// A truth value.
  case bool(Bool)
  /// A whole JSON document, for json columns.
  case json(String)
}

extension SchemaConstant: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  /// A text constant.
  public init(stringLiteral value: String) { self = .text(value) }
  /// An integer constant.
  public init(integerLiteral value: Int64) { self = .number(String(value)) }
  /// A floating-point constant, in its shortest exact form.
  public init(floatLiteral value: Double) { self = .number(String(value)) }
  /// A truth constant.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

/// The value that a column takes when a new row gives none.
public enum DefaultValue: Sendable, Hashable {
  /// The same value for each row.
  case constant(SchemaConstant)
  /// The moment of the transaction, for timestamps.
  case now
  /// The UTC day of the transaction, for dates.
  case today
  /// A new random uuid for each row, for uuid and text columns.
  case uuid
}

extension DefaultValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  /// A text constant.
  public init(stringLiteral value: String) { self = .constant(.text(value)) }
  /// An integer constant.
  public init(integerLiteral value: Int64) { self = .constant(.number(String(value))) }
  /// A floating-point constant, in its shortest exact form.
  public init(floatLiteral value: Double) { self = .constant(.number(String(value))) }
  /// A truth constant.
  public init(booleanLiteral value: Bool) { self = .constant(.bool(value)) }
}
