#if canImport(FoundationEssentials)
  public import struct FoundationEssentials.UUID
#else
  public import struct Foundation.UUID
#endif

/// A Swift type that a column can hold.
///
/// Conforming types say which column type they are and read and write themselves in straight code.
/// An enumeration with raw values of such a type conforms by ``RecordEnum``.
public protocol RecordValue {
  /// The type of the column.
  static var columnType: ColumnType { get }
  /// Whether the column may be null.
  static var isNullable: Bool { get }
  /// The values that the column allows; nil allows all.
  static var allowedValues: [SchemaConstant]? { get }
  /// Reads the value of a column.
  static func read(_ row: RecordRow, _ column: Int) throws -> Self
  /// Gives a column its value.
  func write(to row: RecordEncoder, _ column: Int) throws
  /// The value for keys and filters.
  var columnValue: Value { get }
}

extension RecordValue {
  /// Not null, unless the type says otherwise.
  public static var isNullable: Bool { false }
  /// All values.
  public static var allowedValues: [SchemaConstant]? { nil }
}

extension Int64: RecordValue {
  public static var columnType: ColumnType { .int }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Int64 {
    try row.int64(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, int64: self)
  }
  public var columnValue: Value { .int(self) }
}

extension Int: RecordValue {
  public static var columnType: ColumnType { .int }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Int {
    Int(try row.int64(column))
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, int64: Int64(self))
  }
  public var columnValue: Value { .int(Int64(self)) }
}

extension Double: RecordValue {
  public static var columnType: ColumnType { .double }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Double {
    try row.double(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, double: self)
  }
  public var columnValue: Value { .double(self) }
}

extension Bool: RecordValue {
  public static var columnType: ColumnType { .bool }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Bool {
    try row.bool(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, bool: self)
  }
  public var columnValue: Value { .bool(self) }
}

extension String: RecordValue {
  public static var columnType: ColumnType { .text }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> String {
    try row.text(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, text: self)
  }
  public var columnValue: Value { .text(self) }
}

extension Array: RecordValue where Element == UInt8 {
  public static var columnType: ColumnType { .bytes }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> [UInt8] {
    try row.bytes(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, bytes: self)
  }
  public var columnValue: Value { .bytes(self) }
}

extension CalendarDate: RecordValue {
  public static var columnType: ColumnType { .date }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> CalendarDate {
    try row.date(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, date: self)
  }
  public var columnValue: Value { .date(self) }
}

extension TimeOfDay: RecordValue {
  public static var columnType: ColumnType { .time }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> TimeOfDay {
    try row.time(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, time: self)
  }
  public var columnValue: Value { .time(self) }
}

extension Timestamp: RecordValue {
  public static var columnType: ColumnType { .timestamp }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Timestamp {
    try row.timestamp(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, timestamp: self)
  }
  public var columnValue: Value { .timestamp(self) }
}

extension UUID: RecordValue {
  public static var columnType: ColumnType { .uuid }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> UUID {
    try row.uuid(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, uuid: self)
  }
  public var columnValue: Value { .uuid(self) }
}

extension ExactDecimal: RecordValue {
  public static var columnType: ColumnType { .decimal }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> ExactDecimal {
    try row.decimal(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, decimal: self)
  }
  public var columnValue: Value { .decimal(self) }
}

extension JSON: RecordValue {
  public static var columnType: ColumnType { .json }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> JSON {
    try row.json(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, json: self)
  }
  public var columnValue: Value { .json(self) }
}

extension AnyValue: RecordValue {
  public static var columnType: ColumnType { .any }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> AnyValue {
    try row.any(column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try row.set(column, any: self)
  }
  public var columnValue: Value { .any(self) }
}

extension Optional: RecordValue where Wrapped: RecordValue {
  public static var columnType: ColumnType { Wrapped.columnType }
  public static var isNullable: Bool { true }
  public static var allowedValues: [SchemaConstant]? { Wrapped.allowedValues }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Wrapped? {
    try row.isNull(column) ? nil : try Wrapped.read(row, column)
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    if let self { try self.write(to: row, column) } else { try row.setNull(column) }
  }
  @inlinable public var columnValue: Value { self?.columnValue ?? .null }
}

/// An enumeration that is stored as its raw value. Other raw values are refused on write and on
/// read.
public protocol RecordEnum: RecordValue, RawRepresentable, CaseIterable
where RawValue: RecordValue {}

extension RecordEnum {
  public static var columnType: ColumnType { RawValue.columnType }
  public static var allowedValues: [SchemaConstant]? {
    allCases.compactMap { SchemaConstant($0.rawValue.columnValue) }
  }
  @inlinable public static func read(_ row: RecordRow, _ column: Int) throws -> Self {
    guard let value = Self(rawValue: try RawValue.read(row, column)) else {
      throw row.unknownCase(column)
    }
    return value
  }
  @inlinable public func write(to row: RecordEncoder, _ column: Int) throws {
    try rawValue.write(to: row, column)
  }
  public var columnValue: Value { rawValue.columnValue }
}

extension SchemaConstant {
  /// The constant for a value; nil for kinds that have none.
  init?(_ value: Value) {
    switch value {
    case .int(let value): self = .number(String(value))
    case .text(let value): self = .text(value)
    case .bool(let value): self = .bool(value)
    case .double(let value): self = .number(String(value))
    default: return nil
    }
  }
}
