/// A condition that an index can answer: one column or path against constants.
struct SargableTerm: Sendable, Hashable {
  /// What the condition is about.
  enum Target: Sendable, Hashable {
    /// A column, by ordinal.
    case column(Int)
    /// A path into a JSON column. With `[*]` two conditions may hold of different elements, so
    /// their ranges must not be intersected.
    case path(Int, JSONPath)
  }

  /// One end of a range.
  struct Bound: Sendable, Hashable {
    var value: Value
    var isInclusive: Bool
  }

  /// The values for which the condition is true. Only `isNull` includes null.
  enum Range: Sendable, Hashable {
    case equal(Value)
    case oneOf([Value])
    case between(lower: Bound?, upper: Bound?)
    /// Texts that begin with this text.
    case prefix(String)
    case isNull
    case isNotNull
  }

  var target: Target
  /// Constants have the type of the column; those for paths and `any` columns are `any` values.
  var range: Range
  /// How texts compare here; an index of another collation does not answer.
  var collation: Collation
  /// Whether the range is the whole condition, so that it needs no second look at the rows.
  var isExact: Bool
}

/// One of the conditions that a filter joins by `and`.
struct BoundConjunct: Sendable {
  /// The condition in its canonical form: names resolved, constants typed and on the right.
  var tree: Expression
  /// The condition as an index sees it; nil if no index helps.
  var term: SargableTerm?
}
