/// What kind of value a JSON text holds.
public enum JSONKind: UInt8, Sendable, Hashable {
  case null, bool, number, string, array, object

  /// The kind of a valid JSON value by its first byte; nil if no value begins with it.
  @inline(__always)
  init?(firstByte byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "{"): self = .object
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
    case UInt8(ascii: "n"): self = .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
    default: return nil
    }
  }
}

/// Where a value lies in a JSON text.
public struct JSONMatch: Sendable, Hashable {
  /// The kind of the value.
  public let kind: JSONKind
  /// The bytes of the value in the text; of a string with its quotes.
  public let range: Range<Int>

  /// Creates a match.
  public init(kind: JSONKind, range: Range<Int>) {
    self.kind = kind
    self.range = range
  }
}
