extension ExpressionBinder {
  /// The way in which texts of both compare.
  private func collation(_ parts: Part...) -> Collation {
    parts.contains { $0.collation == .nocase } ? .nocase : .binary
  }

  private func check(_ a: Part, _ b: Part) throws {
    guard ExpressionType.comparable(a.type, b.type) else {
      throw misfit("\(a.tree) is \(a.type.name), \(b.tree) is \(b.type.name): they do not compare")
    }
  }

  /// A condition that puts a test to an operand.
  private func tested(_ operand: Part, _ test: ScalarTest) -> BoundNode {
    if let dynamic = operand.dynamic { return AnyElementNode(dynamic, test) }
    return TestNode(operand.node, test)
  }

  /// A condition as a part, with the term that an index may answer.
  private func part(_ node: BoundNode, _ tree: Expression, _ term: SargableTerm?) -> Part {
    Part(
      node: node, type: .bool, tree: tree, conjuncts: [BoundConjunct(tree: tree, term: term)])
  }

  mutating func comparison(
    _ comparison: Expression.Comparison, _ left: Expression, _ right: Expression
  ) throws -> Part {
    let parts = try alike([left, right])
    var (first, second, comparison) = (parts[0], parts[1], comparison)
    try check(first, second)
    if first.isMultiple { second = try single(second) }
    // Constants go to the right, and so does what is not several values.
    if second.isMultiple || first.constant != nil && second.constant == nil {
      (first, second, comparison) = (second, first, comparison.flipped)
    }
    let tree = Expression.comparison(comparison, first.tree, second.tree)
    let collation = collation(first, second)
    let term = term(first, second) { value in
      switch comparison {
      case .equal: .equal(value)
      case .notEqual: nil
      case .less: .between(lower: nil, upper: .init(value: value, isInclusive: false))
      case .lessOrEqual: .between(lower: nil, upper: .init(value: value, isInclusive: true))
      case .greater: .between(lower: .init(value: value, isInclusive: false), upper: nil)
      case .greaterOrEqual: .between(lower: .init(value: value, isInclusive: true), upper: nil)
      }
    }
    if let fast = fast(comparison, first, second, collation) { return part(fast, tree, term) }
    return part(tested(first, ComparisonTest(comparison, second.node, collation)), tree, term)
  }

  /// The shortest way for the commonest comparisons.
  private func fast(
    _ comparison: Expression.Comparison, _ left: Part, _ right: Part, _ collation: Collation
  ) -> BoundNode? {
    guard let column = left.node as? ColumnNode, let node = right.node as? ConstantNode else {
      return nil
    }
    switch (column.type, node.constant) {
    case (.int, .int(let int)):
      return IntegerColumnTestNode(column.ordinal, .int, comparison, int)
    case (.date, .date(let days)):
      return IntegerColumnTestNode(column.ordinal, .date, comparison, Int64(days))
    case (.timestamp, .timestamp(let moment)):
      return IntegerColumnTestNode(column.ordinal, .timestamp, comparison, moment)
    case (.text, .text) where collation == .binary:
      return TextColumnTestNode(column.ordinal, comparison, node)
    default: return nil
    }
  }

  mutating func null(_ tree: Expression, _ negated: Bool) throws -> Part {
    let operand = try bind(tree)
    let bound = Expression.isNull(operand.tree, negated: negated)
    let term = nullTerm(operand, negated: negated)
    if let column = operand.node as? ColumnNode {
      return part(NullNode(column.ordinal, negated: negated), bound, term)
    }
    // A path reads the document; the column itself is null or not.
    if let dynamic = operand.dynamic, dynamic.path == nil {
      return part(NullNode(dynamic.ordinal, negated: negated), bound, term)
    }
    return part(tested(operand, NullTest(negated: negated)), bound, term)
  }

  mutating func list(
    _ tree: Expression, _ elements: [Expression], _ negated: Bool
  ) throws -> Part {
    let parts = try alike([tree] + elements)
    let operand = parts[0]
    let list = try parts.dropFirst().map { try single($0) }
    for element in list { try check(operand, element) }
    let collation = list.reduce(operand.collation) { $1.collation == .nocase ? .nocase : $0 }
    let bound = Expression.isIn(operand.tree, list.map(\.tree), negated: negated)
    var term: SargableTerm?
    let values = list.compactMap { element -> Value? in
      guard element.type != .null else { return .null }
      return element.constant.flatMap { self.value($0, for: operand) }
    }
    if !negated, values.count == list.count, let target = target(operand) {
      term = SargableTerm(
        target: target, range: .oneOf(values.filter { !$0.isNull }), collation: operand.collation,
        isExact: true)
    }
    let test = ListTest(list.map(\.node), collation, negated: negated)
    return part(tested(operand, test), bound, term)
  }

  mutating func range(
    _ tree: Expression, _ low: Expression, _ high: Expression, _ negated: Bool
  ) throws -> Part {
    let parts = try alike([tree, low, high])
    let operand = parts[0]
    let lower = try single(parts[1])
    let upper = try single(parts[2])
    try check(operand, lower)
    try check(operand, upper)
    let bound = Expression.between(operand.tree, lower.tree, upper.tree, negated: negated)
    var term: SargableTerm?
    if !negated, let target = target(operand), let first = lower.constant,
      let last = upper.constant, let from = value(first, for: operand),
      let to = value(last, for: operand)
    {
      term = SargableTerm(
        target: target,
        range: .between(
          lower: .init(value: from, isInclusive: true), upper: .init(value: to, isInclusive: true)),
        collation: operand.collation, isExact: true)
    }
    let test = BetweenTest(
      lower.node, upper.node, collation(operand, lower, upper), negated: negated)
    return part(tested(operand, test), bound, term)
  }

  mutating func like(
    _ tree: Expression, _ pattern: Expression, _ negated: Bool
  ) throws -> Part {
    let operand = try bind(tree, expected: .text)
    let second = try single(try bind(pattern, expected: .text))
    for part in [operand, second] {
      guard [.text, .dynamic, .null].contains(part.type) else {
        throw misfit("\(part.tree) is \(part.type.name): like takes texts")
      }
    }
    let bound = Expression.like(operand.tree, pattern: second.tree, negated: negated)
    var constant: LikePattern?
    var term: SargableTerm?
    if case .text(let text)? = second.constant {
      guard let read = LikePattern(text, collation: operand.collation) else {
        throw misfit("the pattern of a like ends in \"\\\": write \"\\\\\" for the sign itself")
      }
      constant = read
      if !negated, let target = target(operand) { term = likeTerm(read, operand, target) }
    }
    let test = LikeTest(second.node, constant: constant, operand.collation, negated: negated)
    return part(tested(operand, test), bound, term)
  }
}
