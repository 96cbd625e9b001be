/// Conditions of which all must be true.
final class AndNode: BoundNode, @unchecked Sendable {
  private let parts: [BoundNode]

  init(_ parts: [BoundNode]) { self.parts = parts }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    var result = Truth.yes
    for part in parts {
      switch try part.truth(record, context) {
      case .no: return .no
      case .unknown: result = .unknown
      case .yes: break
      }
    }
    return result
  }
}

/// Conditions of which any must be true.
final class OrNode: BoundNode, @unchecked Sendable {
  private let parts: [BoundNode]

  init(_ parts: [BoundNode]) { self.parts = parts }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    var result = Truth.no
    for part in parts {
      switch try part.truth(record, context) {
      case .yes: return .yes
      case .unknown: result = .unknown
      case .no: break
      }
    }
    return result
  }
}

/// The opposite of a condition.
final class NotNode: BoundNode, @unchecked Sendable {
  private let operand: BoundNode

  init(_ operand: BoundNode) { self.operand = operand }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    try operand.truth(record, context).negated
  }
}

/// The result of the first branch whose condition is true.
final class ChoiceNode: BoundNode, @unchecked Sendable {
  private let branches: [(condition: BoundNode, result: BoundNode)]
  private let otherwise: BoundNode?

  init(_ branches: [(condition: BoundNode, result: BoundNode)], otherwise: BoundNode?) {
    self.branches = branches
    self.otherwise = otherwise
  }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    for branch in branches where try branch.condition.truth(record, context) == .yes {
      return try branch.result.scalar(record, context)
    }
    return try otherwise?.scalar(record, context) ?? .null
  }
}
