extension ExpressionParser {
  /// A value, and at most one comparison with it: comparisons do not chain.
  mutating func comparison() throws -> Node {
    let left = try sum()
    if case .symbol(let symbol) = current,
      let comparison = Expression.Comparison(rawValue: symbol)
    {
      advance()
      let right = try sum()
      let result = try node(.comparison(comparison, left.tree, right.tree), over: left, right)
      try refuseChain()
      return result
    }
    guard let result = try wordComparison(left) else { return left }
    try refuseChain()
    return result
  }

  private func refuseChain() throws {
    if case .symbol(let symbol) = current, Expression.Comparison(rawValue: symbol) != nil {
      throw failure("comparisons do not chain: join two of them by \"and\"")
    }
  }

  private mutating func wordComparison(_ left: Node) throws -> Node? {
    if accept(.is) {
      let negated = accept(.not)
      try expect(.null)
      return try node(.isNull(left.tree, negated: negated), over: left)
    }
    // `not` may also begin what is no comparison, but never after a value.
    let negated = accept(.not)
    if accept(.in) { return try list(left, negated: negated) }
    if accept(.between) {
      let low = try sum()
      try expect(.and)
      let high = try sum()
      return try node(
        .between(left.tree, low.tree, high.tree, negated: negated), over: left, low, high)
    }
    if accept(.like) {
      let pattern = try sum()
      return try node(
        .like(left.tree, pattern: pattern.tree, negated: negated), over: left, pattern)
    }
    guard !negated else {
      throw failure("expected \"in\", \"between\" or \"like\" after \"not\", found \(found)")
    }
    return nil
  }

  private mutating func list(_ left: Node, negated: Bool) throws -> Node {
    try expect("(")
    var elements = [try expression()]
    while accept(",") { elements.append(try expression()) }
    try expect(")")
    return try node(
      .isIn(left.tree, elements.map(\.tree), negated: negated), over: [left] + elements)
  }
}
