extension Expression {
  /// A name as it is written: `date`, `appointments.date`, `notes.codes[0].value`.
  ///
  /// What it stands for is settled when the expression meets a table. A column wins over a table of
  /// the same name.
  public struct Name: Sendable, Hashable {
    /// The first name.
    public let head: String
    /// What follows it: a column after a table, steps into JSON.
    public let rest: [JSONPath.Segment]

    /// Creates a name.
    public init(_ head: String, _ rest: [JSONPath.Segment] = []) {
      self.head = head
      self.rest = rest
    }

    /// Equal when the bytes of all names are.
    public static func == (left: Name, right: Name) -> Bool {
      Value.equalBytes(left.head, right.head) && left.rest == right.rest
    }

    /// Hashes the bytes of the names.
    public func hash(into hasher: inout Hasher) {
      Value.hashBytes(head, into: &hasher)
      hasher.combine(rest)
    }
  }

  /// A column.
  public static func column(_ name: String) -> Expression { .name(Name(name)) }

  /// A column of a table.
  public static func qualified(_ table: String, _ column: String) -> Expression {
    .name(Name(table, [.member(column)]))
  }

  /// The value at a path in a JSON column.
  public static func path(_ column: String, _ path: JSONPath) -> Expression {
    .name(Name(column, path.segments))
  }

  /// `column like pattern`.
  static func like(pattern: String, column: String) -> Expression {
    .like(.column(column), pattern: .literal(.text(pattern)), negated: false)
  }
}
