extension ExpressionBinder {
  mutating func negation(_ tree: Expression, _ expected: ExpressionType?) throws -> Part {
    let operand = try single(try bind(tree, expected: expected))
    guard operand.type.isNumeric else {
      throw misfit("\(operand.tree) is \(operand.type.name), not a number")
    }
    if let value = operand.constant {
      return try folded(value.negated(), operand.type)
    }
    return Part(node: NegateNode(operand.node), type: operand.type, tree: .negate(operand.tree))
  }

  mutating func arithmetic(
    _ operation: Expression.Arithmetic, _ left: Expression, _ right: Expression
  ) throws -> Part {
    let first: Part
    let second: Part
    if ExpressionBinder.isOpen(left), !ExpressionBinder.isOpen(right) {
      second = try single(try bind(right))
      first = try single(try bind(left, expected: met(by: left, second.type)))
    } else {
      first = try single(try bind(left))
      second = try single(try bind(right, expected: met(by: right, first.type)))
    }
    let type = try result(operation, first, second)
    if let a = first.constant, let b = second.constant {
      return try folded(try Scalar.combine(operation, a, b), type)
    }
    return Part(
      node: ArithmeticNode(operation, first.node, second.node), type: type,
      tree: .arithmetic(operation, first.tree, second.tree))
  }

  /// The type that a literal takes beside a value of a type: beside an int, 1.5 is a double.
  private func met(by tree: Expression, _ type: ExpressionType) -> ExpressionType? {
    guard ExpressionBinder.isOpen(tree) else { return nil }
    if case .literal(.text) = tree { return type }
    return type == .double || type == .decimal ? type : nil
  }

  private func result(
    _ operation: Expression.Arithmetic, _ left: Part, _ right: Part
  ) throws -> ExpressionType {
    switch (left.type, right.type) {
    case (.null, .null): return .null
    case (.null, let type), (let type, .null): if type.isNumeric || type == .date { return type }
    case (.int, .int): return .int
    case (.int, .double), (.double, .int), (.double, .double): return .double
    case (.int, .decimal), (.decimal, .int), (.decimal, .decimal): return .decimal
    case (.date, .date): if operation == .subtract { return .int }
    case (.date, .int): if operation == .add || operation == .subtract { return .date }
    case (.int, .date): if operation == .add { return .date }
    case (.dynamic, let type), (let type, .dynamic):
      if type.isNumeric, type != .decimal { return .dynamic }
    default: break
    }
    throw misfit(
      "\(left.tree) is \(left.type.name), \(right.tree) is \(right.type.name): "
        + "\"\(operation.rawValue)\" does not take them")
  }

  /// A constant that was computed from constants.
  private func folded(_ value: Scalar, _ type: ExpressionType) throws -> Part {
    if case .number(let text) = value, let number = NumberText(text: text) {
      return try constant(ConstantNode.number(number), type)
    }
    if case .text(let text) = value {
      return try constant(ConstantNode.text(RawBytes.string(text)), type)
    }
    return try constant(ConstantNode(value), value.isNull ? .null : type)
  }

  mutating func call(
    _ function: Expression.Function, _ arguments: [Expression]
  ) throws -> Part {
    guard arguments.count == function.arity else {
      throw misfit("\(function.rawValue)() has \(arguments.count) arguments")
    }
    guard let tree = arguments.first else { return try clock(function) }
    let expected: ExpressionType = function == .date ? .timestamp : .text
    let argument = try single(try bind(tree, expected: expected))
    let type: ExpressionType
    switch (function, argument.type) {
    case (_, .null): return argument
    case (.length, .plain(.text)), (.length, .plain(.bytes)), (.length, .dynamic): type = .int
    case (.lower, .plain(.text)), (.lower, .dynamic): type = .text
    case (.date, .timestamp), (.date, .date): type = .date
    default:
      throw misfit(
        "\(argument.tree) is \(argument.type.name): \(function.rawValue)() does not take it")
    }
    if let value = argument.constant {
      let scratch = EvaluationContext()
      defer { withExtendedLifetime(scratch) {} }
      return try folded(try FunctionNode.apply(function, to: value, scratch), type)
    }
    let bound = Expression.call(function, [argument.tree])
    return Part(node: FunctionNode(function, argument.node), type: type, tree: bound)
  }

  private func clock(_ function: Expression.Function) throws -> Part {
    guard let now else {
      throw misfit(
        "\(function.rawValue)() would change the result by itself, which is refused here")
    }
    return function == .now
      ? try constant(ConstantNode(.timestamp(now.microseconds)), .timestamp)
      : try constant(ConstantNode(.date(now.date.days)), .date)
  }
}
