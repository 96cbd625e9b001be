/// A column of a plain type.
final class ColumnNode: BoundNode, @unchecked Sendable {
  let ordinal: Int
  let type: ColumnType

  init(_ ordinal: Int, _ type: ColumnType) {
    self.ordinal = ordinal
    self.type = type
  }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    if try record.isNull(ordinal) { return .null }
    switch type {
    case .int: return .int(try record.int(ordinal))
    case .double: return .double(try record.double(ordinal))
    case .bool: return .bool(try record.bool(ordinal))
    case .date: return .date(try record.date(ordinal).days)
    case .time: return .time(try record.time(ordinal).microseconds)
    case .timestamp: return .timestamp(try record.timestamp(ordinal).microseconds)
    case .uuid:
      return try withUnsafeBytes(of: record.uuid(ordinal).uuid) { Scalar.uuid(bytes: $0) }
    case .decimal: return .decimal(try record.decimal(ordinal))
    case .text, .bytes:
      var bytes = try record.bytes(ordinal)
      // What a document store loads lasts only until it loads again.
      if record.isExternal(ordinal) { bytes = context.copy(bytes) }
      return type == .text ? .text(bytes) : .bytes(bytes)
    case .json, .any: return .null
    }
  }
}

/// Whether a column of any type is null, without reading its value.
final class NullNode: BoundNode, @unchecked Sendable {
  private let ordinal: Int
  private let negated: Bool

  init(_ ordinal: Int, negated: Bool) {
    self.ordinal = ordinal
    self.negated = negated
  }

  override func truth(_ record: RecordView, _ context: EvaluationContext) throws -> Truth {
    Truth(try record.isNull(ordinal) != negated)
  }
}
