/// A condition of a filter that an index can serve: a column or path, and which of its values.
struct QueryTerm {
  enum Test {
    /// One of these values.
    case equal([Value])
    /// Between two bounds; without any, every value but null.
    case range(lower: SargableTerm.Bound?, upper: SargableTerm.Bound?)
    /// Null.
    case isNull
    /// A text with this beginning.
    case prefix(String)
  }

  var target: QueryTarget
  var test: Test
  var collation: Collation
  /// The places of its conditions among those of the filter.
  var places: [Int]
  /// The places of those conditions that are true exactly for the rows which pass the test.
  var exactPlaces: [Int]
}

extension QueryTerm {
  /// The term of the condition at a place; nil when no index helps with it.
  init?(_ conjunct: BoundConjunct, place: Int) {
    guard let term = conjunct.term else { return nil }
    switch term.target {
    case .column(let ordinal): target = QueryTarget(ordinal: ordinal)
    case .path(let ordinal, let path): target = QueryTarget(ordinal: ordinal, path: path)
    }
    switch term.range {
    case .equal(let value): test = .equal([value])
    case .oneOf(let values): test = .equal(values)
    case .between(let lower, let upper): test = .range(lower: lower, upper: upper)
    case .prefix(let text): test = .prefix(text)
    case .isNull: test = .isNull
    case .isNotNull: test = .range(lower: nil, upper: nil)
    }
    // What a path does not find has no entry in an index.
    if target.path != nil, case .isNull = test { return nil }
    collation = term.collation
    places = [place]
    exactPlaces = term.isExact ? [place] : []
  }

  /// How much it narrows a search, as far as it shows without looking at the data.
  var strength: Int {
    switch test {
    case .equal(let values): values.count == 1 ? 6 : 5
    case .isNull: 6
    case .prefix: 3
    case .range(nil, nil): 0
    case .range(let lower, let upper): lower != nil && upper != nil ? 4 : 2
    }
  }

  /// Both terms as one, if they are the two ends of a range of one value.
  func joined(_ other: QueryTerm) -> QueryTerm? {
    guard target == other.target, collation == other.collation,
      target.path?.isMultiple != true, case .range(let low, let high) = test,
      case .range(let otherLow, let otherHigh) = other.test, low == nil || otherLow == nil,
      high == nil || otherHigh == nil
    else { return nil }
    var joined = self
    joined.test = .range(lower: low ?? otherLow, upper: high ?? otherHigh)
    joined.places += other.places
    joined.exactPlaces += other.exactPlaces
    return joined
  }
}
