/// Settles what an expression means for a table: names become columns, literals take the type of
/// what they meet, and what does not go together is refused.
struct ExpressionBinder {
  /// An expression that is bound.
  struct Part {
    var node: BoundNode
    var type: ExpressionType
    /// The canonical form.
    var tree: Expression
    var collation = Collation.binary
    /// What it joins by `and`, if it is a condition.
    var conjuncts: [BoundConjunct] = []

    /// The constant, if it is one.
    var constant: Scalar? { (node as? ConstantNode)?.constant }
    /// What JSON holds, if it reads that.
    var dynamic: DynamicNode? { node as? DynamicNode }
    var isMultiple: Bool { dynamic?.isMultiple ?? false }
  }

  let scope: ExpressionScope
  let now: Timestamp?
  private var columns: Set<Int> = []
  private var level = 0

  init(scope: ExpressionScope, now: Timestamp?) {
    self.scope = scope
    self.now = now
  }

  /// Binds an expression of any type.
  mutating func value(_ tree: Expression) throws -> BoundExpression {
    // Bound first: `finish` reads the columns that binding finds.
    let part = try single(try bind(tree))
    return finish(part)
  }

  /// Binds a condition.
  mutating func condition(_ tree: Expression) throws -> BoundExpression {
    let part = try truth(tree)
    return finish(part)
  }

  private func finish(_ part: Part) -> BoundExpression {
    BoundExpression(
      root: part.node, type: part.type, tree: part.tree, columnOrdinals: columns.sorted(),
      conjuncts: part.conjuncts.isEmpty
        ? [BoundConjunct(tree: part.tree, term: nil)] : part.conjuncts)
  }

  func misfit(_ message: String) -> DatabaseError {
    DatabaseError.misfit("\(message) (table \"\(scope.table)\")", table: scope.table)
  }

  /// Refuses a path with `[*]` where one value is needed.
  func single(_ part: Part) throws -> Part {
    guard !part.isMultiple else {
      throw misfit("\(part.tree) may be several values: it can only be compared")
    }
    return part
  }

  /// Binds an expression.
  ///
  /// - Parameter expected: the type that literals take; nil if they meet nothing.
  mutating func bind(_ tree: Expression, expected: ExpressionType? = nil) throws -> Part {
    guard level < Expression.maximumDepth else {
      throw misfit("the expression has more than \(Expression.maximumDepth) levels")
    }
    level += 1
    defer { level -= 1 }
    switch tree {
    case .literal(let literal): return try self.literal(literal, expected)
    case .name(let name): return try self.name(name)
    case .and(let parts): return try conjunction(parts)
    case .or(let parts): return try disjunction(parts)
    case .not(let operand):
      let part = try truth(operand)
      return Part(node: NotNode(part.node), type: .bool, tree: .not(part.tree))
    case .negate(let operand): return try negation(operand, expected)
    case .comparison(let comparison, let left, let right):
      return try self.comparison(comparison, left, right)
    case .arithmetic(let operation, let left, let right):
      return try arithmetic(operation, left, right)
    case .isNull(let operand, let negated): return try null(operand, negated)
    case .isIn(let operand, let elements, let negated): return try list(operand, elements, negated)
    case .between(let operand, let low, let high, let negated):
      return try range(operand, low, high, negated)
    case .like(let operand, let pattern, let negated): return try like(operand, pattern, negated)
    case .call(let function, let arguments): return try call(function, arguments)
    case .choice(let branches, let otherwise): return try choice(branches, otherwise, expected)
    }
  }

  /// Binds a condition.
  mutating func truth(_ tree: Expression) throws -> Part {
    var part = try single(try bind(tree))
    guard [.bool, .null, .dynamic].contains(part.type) else {
      throw misfit("\(part.tree) is \(part.type.name), not a condition")
    }
    if part.conjuncts.isEmpty {
      part.conjuncts = [BoundConjunct(tree: part.tree, term: truthTerm(part))]
    }
    return part
  }

  private mutating func name(_ name: Expression.Name) throws -> Part {
    let (ordinal, steps) = try scope.resolve(name)
    columns.insert(ordinal)
    let shape = scope.shape(ordinal)
    let tree = Expression.name(Expression.Name(scope.name(ordinal), steps))
    guard shape.type == .json || shape.type == .any else {
      return Part(
        node: ColumnNode(ordinal, shape.type), type: .plain(shape.type), tree: tree,
        collation: shape.collation)
    }
    let path = steps.isEmpty ? nil : try JSONPath(steps)
    return Part(
      node: DynamicNode(ordinal, shape.type, path: path), type: .dynamic, tree: tree,
      collation: shape.collation)
  }

  private mutating func conjunction(_ trees: [Expression]) throws -> Part {
    let parts = try trees.map { try truth($0) }
    return Part(
      node: AndNode(parts.map(\.node)), type: .bool, tree: .and(parts.map(\.tree)),
      conjuncts: parts.flatMap(\.conjuncts))
  }

  private mutating func disjunction(_ trees: [Expression]) throws -> Part {
    let parts = try trees.map { try truth($0) }
    let tree = Expression.or(parts.map(\.tree))
    return Part(
      node: OrNode(parts.map(\.node)), type: .bool, tree: tree,
      conjuncts: [BoundConjunct(tree: tree, term: SargableTerm.union(parts.map(\.conjuncts)))])
  }

  private mutating func choice(
    _ branches: [Expression.Branch], _ otherwise: Expression?, _ expected: ExpressionType?
  ) throws -> Part {
    let conditions = try branches.map { try truth($0.condition) }
    let trees = branches.map(\.result) + (otherwise.map { [$0] } ?? [])
    let results = try alike(trees, expected).map { try single($0) }
    var type = ExpressionType.null
    for result in results { type = try join(type, result.type, "the results of a case") }
    let bound = zip(conditions, results).map { (condition: $0.node, result: $1.node) }
    let last = otherwise == nil ? nil : results.last
    return Part(
      node: ChoiceNode(bound, otherwise: last?.node), type: type,
      tree: .choice(
        zip(conditions, results).map { Expression.Branch(when: $0.tree, then: $1.tree) },
        otherwise: last?.tree),
      collation: results.contains { $0.collation == .nocase } ? .nocase : .binary)
  }

  private func join(
    _ a: ExpressionType, _ b: ExpressionType, _ what: String
  ) throws -> ExpressionType {
    switch (a, b) {
    case (.null, _): return b
    case (_, .null): return a
    case (.int, .double), (.double, .int): return .double
    case (.int, .decimal), (.decimal, .int): return .decimal
    case (.dynamic, _), (_, .dynamic): if ExpressionType.comparable(a, b) { return .dynamic }
    default: if a == b { return a }
    }
    throw misfit("\(what) are \(a.name) and \(b.name)")
  }
}
