#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// A value while an expression is evaluated. Texts and bytes are views: of the record, of a
/// constant, or of the evaluation's scratch memory.
enum Scalar {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case text(UnsafeRawBufferPointer)
  case bytes(UnsafeRawBufferPointer)
  case date(Int32)
  /// Microseconds since midnight.
  case time(Int64)
  /// Microseconds since 1970.
  case timestamp(Int64)
  /// The two halves, most significant first.
  case uuid(UInt64, UInt64)
  indirect case decimal(ExactDecimal)
  /// A number in JSON, as its text.
  case number(UnsafeRawBufferPointer)
  /// A JSON object.
  case object(UnsafeRawBufferPointer)
  /// A JSON array.
  case array(UnsafeRawBufferPointer)

  @inline(__always)
  var isNull: Bool {
    if case .null = self { return true }
    return false
  }
}

extension Scalar {
  /// The halves of the 16 bytes of a uuid.
  static func uuid(bytes: UnsafeRawBufferPointer) -> Scalar {
    guard bytes.count == 16, let base = bytes.baseAddress else { return .null }
    return .uuid(
      UInt64(bigEndian: base.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  /// The value as a column's.
  func value() -> Value {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .int(let int): .int(int)
    case .double(let double): .double(double)
    case .text(let text): .text(RawBytes.string(text))
    case .bytes(let bytes): .bytes([UInt8](bytes))
    case .date(let days): CalendarDate(days: days).map { .date($0) } ?? .null
    case .time(let time): TimeOfDay(microseconds: time).map { .time($0) } ?? .null
    case .timestamp(let moment): Timestamp(microseconds: moment).map { .timestamp($0) } ?? .null
    case .uuid(let high, let low):
      withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { .uuid(UUID(rawBytes: $0)) }
    case .decimal(let decimal): .decimal(decimal)
    case .number(let text): NumberText(text: text).map { .any(.number($0)) } ?? .null
    case .object(let text), .array(let text): .any(.json(JSON(validated: [UInt8](text))))
    }
  }
}
