/// What `check` found in a database.
public struct CheckReport: Sendable {
  /// One thing that contradicts the format, the schema or itself.
  public struct Finding: Sendable {
    /// The page where it shows, if one is concerned.
    public var page: UInt32?
    /// The table, if one is concerned.
    public var table: String?
    /// The index, if one is concerned.
    public var index: String?
    /// The primary key of the row, if one is concerned.
    public var key: [Value]?
    /// What is wrong and what it means: one line, never contents.
    public var message: String
  }

  /// Everything that is wrong, at most ``findingLimit`` of it; empty for a sound file.
  public internal(set) var findings: [Finding] = []
  /// How many findings there were in all.
  public internal(set) var findingCount = 0
  /// What is worth telling and is no damage, such as a torn tail of the log that was dropped.
  public internal(set) var notes: [String] = []
  /// Rows that were read.
  public internal(set) var rows = 0
  /// Entries of indexes that were read.
  public internal(set) var entries = 0
  /// Pages that were read.
  public internal(set) var pages = 0
  /// Bytes of the page file that were read.
  public internal(set) var bytes: UInt64 = 0

  /// How many findings are kept.
  public static let findingLimit = 1000

  /// Whether nothing is wrong.
  public var isSound: Bool { findingCount == 0 }

  mutating func add(_ finding: Finding) {
    findingCount += 1
    if findings.count < Self.findingLimit { findings.append(finding) }
  }

  mutating func merge(_ other: CheckReport) {
    for finding in other.findings { add(finding) }
    findingCount += other.findingCount - other.findings.count
    notes += other.notes
    rows += other.rows
    entries += other.entries
  }
}
