/// A column of an index or unique constraint, with its direction.
///
/// In text and in literals a leading `-` means descending: `"-date"`.
public struct IndexColumn: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The column's name.
  public var name: String
  /// Whether the greatest values come first.
  public var descending: Bool

  /// Creates a column of an index.
  public init(_ name: String, descending: Bool = false) {
    self.name = name
    self.descending = descending
  }

  /// Reads `name` or `-name`.
  public init(stringLiteral value: String) {
    self.init(text: value)
  }

  /// Reads `name` or `-name`.
  public init(text: String) {
    if text.utf8.first == UInt8(ascii: "-") {
      self.init(String(text.dropFirst()), descending: true)
    } else {
      self.init(text)
    }
  }

  /// The name, with a leading `-` when descending.
  public var text: String { descending ? "-" + name : name }
}

/// A secondary index. It changes no result, only the speed of filters and orders.
public struct IndexSchema: Sendable, Hashable {
  /// The name that `explain` prints; nil derives one from the columns.
  public var name: String?
  /// The columns, most significant first.
  public var columns: [IndexColumn]
  /// A path into the one json column; the index then holds the value found there. A path with
  /// `[*]` has one entry per array element.
  public var path: String?
  /// Only rows for which this expression is true are in the index.
  public var condition: String?

  /// Creates an index.
  public init(
    _ columns: [IndexColumn], path: String? = nil, where condition: String? = nil,
    name: String? = nil
  ) {
    self.columns = columns
    self.path = path
    self.condition = condition
    self.name = name
  }
}

/// No two rows may have the same values in these columns. Nulls are distinct: a row with a null
/// in one of them clashes with none.
public struct UniqueSchema: Sendable, Hashable {
  /// The name that errors and `explain` print; nil derives one from the columns.
  public var name: String?
  /// The columns, most significant first.
  public var columns: [IndexColumn]

  /// Creates a unique constraint.
  public init(_ columns: [IndexColumn], name: String? = nil) {
    self.columns = columns
    self.name = name
  }
}

extension IndexSchema: ExpressibleByArrayLiteral {
  /// An index on columns: `["doctor_id", "-date"]`.
  public init(arrayLiteral elements: IndexColumn...) { self.init(elements) }
}

extension UniqueSchema: ExpressibleByArrayLiteral {
  /// A unique constraint on columns: `["conversation_id", "data_key"]`.
  public init(arrayLiteral elements: IndexColumn...) { self.init(elements) }
}
