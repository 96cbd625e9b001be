/// What was saved of a damaged database, and what was not.
public struct RecoverReport: Sendable {
  /// What became of the rows of one table.
  public struct Table: Sendable, Hashable {
    /// The table.
    public var name: String
    /// Rows that the new file has.
    public internal(set) var saved = 0
    /// Rows that could be read, in part at least, and that the new file cannot hold.
    public internal(set) var refused = 0
    /// Entries of sound pages that could not be read because what they continue in is lost.
    public internal(set) var unreadable = 0
    /// How many rows the catalog counts; nil when that is lost too.
    public internal(set) var counted: UInt64?

    /// Rows of which nothing is left, as far as the catalog's count is known.
    public var lost: UInt64 {
      let found = UInt64(saved) + UInt64(refused)
      return max(UInt64(unreadable), counted.map { $0 > found ? $0 - found : 0 } ?? 0)
    }
  }

  /// The tables, in the schema's order.
  public internal(set) var tables: [Table] = []
  /// Pages in use that could not be read, at most ``pageLimit`` of them, each with the reason.
  public internal(set) var pages: [(page: UInt32, reason: String)] = []
  /// How many pages in use could not be read.
  public internal(set) var unreadablePages = 0
  /// What else was found, a line each.
  public internal(set) var notes: [String] = []
  /// Whether something is missing or uncertain that no count tells.
  public internal(set) var hasDoubts = false

  /// How many unreadable pages are named.
  public static let pageLimit = 1000

  /// Whether every row is in the new file.
  public var isComplete: Bool {
    !hasDoubts && tables.allSatisfy { $0.refused == 0 && $0.lost == 0 && $0.counted != nil }
  }

  mutating func doubt(_ note: String) {
    notes.append(note)
    hasDoubts = true
  }
}

/// A row that the new file cannot hold.
public struct RecoverRefusal: Sendable, Hashable {
  /// The table.
  public var table: String
  /// Why, on one line, without values.
  public var reason: String
  /// What could be read of the row, as a JSON object that `import` takes.
  public var row: String
}

/// What a recovery tells while it runs.
public struct RecoverEvents {
  /// Called for each row that the new file cannot hold.
  public var refused: ((RecoverRefusal) throws -> Void)?
  /// Called now and then with what is being done and the rows so far; may throw to end it.
  public var progress: ((_ what: String, _ rows: Int) throws -> Void)?

  /// No one is told anything.
  public init() {}
}
