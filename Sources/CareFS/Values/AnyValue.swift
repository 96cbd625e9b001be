/// A value that remembers its kind and comes back as it was given.
public enum AnyValue: Sendable, Hashable {
  /// A JSON object or array.
  case json(JSON)
  /// A text.
  case text(String)
  /// A number, digit by digit.
  case number(NumberText)
  /// A truth value.
  case bool(Bool)

  /// Whether both have the same kind and the same bytes.
  public static func == (left: AnyValue, right: AnyValue) -> Bool {
    switch (left, right) {
    case (.json(let a), .json(let b)): a == b
    case (.text(let a), .text(let b)): Value.equalBytes(a, b)
    case (.number(let a), .number(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    default: false
    }
  }

  /// Hashes the kind and the bytes.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .json(let json):
      hasher.combine(1)
      hasher.combine(json)
    case .text(let text):
      hasher.combine(2)
      Value.hashBytes(text, into: &hasher)
    case .number(let number):
      hasher.combine(3)
      hasher.combine(number)
    case .bool(let bool):
      hasher.combine(4)
      hasher.combine(bool)
    }
  }
}
