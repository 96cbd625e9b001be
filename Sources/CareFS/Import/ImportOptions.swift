/// How rows are loaded from a source.
public struct ImportOptions: Sendable {
  /// The form of the source.
  public enum Format: String, Sendable, CaseIterable {
    /// RFC 4180, the names of the columns in the first line.
    case csv
    /// An array of objects, or one object.
    case json
    /// One object a line.
    case ndjson
  }

  /// What happens to a row whose key, or another unique value, is there already.
  public enum Conflict: String, Sendable, CaseIterable {
    /// It is refused.
    case fail
    /// It is passed over; the row that is there stays as it is.
    case skip
    /// The row with the same primary key takes the values that the source gives, in place: its
    /// children stay. A clash with another unique constraint is still refused.
    case replace
  }

  /// The form of the source.
  public var format: Format
  /// The unquoted CSV field that stands for null; nil is the empty one.
  public var null: String?
  /// What happens to rows that are there already.
  public var onConflict = Conflict.fail
  /// Which field of the source each column is read from, where the names differ. For JSON these
  /// are paths.
  public var mapping: [(column: String, field: String)] = []
  /// The column that takes each document as a whole.
  public var jsonColumn: String?
  /// How many rows make one transaction; nil loads all rows in one.
  public var batchRows: Int?

  /// Loads everything in one transaction and refuses duplicates.
  public init(format: Format) {
    self.format = format
  }
}

/// What a load did.
public struct ImportReport: Sendable, Hashable {
  /// Rows read from the source.
  public var read = 0
  /// Rows that are new.
  public var inserted = 0
  /// Rows that were there and took new values.
  public var replaced = 0
  /// Rows that were there and were passed over.
  public var skipped = 0
  /// Rows that were refused.
  public var rejected = 0

  /// Nothing was done yet.
  public init() {}

  /// Rows that were loaded.
  public var loaded: Int { inserted + replaced }
}

/// A row of a source that was refused.
public struct ImportRejection: Sendable, Hashable {
  /// The line on which the row begins, from 1.
  public var line: Int
  /// The column at fault, when there is one; several are joined by commas.
  public var column: String?
  /// Why, on one line, without values.
  public var reason: String
}

/// What a load tells while it runs.
public struct ImportEvents {
  /// Called for each refused row; nil makes the first one refuse the whole load.
  public var rejected: ((ImportRejection) throws -> Void)?
  /// Called after each batch with all rows that are durable by now.
  public var committed: ((_ rows: Int) throws -> Void)?
  /// Called now and then with the rows read so far; may throw to cancel the load.
  public var progress: ((_ rows: Int) throws -> Void)?

  /// Called for what a dump holds and the load passes over: the line and what it is.
  public var noted: ((_ line: Int, _ what: String) throws -> Void)?

  /// No one is told anything.
  public init() {}
}
