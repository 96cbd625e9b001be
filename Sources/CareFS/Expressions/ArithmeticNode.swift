/// Arithmetic with two values.
final class ArithmeticNode: BoundNode, @unchecked Sendable {
  private let operation: Expression.Arithmetic
  private let left: BoundNode
  private let right: BoundNode

  init(_ operation: Expression.Arithmetic, _ left: BoundNode, _ right: BoundNode) {
    self.operation = operation
    self.left = left
    self.right = right
  }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    try Scalar.combine(
      operation, try left.scalar(record, context), try right.scalar(record, context))
  }
}

/// The number with the other sign.
final class NegateNode: BoundNode, @unchecked Sendable {
  private let operand: BoundNode

  init(_ operand: BoundNode) { self.operand = operand }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    try operand.scalar(record, context).negated()
  }
}

/// A function of one argument.
final class FunctionNode: BoundNode, @unchecked Sendable {
  private let function: Expression.Function
  private let argument: BoundNode

  init(_ function: Expression.Function, _ argument: BoundNode) {
    self.function = function
    self.argument = argument
  }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    try FunctionNode.apply(function, to: try argument.scalar(record, context), context)
  }

  /// The result for a value; null for null and for what JSON holds of another kind.
  static func apply(
    _ function: Expression.Function, to value: Scalar, _ context: EvaluationContext
  ) throws -> Scalar {
    switch (function, value) {
    case (.length, .text(let text)): return .int(Int64(UTF8Scalars.count(text)))
    case (.length, .bytes(let bytes)): return .int(Int64(bytes.count))
    case (.length, .array(let text)): return .int(try FunctionNode.elements(text))
    case (.lower, .text(let text)):
      let buffer = context.buffer()
      CaseFolding.appendLower(text, to: buffer)
      return .text(buffer.bytes)
    case (.date, .date): return value
    case (.date, .timestamp(let microseconds)):
      return Timestamp(microseconds: microseconds).map { .date($0.date.days) } ?? .null
    default: return .null
    }
  }

  /// The number of elements of a JSON array.
  private static func elements(_ text: UnsafeRawBufferPointer) throws -> Int64 {
    var cursor = try JSONCursor(text)
    try cursor.expect(UInt8(ascii: "["))
    if try cursor.accept(UInt8(ascii: "]")) { return 0 }
    var count: Int64 = 0
    repeat {
      _ = try cursor.skipValue()
      count += 1
    } while try cursor.accept(UInt8(ascii: ","))
    return count
  }
}
