/// Whether a value is in a list.
final class ListTest: ScalarTest, @unchecked Sendable {
  /// The constants of the list, in order, so that a long list takes few comparisons.
  private let constants: [ConstantNode]
  private let others: [BoundNode]
  private let hasNull: Bool
  private let collation: Collation
  private let negated: Bool

  init(_ elements: [BoundNode], _ collation: Collation, negated: Bool) {
    let nodes = elements.compactMap { $0 as? ConstantNode }
    constants = nodes.filter { !$0.constant.isNull }.sorted {
      (Scalar.compare($0.constant, $1.constant, collation) ?? 0) < 0
    }
    others = elements.filter { !($0 is ConstantNode) }
    hasNull = nodes.contains { $0.constant.isNull }
    self.collation = collation
    self.negated = negated
    super.init(elements)
  }

  override func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth {
    let found = try search(value, record, context)
    return negated ? found.negated : found
  }

  private func search(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth {
    if value.isNull { return .unknown }
    var isUnknown = hasNull
    var low = 0
    var high = constants.count
    while low < high {
      let middle = (low + high) / 2
      guard let order = Scalar.compare(value, constants[middle].constant, collation) else {
        isUnknown = true
        break
      }
      if order == 0 { return .yes }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    for node in others {
      switch Scalar.compare(value, try node.scalar(record, context), collation) {
      case 0: return .yes
      case nil: isUnknown = true
      default: continue
      }
    }
    return isUnknown ? .unknown : .no
  }
}
