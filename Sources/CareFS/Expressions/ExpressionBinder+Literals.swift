#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

extension ExpressionBinder {
  /// Whether an expression is made of literals alone, so that it takes the type of what it meets.
  static func isOpen(_ tree: Expression) -> Bool {
    switch tree {
    case .literal(.null): false
    case .literal: true
    case .negate(let operand): isOpen(operand)
    case .arithmetic(_, let left, let right): isOpen(left) && isOpen(right)
    case .choice(let branches, let otherwise):
      branches.allSatisfy { isOpen($0.result) } && otherwise.map(isOpen) ?? true
    default: false
    }
  }

  /// Binds expressions that meet each other: the literals take the type of the first that has one.
  mutating func alike(_ trees: [Expression], _ expected: ExpressionType? = nil) throws -> [Part] {
    var parts = [Part?](repeating: nil, count: trees.count)
    var type = expected
    for (index, tree) in trees.enumerated() where !ExpressionBinder.isOpen(tree) {
      let part = try bind(tree)
      if type == nil, part.type != .null { type = part.type }
      parts[index] = part
    }
    return try trees.enumerated().map { index, tree in
      try parts[index] ?? bind(tree, expected: type)
    }
  }

  /// Binds a literal as a value of the expected type.
  func literal(_ literal: Expression.Literal, _ expected: ExpressionType?) throws -> Part {
    switch literal {
    case .null: return Part(node: ConstantNode(.null), type: .null, tree: .literal(.null))
    case .bool(let bool):
      if case .plain(let type)? = expected, type != .bool { throw unreadable(type) }
      return Part(node: ConstantNode(.bool(bool)), type: .bool, tree: .literal(literal))
    case .number(let number): return try self.number(number, expected)
    case .text(let text): return try self.text(text, expected)
    }
  }

  /// A constant and its canonical literal.
  func constant(_ node: ConstantNode, _ type: ExpressionType) throws -> Part {
    guard let literal = Expression.Literal(node.constant.value()) else {
      throw misfit("a literal has no text form")
    }
    return Part(node: node, type: type, tree: .literal(literal))
  }

  private func number(_ number: NumberText, _ expected: ExpressionType?) throws -> Part {
    switch expected {
    case .plain(.double)?:
      // An int that no double equals stays an int: they compare exactly.
      if let int = number.int, Scalar.compare(int, Double(int)) != 0 {
        return try constant(ConstantNode(.int(int)), .int)
      }
      guard let double = number.double else { throw unreadable(.double) }
      return try constant(ConstantNode(.double(double)), .double)
    case .plain(.decimal)?:
      guard let decimal = ExactDecimal(number.text) else { throw unreadable(.decimal) }
      return try constant(ConstantNode(.decimal(decimal)), .decimal)
    case .plain(.int)?:
      // A number between two ints compares by value.
      if let int = number.int { return try constant(ConstantNode(.int(int)), .int) }
      if let decimal = ExactDecimal(number.text) {
        return Part(
          node: ConstantNode(.decimal(decimal)), type: .decimal, tree: .literal(.number(number)))
      }
      return try self.number(number, .double)
    case .dynamic?:
      return Part(
        node: ConstantNode.number(number), type: .double, tree: .literal(.number(number)))
    case .plain(let type)?: throw unreadable(type)
    case .null?, nil: return try natural(number)
    }
  }

  /// A number that meets nothing: an int if it is written as one, else a double.
  private func natural(_ number: NumberText) throws -> Part {
    if !number.text.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) {
      guard let int = number.int else {
        throw misfit("the number \(number.text) does not fit 64 bits")
      }
      return try constant(ConstantNode(.int(int)), .int)
    }
    return try self.number(number, .double)
  }

  private func text(_ text: String, _ expected: ExpressionType?) throws -> Part {
    guard case .plain(let type)? = expected, type != .text else {
      return Part(node: ConstantNode.text(text), type: .text, tree: .literal(.text(text)))
    }
    switch type {
    case .bytes:
      guard let bytes = text.withUTF8Bytes({ Base64.decode($0) }) else { throw unreadable(type) }
      return try constant(ConstantNode.bytes(bytes), .plain(.bytes))
    case .date:
      guard let date = CalendarDate(text) else { throw unreadable(type) }
      return try constant(ConstantNode(.date(date.days)), .date)
    case .time:
      guard let time = TimeOfDay(text) else { throw unreadable(type) }
      return try constant(ConstantNode(.time(time.microseconds)), .plain(.time))
    case .timestamp:
      guard let moment = Timestamp(text) else { throw unreadable(type) }
      return try constant(ConstantNode(.timestamp(moment.microseconds)), .timestamp)
    case .uuid:
      guard text.utf8.count == 36, let uuid = UUID(uuidString: text) else { throw unreadable(type) }
      let scalar = withUnsafeBytes(of: uuid.uuid) { Scalar.uuid(bytes: $0) }
      return try constant(ConstantNode(scalar), .plain(.uuid))
    case .decimal:
      guard let decimal = ExactDecimal(text) else { throw unreadable(type) }
      return try constant(ConstantNode(.decimal(decimal)), .decimal)
    case .int, .double, .bool, .text, .json, .any: throw unreadable(type)
    }
  }

  /// A literal that cannot be read as the type of what it meets. It does not show the literal,
  /// which may be a record's content.
  private func unreadable(_ type: ColumnType) -> DatabaseError {
    let example =
      switch type {
      case .int: "a whole number such as 5"
      case .double: "a number such as 1.5"
      case .bool: "true or false"
      case .text, .json, .any: "a text in quotes"
      case .bytes: "base64 in quotes"
      case .date: "a day such as \"2026-01-31\""
      case .time: "a time such as \"13:05:00\""
      case .timestamp: "a moment such as \"2026-01-31T13:05:00Z\""
      case .uuid: "a uuid such as \"123e4567-e89b-12d3-a456-426614174000\""
      case .decimal: "a decimal of up to 76 digits such as \"1.50\""
      }
    return misfit("what is compared with \(type.name) must be \(example)")
  }
}
