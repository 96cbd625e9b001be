/// A condition on one value: the part of a comparison that is not its first operand. So a path
/// with `[*]` can put it to every element. Immutable.
class ScalarTest: @unchecked Sendable {
  /// Whether it reads the record, beside the value, so that documents may be loaded meanwhile.
  let readsRecord: Bool

  init(_ others: [BoundNode]) { readsRecord = others.contains { !($0 is ConstantNode) } }

  /// What the condition comes to for a value.
  func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth { .unknown }
}

/// A comparison with another value.
final class ComparisonTest: ScalarTest, @unchecked Sendable {
  private let comparison: Expression.Comparison
  private let right: BoundNode
  private let collation: Collation

  init(_ comparison: Expression.Comparison, _ right: BoundNode, _ collation: Collation) {
    self.comparison = comparison
    self.right = right
    self.collation = collation
    super.init([right])
  }

  override func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth {
    let other = try right.scalar(record, context)
    guard let order = Scalar.compare(value, other, collation) else { return .unknown }
    return Truth(comparison.holds(order))
  }
}

extension Expression.Comparison {
  /// Whether two values hold this comparison that are in an order: below, at or above zero.
  @inline(__always)
  func holds(_ order: Int) -> Bool {
    switch self {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }

  /// The comparison with its operands swapped.
  var flipped: Expression.Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// Whether a value is null.
final class NullTest: ScalarTest, @unchecked Sendable {
  private let negated: Bool

  init(negated: Bool) {
    self.negated = negated
    super.init([])
  }

  override func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth { Truth(value.isNull != negated) }
}

/// Whether a value lies between two others.
final class BetweenTest: ScalarTest, @unchecked Sendable {
  private let low: ComparisonTest
  private let high: ComparisonTest
  private let negated: Bool

  init(_ low: BoundNode, _ high: BoundNode, _ collation: Collation, negated: Bool) {
    self.low = ComparisonTest(.greaterOrEqual, low, collation)
    self.high = ComparisonTest(.lessOrEqual, high, collation)
    self.negated = negated
    super.init([low, high])
  }

  override func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth {
    let first = try low.test(value, record, context)
    let second = try high.test(value, record, context)
    let both: Truth =
      first == .no || second == .no ? .no : first == .yes && second == .yes ? .yes : .unknown
    return negated ? both.negated : both
  }
}

/// Whether a text matches a pattern.
final class LikeTest: ScalarTest, @unchecked Sendable {
  private let constant: LikePattern?
  private let pattern: BoundNode
  private let collation: Collation
  private let negated: Bool

  /// - Parameter constant: the pattern, when it is the same for every record.
  init(_ pattern: BoundNode, constant: LikePattern?, _ collation: Collation, negated: Bool) {
    self.pattern = pattern
    self.constant = constant
    self.collation = collation
    self.negated = negated
    super.init([pattern])
  }

  override func test(
    _ value: Scalar, _ record: RecordView, _ context: EvaluationContext
  ) throws -> Truth {
    let matches: Bool
    switch value {
    case .null: return .unknown
    case .text(let text):
      if let constant {
        matches = constant.matches(text)
      } else {
        guard case .text(let source) = try pattern.scalar(record, context) else { return .unknown }
        guard let read = LikePattern(source, collation: collation) else {
          throw DatabaseError(.invalidExpression, "a like pattern ends in \"\\\"")
        }
        matches = read.matches(text)
      }
    default: matches = false
    }
    return Truth(matches != negated)
  }
}
