/// A Swift type whose values are the rows of a table.
///
/// ```swift
/// struct Patient: Record {
///   var id: Int64
///   var mrn: String
///   var age: Int
///   var wardID: Int64?
///
///   static let schema = Schema<Patient>(
///     "patients",
///     .key(\.id, "id", autoincrement: true), .column(\.mrn, "mrn"), .column(\.age, "age", min: 0),
///     .column(\.wardID, "ward_id"), .unique(\.mrn), .index(\.wardID, \.age),
///     .reference(\.wardID, to: Ward.self, onDelete: .cascade))
///
///   init(row: RecordRow) throws {
///     id = try row.get(0)
///     mrn = try row.get(1)
///     age = try row.get(2)
///     wardID = try row.get(3)
///   }
///
///   func encode(to row: RecordEncoder) throws {
///     try row.set(0, id)
///     try row.set(1, mrn)
///     try row.set(2, age)
///     try row.set(3, wardID)
///   }
/// }
/// ```
public protocol Record: RecordDraft where Model == Self {
  /// The primary key: a single value, or a ``KeyPair`` or ``KeyTriple``.
  associatedtype Key: RecordKey = Int64
  /// The table, its columns in the order in which `init(row:)` and `encode(to:)` number them.
  static var schema: Schema<Self> { get }
  /// Reads a row.
  ///
  /// Fastest in an extension, as `self.init(id: try row.get(0), mrn: try row.get(1), ...)`: what is
  /// assigned property by property is copied once more when all are there.
  init(row: RecordRow) throws
}

/// Values for a new row. A ``Record`` is one itself; a draft leaves the values out that the engine
/// makes, such as automatic keys.
public protocol RecordDraft {
  /// The record that the new row will be.
  associatedtype Model: Record
  /// Gives each column that it has its value.
  func encode(to row: RecordEncoder) throws
}

/// The primary key of a record.
public protocol RecordKey {
  /// Passes the value of each column of the key on, in its order.
  func forEachColumn(_ body: (Value) throws -> Void) rethrows
  /// Reads the key of a row; `columns` are those of the primary key.
  static func readKey(_ row: RecordRow, _ columns: [Int]) throws -> Self
}

extension RecordKey where Self: RecordValue {
  @inlinable public func forEachColumn(_ body: (Value) throws -> Void) rethrows {
    try body(columnValue)
  }
  @inlinable public static func readKey(_ row: RecordRow, _ columns: [Int]) throws -> Self {
    try Self.read(row, columns[0])
  }
}

extension Int64: RecordKey {}
extension Int: RecordKey {}
extension String: RecordKey {}
extension CalendarDate: RecordKey {}
extension Timestamp: RecordKey {}

/// A primary key of two columns.
public struct KeyPair<First: RecordValue, Second: RecordValue>: RecordKey {
  /// The first column.
  public var first: First
  /// The second column.
  public var second: Second

  /// Creates a key.
  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }

  public func forEachColumn(_ body: (Value) throws -> Void) rethrows {
    try body(first.columnValue)
    try body(second.columnValue)
  }

  public static func readKey(_ row: RecordRow, _ columns: [Int]) throws -> Self {
    Self(try First.read(row, columns[0]), try Second.read(row, columns[1]))
  }
}

/// A primary key of three columns.
public struct KeyTriple<First: RecordValue, Second: RecordValue, Third: RecordValue>: RecordKey {
  /// The first column.
  public var first: First
  /// The second column.
  public var second: Second
  /// The third column.
  public var third: Third

  /// Creates a key.
  public init(_ first: First, _ second: Second, _ third: Third) {
    self.first = first
    self.second = second
    self.third = third
  }

  public func forEachColumn(_ body: (Value) throws -> Void) rethrows {
    try body(first.columnValue)
    try body(second.columnValue)
    try body(third.columnValue)
  }

  public static func readKey(_ row: RecordRow, _ columns: [Int]) throws -> Self {
    Self(
      try First.read(row, columns[0]), try Second.read(row, columns[1]),
      try Third.read(row, columns[2]))
  }
}
