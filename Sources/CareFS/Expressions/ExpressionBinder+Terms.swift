extension ExpressionBinder {
  /// The column or path that an operand reads, if an index may hold it.
  func target(_ part: Part) -> SargableTerm.Target? {
    if let column = part.node as? ColumnNode { return .column(column.ordinal) }
    guard let dynamic = part.dynamic else { return nil }
    if let path = dynamic.path { return .path(dynamic.ordinal, path) }
    return .column(dynamic.ordinal)
  }

  /// A constant as a value that stands in the keys of what it is compared with; nil if none does.
  func value(_ constant: Scalar, for operand: Part) -> Value? {
    if constant.isNull { return nil }
    if operand.type == .dynamic {
      switch constant {
      case .bool(let bool): return .any(.bool(bool))
      case .text(let text): return .any(.text(RawBytes.string(text)))
      case .number(let text): return NumberText(text: text).map { .any(.number($0)) }
      case .int(let int): return .any(.number(NumberText(int)))
      case .double(let double): return NumberText(double).map { .any(.number($0)) }
      case .decimal(let decimal): return NumberText(decimal.description).map { .any(.number($0)) }
      default: return nil
      }
    }
    let value = constant.value()
    return value.type.map { operand.type == .plain($0) } == true ? value : nil
  }

  /// The term of a comparison with a constant.
  func term(
    _ left: Part, _ right: Part, _ range: (Value) -> SargableTerm.Range?
  ) -> SargableTerm? {
    guard let target = target(left), let constant = right.constant,
      let value = value(constant, for: left), let range = range(value)
    else { return nil }
    // Keys of `any` columns put JSON behind texts, but it compares with nothing.
    var isExact = true
    if case .between(_, nil) = range, left.dynamic != nil { isExact = false }
    return SargableTerm(
      target: target, range: range, collation: left.collation, isExact: isExact)
  }

  /// The term of a test for null. An index on a path has null also for objects and arrays, which
  /// are not null; so it does not find what is not null there.
  func nullTerm(_ operand: Part, negated: Bool) -> SargableTerm? {
    guard let target = target(operand), !operand.isMultiple else { return nil }
    var isPath = false
    if case .path = target { isPath = true }
    if isPath, negated { return nil }
    return SargableTerm(
      target: target, range: negated ? .isNotNull : .isNull, collation: operand.collation,
      isExact: !isPath)
  }

  /// The term of a condition that is a truth value by itself.
  func truthTerm(_ part: Part) -> SargableTerm? {
    guard let target = target(part) else { return nil }
    let value: Value = part.type == .dynamic ? .any(.bool(true)) : .bool(true)
    return SargableTerm(
      target: target, range: .equal(value), collation: part.collation,
      // Of JSON that is neither true nor false the filter says so.
      isExact: part.type == .bool)
  }

  /// The term of a pattern that begins with a text.
  func likeTerm(
    _ pattern: LikePattern, _ operand: Part, _ target: SargableTerm.Target
  ) -> SargableTerm? {
    if pattern.isPlain {
      let value: Value =
        operand.type == .dynamic ? .any(.text(pattern.prefix)) : .text(pattern.prefix)
      return SargableTerm(
        target: target, range: .equal(value), collation: operand.collation, isExact: true)
    }
    guard !pattern.prefix.isEmpty else { return nil }
    return SargableTerm(
      target: target, range: .prefix(pattern.prefix), collation: operand.collation,
      isExact: pattern.isPrefix)
  }
}

extension SargableTerm {
  /// The term of conditions joined by `or`, if all of them give values to the same target.
  static func union(_ alternatives: [[BoundConjunct]]) -> SargableTerm? {
    var values: [Value] = []
    var result: SargableTerm?
    for conjuncts in alternatives {
      guard conjuncts.count == 1, let term = conjuncts[0].term, term.isExact,
        result.map({ $0.target == term.target && $0.collation == term.collation }) ?? true
      else { return nil }
      switch term.range {
      case .equal(let value): values.append(value)
      case .oneOf(let several): values += several
      default: return nil
      }
      result = term
    }
    result?.range = .oneOf(values)
    return result
  }
}
