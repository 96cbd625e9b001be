/// Keys from `lower` on and below `upper`.
struct KeyRange: Sendable {
  var lower: [UInt8]
  /// nil is without end.
  var upper: [UInt8]?

  /// All keys.
  static let all = KeyRange(lower: [], upper: nil)

  /// The keys that begin with a prefix.
  init(prefix: [UInt8]) {
    lower = prefix
    upper = Self.successor(of: prefix)
  }

  init(lower: [UInt8], upper: [UInt8]?) {
    self.lower = lower
    self.upper = upper
  }

  /// The least key above all that begin with these bytes; nil when there is none.
  static func successor(of prefix: [UInt8]) -> [UInt8]? {
    var bytes = prefix
    while let last = bytes.last {
      if last < 0xFF {
        bytes[bytes.count - 1] = last + 1
        return bytes
      }
      bytes.removeLast()
    }
    return nil
  }

  /// Whether no key can be in it.
  var isEmpty: Bool {
    guard let upper else { return false }
    return !lower.lexicographicallyPrecedes(upper)
  }
}

extension KeyRange {
  /// The ranges of keys that begin with `prefix` and go on with a part for which a test holds.
  static func ranges(
    after prefix: [UInt8], part: KeyPart, _ test: QueryTerm.Test
  ) throws -> [KeyRange] {
    switch test {
    case .equal(let values):
      let keys = try values.map { prefix + (try key($0, part)) }
      var unique: [[UInt8]] = []
      for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) where unique.last != key {
        unique.append(key)
      }
      return unique.map { KeyRange(prefix: $0) }
    case .isNull:
      guard part.nullable else { return [] }
      return [KeyRange(prefix: prefix + [part.descending ? 0xFF : 0])]
    case .prefix(let text):
      let encoder = KeyEncoder()
      let start = encoder.begin(part)
      text.withUTF8Bytes { bytes in
        if part.type == .any {
          ScalarKey.append(text: bytes, collation: part.collation, to: encoder)
        } else {
          encoder.append(text: bytes, collation: part.collation)
        }
      }
      // Without the terminator: whatever follows may follow.
      encoder.buffer.truncate(to: encoder.buffer.count - 2)
      encoder.end(part, from: start)
      return [KeyRange(prefix: prefix + Array(encoder.key))]
    case .range(let lower, let upper):
      // Descending parts are complemented: what is above comes first.
      let (first, last) = part.descending ? (upper, lower) : (lower, upper)
      var range = KeyRange(prefix: prefix)
      if part.nullable {
        range = KeyRange(prefix: prefix + [part.descending ? 0xFE : 1])
      }
      if let first {
        let bytes = prefix + (try key(first.value, part))
        guard let from = first.isInclusive ? bytes : successor(of: bytes) else { return [] }
        range.lower = from
      }
      if let last {
        let bytes = prefix + (try key(last.value, part))
        range.upper = last.isInclusive ? successor(of: bytes) : bytes
      }
      return range.isEmpty ? [] : [range]
    }
  }

  private static func key(_ value: Value, _ part: KeyPart) throws -> [UInt8] {
    let encoder = KeyEncoder()
    try encoder.append(value, as: part)
    return Array(encoder.key)
  }
}
