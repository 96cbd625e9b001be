extension ExpressionParser {
  /// A literal, a name, a call, a `case`, or an expression in parentheses.
  mutating func primary() throws -> Node {
    switch current {
    case .number(let number):
      advance()
      return Node(tree: .literal(.number(number)), depth: 1)
    case .text(let text):
      advance()
      return Node(tree: .literal(.text(text)), depth: 1)
    case .symbol("("):
      advance()
      let inner = try expression()
      try expect(")")
      return inner
    case .quoted(let name):
      advance()
      return Node(tree: .name(Expression.Name(name, try steps())), depth: 1)
    case .word(let word): return try self.word(word)
    default: throw failure("expected a value, found \(found)")
    }
  }

  private mutating func word(_ word: String) throws -> Node {
    if let keyword = ExpressionKeyword(word: word) {
      switch keyword {
      case .null:
        advance()
        return Node(tree: .literal(.null), depth: 1)
      case .true, .false:
        advance()
        return Node(tree: .literal(.bool(keyword == .true)), depth: 1)
      case .case: return try deeper { try $0.choice() }
      default: throw failure("expected a value, found \(found)")
      }
    }
    if following == .symbol("(") { return try call(word) }
    advance()
    return Node(tree: .name(Expression.Name(word, try steps())), depth: 1)
  }

  private mutating func call(_ word: String) throws -> Node {
    guard let function = Expression.Function(rawValue: word.lowercased()) else {
      let names = Expression.Function.allCases.map { $0.rawValue + "()" }
      throw failure("no function \"\(word)\": there are \(names.joined(separator: ", "))")
    }
    advance()
    try expect("(")
    var arguments: [Node] = []
    if current != .symbol(")") {
      repeat { arguments.append(try expression()) } while accept(",")
    }
    guard arguments.count == function.arity else {
      throw failure("\(function.rawValue)() takes \(function.arity == 0 ? "no" : "one") argument")
    }
    try expect(")")
    return try node(.call(function, arguments.map(\.tree)), over: arguments)
  }

  private mutating func choice() throws -> Node {
    try expect(.case)
    var branches: [Expression.Branch] = []
    var parts: [Node] = []
    try expect(.when)
    repeat {
      let condition = try expression()
      try expect(.then)
      let result = try expression()
      branches.append(Expression.Branch(when: condition.tree, then: result.tree))
      parts += [condition, result]
    } while accept(.when)
    var otherwise: Node?
    if accept(.else) {
      let result = try expression()
      otherwise = result
      parts.append(result)
    }
    try expect(.end)
    return try node(.choice(branches, otherwise: otherwise?.tree), over: parts)
  }

  /// The steps behind a name: `.name`, `[0]`, `[*]`.
  private mutating func steps() throws -> [JSONPath.Segment] {
    var steps: [JSONPath.Segment] = []
    while true {
      if accept(".") {
        switch current {
        case .word(let name), .quoted(let name): steps.append(.member(name))
        default: throw failure("expected a name after \".\", found \(found)")
        }
        advance()
      } else if accept("[") {
        if accept("*") {
          steps.append(.anyElement)
        } else if case .number(let number) = current, let index = Int(number.text), index >= 0 {
          steps.append(.element(index))
          advance()
        } else {
          throw failure("expected an index or \"*\", found \(found)")
        }
        try expect("]")
      } else {
        return steps
      }
      guard steps.count <= JSONPath.maximumSegments else {
        throw failure("more than \(JSONPath.maximumSegments) steps in a path")
      }
    }
  }
}
