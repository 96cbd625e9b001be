/// A part of an expression that is bound to a table. Immutable, so threads share it.
///
/// Every node gives a value; conditions give a truth without the detour of a value.
class BoundNode: @unchecked Sendable {
  /// The value for a record.
  func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    switch try truth(record, context) {
    case .no: .bool(false)
    case .yes: .bool(true)
    case .unknown: .null
    }
  }

  /// What the condition comes to for a record.
  func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    switch try scalar(record, context) {
    case .null: return .unknown
    case .bool(let bool): return Truth(bool)
    default:
      throw DatabaseError(
        .typeMismatch, "a condition on a JSON value that is neither true nor false")
    }
  }
}

/// A constant. Its text or bytes live as long as the node.
final class ConstantNode: BoundNode, @unchecked Sendable {
  let constant: Scalar
  private let memory: ByteBuffer?

  /// A constant without memory of its own.
  init(_ constant: Scalar) {
    self.constant = constant
    memory = nil
  }

  private init(_ memory: ByteBuffer, _ make: (UnsafeRawBufferPointer) -> Scalar) {
    self.memory = memory
    constant = make(memory.bytes)
  }

  /// A text.
  static func text(_ text: String) -> ConstantNode {
    let memory = ByteBuffer(capacity: text.utf8.count)
    memory.append(text)
    return ConstantNode(memory) { .text($0) }
  }

  /// Bytes.
  static func bytes(_ bytes: [UInt8]) -> ConstantNode {
    let memory = ByteBuffer(capacity: bytes.count)
    memory.append(bytes)
    return ConstantNode(memory) { .bytes($0) }
  }

  /// A number that compares with what JSON holds.
  static func number(_ number: NumberText) -> ConstantNode {
    let memory = ByteBuffer(capacity: number.text.utf8.count)
    memory.append(number.text)
    return ConstantNode(memory) { .number($0) }
  }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    constant
  }
}
