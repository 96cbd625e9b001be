/// Which rows are written as text, and how.
public struct ExportOptions: Sendable {
  /// The form of the text.
  public enum Format: String, Sendable, CaseIterable {
    /// RFC 4180 with LF line ends, the names of the columns in the first line.
    case csv
    /// An array of objects, one a line; documents byte for byte as they were given.
    case json
    /// One object a line; line ends within documents become spaces.
    case ndjson
  }

  /// The form of the text.
  public var format: Format
  /// Only rows for which this is true; nil is all rows.
  public var filter: Expression?
  /// The columns to sort by; none is the order of the primary key.
  public var order: [OrderTerm] = []
  /// The most rows to write.
  public var limit: Int?
  /// The columns to write, in this order; nil is all in the schema's order.
  public var columns: [String]?

  /// All columns of all rows, in the order of the primary key.
  public init(format: Format, where filter: Expression? = nil) {
    self.format = format
    self.filter = filter
  }
}
