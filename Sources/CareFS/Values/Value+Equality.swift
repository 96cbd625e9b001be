extension Value: Hashable {
  /// Whether both have the same type and the same bytes.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): canonicalBits(a) == canonicalBits(b)
    case (.bool(let a), .bool(let b)): a == b
    case (.text(let a), .text(let b)): equalBytes(a, b)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.time(let a), .time(let b)): a == b
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.uuid(let a), .uuid(let b)): a == b
    case (.decimal(let a), .decimal(let b)): a == b
    case (.json(let a), .json(let b)): a == b
    case (.any(let a), .any(let b)): a == b
    default: false
    }
  }

  /// Hashes the type and the bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(type?.rawValue ?? 0)
    switch self {
    case .null: break
    case .int(let value): hasher.combine(value)
    case .double(let value): hasher.combine(Value.canonicalBits(value))
    case .bool(let value): hasher.combine(value)
    case .text(let value): Value.hashBytes(value, into: &hasher)
    case .bytes(let value): hasher.combine(value)
    case .date(let value): hasher.combine(value)
    case .time(let value): hasher.combine(value)
    case .timestamp(let value): hasher.combine(value)
    case .uuid(let value): hasher.combine(value)
    case .decimal(let value): hasher.combine(value)
    case .json(let value): hasher.combine(value)
    case .any(let value): hasher.combine(value)
    }
  }

  /// The bits of a double, where both zeros are the same.
  @inline(__always)
  static func canonicalBits(_ value: Double) -> UInt64 { value == 0 ? 0 : value.bitPattern }

  /// Whether two texts have the same UTF-8; `==` of String would normalise them.
  static func equalBytes(_ left: String, _ right: String) -> Bool {
    left.withUTF8Bytes { a in right.withUTF8Bytes { b in RawBytes.equal(a, b) } }
  }

  /// Hashes the UTF-8 of a text.
  static func hashBytes(_ text: String, into hasher: inout Hasher) {
    text.withUTF8Bytes { hasher.combine(bytes: $0) }
    hasher.combine(text.utf8.count)
  }
}
