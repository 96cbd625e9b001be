/// How a query is answered: which keys of which tree are visited, what is checked of each row, and
/// whether the rows must be sorted.
struct QueryPlan {
  /// Where the rows come from.
  enum Access {
    /// The rows themselves, in the order of their keys.
    case rows([KeyRange])
    /// The entries of an index.
    case index(Int, [KeyRange])
    /// Nothing can match.
    case nothing
  }

  var access: Access
  /// Whether the tree is visited from its end.
  var isReversed = false
  /// What remains to be checked of each row.
  var residual: Expression?
  /// How the rows must be sorted; nil when they come in the order asked for.
  var sort: [(target: QueryTarget, descending: Bool)]?
  /// Whether a row may come more than once.
  var mayRepeat = false
  /// What the access itself ensures, for `explain`.
  var served: [Expression] = []
}

/// Chooses how to answer a query.
struct QueryPlanner {
  let table: TablePlan
  /// The conditions that must all be true.
  let conditions: [BoundConjunct]
  private let filter: BoundExpression?
  private let terms: [QueryTerm]
  let order: [(target: QueryTarget, descending: Bool)]
  /// Whether few rows may be enough, so that a given order is worth more than a sequential scan.
  let isLimited: Bool

  init(
    _ table: TablePlan, where filter: BoundExpression?, order: [OrderTerm], isLimited: Bool
  ) throws {
    self.table = table
    self.filter = filter
    conditions = filter?.conjuncts ?? []
    terms = conditions.enumerated().compactMap { QueryTerm($0.element, place: $0.offset) }
    self.order = try order.map { (try table.target($0), $0.descending) }
    self.isLimited = isLimited
  }

  /// One way to answer the query.
  private struct Candidate {
    var index: Int?
    var ranges: [KeyRange]
    /// Conditions that the ranges and the index's own condition ensure.
    var exact: Set<Int>
    /// Conditions that the ranges make use of.
    var used: Set<Int>
    /// How many parts have one value each.
    var fixed: [QueryTarget]
    var isOrdered = false
    var isReversed = false
    var score: Int
  }

  /// Most ranges that lists of values may make.
  private static let maximumRanges = 1024

  func plan() throws -> QueryPlan {
    var best = try candidate(nil)
    for index in table.indexes.indices {
      guard let other = try candidate(index) else { continue }
      if other.score > best?.score ?? .min { best = other }
    }
    guard let best else { return QueryPlan(access: .nothing) }
    var plan = QueryPlan(
      access: best.index.map { .index($0, best.ranges) } ?? .rows(best.ranges))
    if best.ranges.isEmpty { plan.access = .nothing }
    plan.isReversed = best.isReversed
    let rest = conditions.indices.filter { !best.exact.contains($0) }.map { conditions[$0].tree }
    plan.residual = rest.count > 1 ? .and(rest) : rest.first
    plan.served = best.used.union(best.exact).sorted().map { conditions[$0].tree }
    if !order.isEmpty, !best.isOrdered { plan.sort = order }
    if let index = best.index, let path = table.indexes[index].path, path.isMultiple {
      plan.mayRepeat = best.ranges.count != 1 || best.fixed.isEmpty
    }
    return plan
  }

  /// The components of a tree's keys; those of an index end with the primary key's.
  private func components(_ index: Int?) -> [(target: QueryTarget, part: KeyPart)] {
    let key = zip(table.layout.keyOrdinals, table.layout.keyParts)
      .map { (target: QueryTarget(ordinal: $0), part: $1) }
    guard let index else { return key }
    let plan = table.indexes[index]
    let own = plan.parts.map {
      (target: QueryTarget(ordinal: $0.ordinal, path: plan.path), part: $0.part)
    }
    // A unique entry ends with the primary key only if it has a null.
    return plan.kind == .unique ? own : own + key
  }

