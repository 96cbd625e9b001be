/// A condition on the value of a node.
final class TestNode: BoundNode, @unchecked Sendable {
  private let operand: BoundNode
  private let condition: ScalarTest

  init(_ operand: BoundNode, _ condition: ScalarTest) {
    self.operand = operand
    self.condition = condition
  }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    try condition.test(try operand.scalar(record, context), record, context)
  }
}

/// A condition on what JSON holds: true if it is true of any of the values, which are several only
/// for a path with `[*]`; else unknown if it is of any.
final class AnyElementNode: BoundNode, @unchecked Sendable {
  private let operand: DynamicNode
  private let condition: ScalarTest

  init(_ operand: DynamicNode, _ condition: ScalarTest) {
    self.operand = operand
    self.condition = condition
  }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    var result = Truth.no
    // Other documents may be loaded during the test: then the values are copied out of this one.
    var kept: [Scalar] = []
    try operand.forEach(record, context) { value in
      if condition.readsRecord {
        kept.append(context.keep(value))
        return true
      }
      return try !decides(value, record, context, &result)
    }
    for value in kept where try decides(value, record, context, &result) { break }
    return result
  }

  /// Tests one value; whether it settles the matter.
  private func decides(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext, _ result: inout Truth
  ) throws -> Bool {
    switch try condition.test(value, record, context) {
    case .yes:
      result = .yes
      return true
    case .unknown: result = .unknown
    case .no: break
    }
    return false
  }
}

/// A comparison of a column with an integer behind it and a constant: the commonest of filters.
final class IntegerColumnTestNode: BoundNode, @unchecked Sendable {
  private let ordinal: Int
  private let type: ColumnType
  private let comparison: Expression.Comparison
  private let constant: Int64

  /// - Parameter type: int, date or timestamp.
  init(_ ordinal: Int, _ type: ColumnType, _ comparison: Expression.Comparison, _ constant: Int64) {
    self.ordinal = ordinal
    self.type = type
    self.comparison = comparison
    self.constant = constant
  }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    if try record.isNull(ordinal) { return .unknown }
    let value: Int64
    switch type {
    case .date: value = Int64(try record.date(ordinal).days)
    case .timestamp: value = try record.timestamp(ordinal).microseconds
    default: value = try record.int(ordinal)
    }
    return Truth(comparison.holds(value < constant ? -1 : value == constant ? 0 : 1))
  }
}

/// A comparison of a text column with a constant, byte by byte.
final class TextColumnTestNode: BoundNode, @unchecked Sendable {
  private let ordinal: Int
  private let comparison: Expression.Comparison
  private let constant: UnsafeRawBufferPointer
  /// Owns the memory of the constant.
  private let owner: ConstantNode

  init?(_ ordinal: Int, _ comparison: Expression.Comparison, _ node: ConstantNode) {
    guard case .text(let constant) = node.constant else { return nil }
    self.ordinal = ordinal
    self.comparison = comparison
    self.constant = constant
    owner = node
  }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    if try record.isNull(ordinal) { return .unknown }
    let text = try record.bytes(ordinal)
    switch comparison {
    case .equal: return Truth(RawBytes.equal(text, constant))
    case .notEqual: return Truth(!RawBytes.equal(text, constant))
    default: return Truth(comparison.holds(RawBytes.compare(text, constant)))
    }
  }
}
