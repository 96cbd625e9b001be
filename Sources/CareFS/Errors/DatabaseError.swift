/// What went wrong in a database operation, where, and what to do about it.
///
/// The message is one line. It names the table and the columns, never the values, unless the
/// database was opened with ``DatabaseOptions/showsValuesInErrors``.
///
/// ```swift
/// do {
///   try db.write { tx in try tx.insert(into: "patients", ["email": .text("a@b.example")]) }
/// } catch DatabaseError.Code.uniqueViolation {
///   // already there
/// }
/// ```
public struct DatabaseError: Error, Sendable {
  /// The kind of failure.
  public var code: Code
  /// One line: what happened, to which table and column, and what to do.
  public var message: String
  /// The table concerned, when there is one.
  public var table: String?
  /// The columns concerned, in the order of the constraint.
  public var columns: [String]
  /// The primary key of the row that was refused, only when values may be shown.
  public var key: [Value]?
  /// The index of the offending element of a batch, from 0.
  public var element: Int?
  /// The damaged page, for ``Code/corrupt``.
  public var page: UInt32?
  /// The system's error number, for ``Code/io`` and other failures of the operating system.
  public var systemError: Int32?
  /// The error that caused this one.
  public var underlying: (any Error)?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, table: String? = nil, columns: [String] = [],
    key: [Value]? = nil, element: Int? = nil, page: UInt32? = nil, systemError: Int32? = nil,
    underlying: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.table = table
    self.columns = columns
    self.key = key
    self.element = element
    self.page = page
    self.systemError = systemError
    self.underlying = underlying
  }
}

extension DatabaseError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
