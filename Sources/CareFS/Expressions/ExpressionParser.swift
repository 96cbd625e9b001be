extension Expression {
  /// Reads an expression.
  ///
  /// - Throws: ``DatabaseError`` of code `invalidExpression` that says where and what is wrong.
  /// - Complexity: linear in the length of the text.
  public static func parse(_ text: String) throws -> Expression {
    var parser = ExpressionParser(try ExpressionLexer.tokens(of: text))
    return try parser.whole()
  }
}

/// Reads expressions by precedence: `or`, `and`, `not`, comparisons, `+ -`, `* /`, sign.
struct ExpressionParser {
  /// An expression and how many levels it has.
  struct Node {
    var tree: Expression
    var depth: Int
  }

  private let tokens: [PlacedToken]
  private var place = 0
  /// How many calls are under way; bounded, so that no text overflows the stack.
  private var level = 0

  init(_ tokens: [PlacedToken]) { self.tokens = tokens }

  var current: ExpressionToken { tokens[place].token }

  /// The word after the current one.
  var following: ExpressionToken { tokens[min(place + 1, tokens.count - 1)].token }

  /// Whether white space goes before the next word.
  var isFollowingSpaced: Bool { tokens[min(place + 1, tokens.count - 1)].isSpaced }

  mutating func advance() { if place < tokens.count - 1 { place += 1 } }

  func failure(_ message: String) -> DatabaseError {
    .syntax(message, at: tokens[place].offset)
  }

  /// The current word as errors name it.
  var found: String {
    switch current {
    case .word(let word): "\"\(word)\""
    case .quoted(let name): "`\(name)`"
    case .number(let number): number.text
    case .text: "a text"
    case .symbol(let symbol): "\"\(symbol)\""
    case .end: "the end"
    }
  }

  /// Consumes a symbol if it is next.
  mutating func accept(_ symbol: String) -> Bool {
    guard current == .symbol(symbol) else { return false }
    advance()
    return true
  }

  /// Consumes a keyword if it is next.
  mutating func accept(_ keyword: ExpressionKeyword) -> Bool {
    guard case .word(let word) = current, ExpressionKeyword(word: word) == keyword else {
      return false
    }
    advance()
    return true
  }

  mutating func expect(_ symbol: String) throws {
    guard accept(symbol) else { throw failure("expected \"\(symbol)\", found \(found)") }
  }

  mutating func expect(_ keyword: ExpressionKeyword) throws {
    guard accept(keyword) else { throw failure("expected \"\(keyword)\", found \(found)") }
  }

  /// Makes a node one level above its parts.
  func node(_ tree: Expression, over parts: Node...) throws -> Node {
    try node(tree, over: parts)
  }

  func node(_ tree: Expression, over parts: [Node]) throws -> Node {
    let depth = 1 + (parts.map(\.depth).max() ?? 0)
    guard depth <= Expression.maximumDepth else {
      throw failure("more than \(Expression.maximumDepth) levels")
    }
    return Node(tree: tree, depth: depth)
  }

  mutating func whole() throws -> Expression {
    let result = try expression()
    guard current == .end else { throw failure("expected an operator or the end, found \(found)") }
    return result.tree
  }

  /// Calls `body` one level deeper.
  mutating func deeper(_ body: (inout Self) throws -> Node) throws -> Node {
    // An expression of 128 levels never needs more calls than this, parentheses included.
    guard level < 2 * Expression.maximumDepth else {
      throw failure("more than \(Expression.maximumDepth) levels")
    }
    level += 1
    defer { level -= 1 }
    return try body(&self)
  }

  mutating func expression() throws -> Node {
    try deeper { parser in
      let first = try parser.conjunction()
      var parts = [first]
      while parser.accept(.or) { parts.append(try parser.conjunction()) }
      return parts.count == 1 ? first : try parser.node(.or(parts.map(\.tree)), over: parts)
    }
  }

  private mutating func conjunction() throws -> Node {
    let first = try negation()
    var parts = [first]
    while accept(.and) { parts.append(try negation()) }
    return parts.count == 1 ? first : try node(.and(parts.map(\.tree)), over: parts)
  }

  private mutating func negation() throws -> Node {
    guard accept(.not) else { return try comparison() }
    let operand = try deeper { try $0.negation() }
    return try node(.not(operand.tree), over: operand)
  }

  mutating func sum() throws -> Node {
    var left = try product()
    while true {
      let operation: Expression.Arithmetic
      if accept("+") {
        operation = .add
      } else if accept("-") {
        operation = .subtract
      } else {
        return left
      }
      let right = try product()
      left = try node(.arithmetic(operation, left.tree, right.tree), over: left, right)
    }
  }

  private mutating func product() throws -> Node {
    var left = try signed()
    while true {
      let operation: Expression.Arithmetic
      if accept("*") {
        operation = .multiply
      } else if accept("/") {
        operation = .divide
      } else {
        return left
      }
      let right = try signed()
      left = try node(.arithmetic(operation, left.tree, right.tree), over: left, right)
    }
  }

  /// A minus right before a number is part of the number.
  private mutating func signed() throws -> Node {
    guard accept("-") else { return try primary() }
    if case .number(let number) = current, let negative = NumberText("-" + number.text) {
      advance()
      return Node(tree: .literal(.number(negative)), depth: 1)
    }
    let operand = try deeper { try $0.signed() }
    return try node(.negate(operand.tree), over: operand)
  }
}
