/// A timestamp column that the engine fills.
public enum AutomaticTimestamp: String, Sendable, Hashable {
  /// Set when the row is inserted, if it is not given.
  case createdAt
  /// Set at insert, if it is not given, and at every update that does not set it itself.
  case updatedAt
}

/// One column of a table: its name, type and the values it allows.
public struct ColumnSchema: Sendable, Hashable {
  /// The name, unique within the table.
  public var name: String
  /// The type of every value.
  public var type: ColumnType
  /// Whether the column may be null.
  public var nullable: Bool
  /// Whether the engine gives the next integer when a new row has no value. Never gives a number
  /// twice. Only for the single int column of a primary key.
  public var autoincrement: Bool
  /// The value of a new row that gives none; nil is null.
  public var defaultValue: DefaultValue?
  /// Filled by the engine with the time of the transaction.
  public var automatic: AutomaticTimestamp?
  /// The allowed values; nil allows all. Null is allowed by ``nullable`` alone.
  public var oneOf: [SchemaConstant]?
  /// The least allowed value.
  public var min: SchemaConstant?
  /// The greatest allowed value.
  public var max: SchemaConstant?
  /// The least length: Unicode scalars of text, bytes of bytes.
  public var minLength: Int?
  /// The greatest length: Unicode scalars of text, bytes of bytes.
  public var maxLength: Int?
  /// A `like` pattern that the whole text must match: `%` any run, `_` one Unicode scalar, `\`
  /// escapes.
  public var pattern: String?
  /// How text is compared.
  public var collation: Collation

  /// Creates a column.
  public init(
    _ name: String, _ type: ColumnType, null nullable: Bool = false,
    default defaultValue: DefaultValue? = nil, oneOf: [SchemaConstant]? = nil,
    min: SchemaConstant? = nil, max: SchemaConstant? = nil, minLength: Int? = nil,
    maxLength: Int? = nil, pattern: String? = nil, collation: Collation = .binary,
    autoincrement: Bool = false, automatic: AutomaticTimestamp? = nil
  ) {
    self.name = name
    self.type = type
    self.nullable = nullable
    self.defaultValue = defaultValue
    self.oneOf = oneOf
    self.min = min
    self.max = max
    self.minLength = minLength
    self.maxLength = maxLength
    self.pattern = pattern
    self.collation = collation
    self.autoincrement = autoincrement
    self.automatic = automatic
  }
}