  private func candidate(_ index: Int?) throws -> Candidate? {
    var candidate = Candidate(
      index: index, ranges: [KeyRange(prefix: [])], exact: [], used: [], fixed: [], score: 0)
    if let index, let condition = table.indexes[index].condition {
      guard filter?.implies(condition) == true else { return nil }
      candidate.exact = Set(
        conditions.indices.filter { place in
          condition.conjuncts.contains { $0.tree == conditions[place].tree }
        })
      candidate.score += 6
    }
    let components = components(index)
    let isUnique = index == nil || table.indexes[index ?? 0].kind == .unique
    let ownParts = index.map { table.indexes[$0].parts.count } ?? components.count
    var allFixed = true
    for (place, component) in components.enumerated() {
      guard let term = best(for: component.target, component.part) else {
        if place < ownParts { allFixed = false }
        break
      }
      var ranges: [KeyRange] = []
      for range in candidate.ranges {
        ranges += try KeyRange.ranges(after: range.lower, part: component.part, term.test)
      }
      guard ranges.count <= Self.maximumRanges else { break }
      candidate.ranges = ranges
      candidate.used.formUnion(term.places)
      candidate.exact.formUnion(term.exactPlaces)
      let isSecondary = place < ownParts ? 0 : 1
      switch term.test {
      case .equal(let values):
        candidate.score += (values.count == 1 ? 20 : 16) - isSecondary * 12
        if values.count == 1 {
          candidate.fixed.append(component.target)
          continue
        }
        if isUnique || values.count <= 32 { continue }
      case .isNull:
        candidate.score += 18 - isSecondary * 12
        candidate.fixed.append(component.target)
        continue
      case .range(nil, nil): candidate.score += 1
      case .range(let lower, let upper): candidate.score += lower != nil && upper != nil ? 10 : 8
      case .prefix: candidate.score += 10
      }
      allFixed = false
      break
    }
    // Nothing can match: better than any other, and with room for what is added below.
    if candidate.ranges.isEmpty { candidate.score = .max / 2 }
    if isUnique, allFixed, candidate.ranges.count == 1, !candidate.fixed.isEmpty {
      candidate.score += 1000
    }
    setOrder(&candidate, components)
    let isPlainScan = candidate.used.isEmpty && candidate.exact.isEmpty
    if index != nil, isPlainScan {
      // Only the order speaks for visiting every row through an index.
      guard candidate.isOrdered, isLimited, table.indexes[index ?? 0].coversAllRows,
        table.indexes[index ?? 0].kind != .unique || !hasNullableParts(index ?? 0)
      else { return nil }
      return candidate
    }
    if let index, table.indexes[index].path != nil, candidate.used.isEmpty { return nil }
    if index == nil { candidate.score += 1 }
    return candidate
  }

  private func hasNullableParts(_ index: Int) -> Bool {
    table.indexes[index].parts.contains { $0.part.nullable }
  }

  /// The most selective term over a column or path that a component can serve.
  private func best(for target: QueryTarget, _ part: KeyPart) -> QueryTerm? {
    let own = terms.filter { $0.target == target && $0.collation == part.collation }
    guard let best = own.max(by: { $0.strength < $1.strength }) else { return nil }
    return own.lazy.compactMap { best.joined($0) }.first ?? best
  }

  /// Whether the tree's own order, or its reverse, is the order asked for.
  private func setOrder(
    _ candidate: inout Candidate, _ components: [(target: QueryTarget, part: KeyPart)]
  ) {
    guard !order.isEmpty, candidate.ranges.count == 1 else { return }
    if let index = candidate.index, table.indexes[index].path != nil { return }
    var wanted = order.filter { !candidate.fixed.contains($0.target) }
    var reversed: Bool?
    for component in components where !candidate.fixed.contains(component.target) {
      guard let first = wanted.first else { break }
      guard first.target == component.target else { return }
      let isOpposite = first.descending != component.part.descending
      guard reversed == nil || reversed == isOpposite else { return }
      reversed = isOpposite
      wanted.removeFirst()
    }
    guard wanted.isEmpty else { return }
    candidate.isOrdered = true
    candidate.isReversed = reversed ?? false
    candidate.score += isLimited ? 5 : 2
  }
}
