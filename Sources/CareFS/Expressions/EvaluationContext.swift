/// The scratch memory in which expressions are evaluated. One thread uses it at a time.
final class EvaluationContext {
  private var scratch: [ByteBuffer] = []
  private var used = 0

  /// Forgets the texts of the evaluation before.
  @inline(__always)
  func begin() { used = 0 }

  /// Bytes of memory that it keeps.
  var memory: Int { scratch.reduce(0) { $0 + $1.capacity } }

  /// Empty scratch memory that stays untouched until the next evaluation begins.
  func buffer() -> ByteBuffer {
    if used == scratch.count { scratch.append(ByteBuffer(capacity: 64)) }
    let buffer = scratch[used]
    used += 1
    buffer.clear()
    return buffer
  }

  /// A copy that lasts until the next evaluation.
  func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let buffer = buffer()
    buffer.append(bytes)
    return buffer.bytes
  }

  /// A value whose texts last until the next evaluation.
  func keep(_ scalar: Scalar) -> Scalar {
    switch scalar {
    case .text(let text): .text(copy(text))
    case .number(let text): .number(copy(text))
    case .object(let text): .object(copy(text))
    case .array(let text): .array(copy(text))
    default: scalar
    }
  }
}

extension EvaluationContext {
  /// What a condition comes to for a record.
  @inline(__always)
  func truth(_ expression: BoundExpression, _ record: RecordView) throws -> Truth {
    begin()
    return try expression.root.truth(record, self)
  }

  /// Whether a condition is true for a record: what a filter keeps.
  @inline(__always)
  func isTrue(_ expression: BoundExpression, _ record: RecordView) throws -> Bool {
    try truth(expression, record) == .yes
  }

  /// Whether a condition is true or unknown for a record: what a check allows.
  @inline(__always)
  func isNotFalse(_ expression: BoundExpression, _ record: RecordView) throws -> Bool {
    try truth(expression, record) != .no
  }

  /// The value of an expression for a record.
  func value(_ expression: BoundExpression, _ record: RecordView) throws -> Value {
    begin()
    return try expression.root.scalar(record, self).value()
  }
}
