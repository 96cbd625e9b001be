/// What happens to the rows that refer to a deleted row.
public enum DeleteAction: String, Sendable, Hashable, CaseIterable {
  /// They are deleted too.
  case cascade
  /// The deletion is refused while they exist.
  case restrict
  /// Their reference becomes null.
  case setNull
  /// Their reference takes the columns' defaults.
  case setDefault
}

/// A reference to a row of another table, or of the same one. Always enforced.
public struct ForeignKeySchema: Sendable, Hashable {
  /// The name that errors print; nil derives one from the columns.
  public var name: String?
  /// The referring columns. A null in one of them refers to nothing.
  public var columns: [String]
  /// The table referred to.
  public var references: String
  /// The columns referred to, a primary or unique key; nil is the primary key.
  public var referencedColumns: [String]?
  /// What happens when the row referred to is deleted.
  public var onDelete: DeleteAction
  /// Whether the reference is checked at commit rather than at the end of each statement.
  public var deferred: Bool

  /// Creates a reference.
  public init(
    _ columns: [String], references: String, referencedColumns: [String]? = nil,
    onDelete: DeleteAction = .restrict, deferred: Bool = false, name: String? = nil
  ) {
    self.columns = columns
    self.references = references
    self.referencedColumns = referencedColumns
    self.onDelete = onDelete
    self.deferred = deferred
    self.name = name
  }

  /// Creates a reference of one column.
  public init(
    _ column: String, references: String, onDelete: DeleteAction = .restrict,
    deferred: Bool = false
  ) {
    self.init([column], references: references, onDelete: onDelete, deferred: deferred)
  }
}

/// A condition that each row must not break. A row for which it is unknown is accepted.
public struct CheckSchema: Sendable, Hashable {
  /// The name that errors print.
  public var name: String
  /// The condition, in the expression language.
  public var expression: String

  /// Creates a check.
  public init(_ name: String, _ expression: String) {
    self.name = name
    self.expression = expression
  }
}
