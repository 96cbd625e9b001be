/// How many rows a deletion removed or changed, per table.
public struct DeleteCounts: Sendable, Hashable {
  /// What happened to the rows of one table.
  public struct Entry: Sendable, Hashable {
    /// The table.
    public var table: String
    /// Rows removed.
    public var deleted: Int
    /// Rows whose reference became null or its default.
    public var changed: Int
  }

  /// The tables with at least one row removed or changed, in the schema's order.
  public var entries: [Entry]

  /// Creates counts.
  public init(entries: [Entry] = []) { self.entries = entries }

  /// Rows removed from a table.
  public subscript(table: String) -> Int {
    entries.first { $0.table == table }?.deleted ?? 0
  }

  /// Rows removed from all tables.
  public var total: Int { entries.reduce(0) { $0 + $1.deleted } }
}
