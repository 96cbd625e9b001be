extension Expression {
  /// A constant as it is written. It takes the type of the column that it meets: dates, times,
  /// uuids, decimals and bytes (in base64) are written as texts.
  public enum Literal: Sendable, Hashable {
    /// No value.
    case null
    /// A truth value.
    case bool(Bool)
    /// A number, digit by digit.
    case number(NumberText)
    /// A text.
    case text(String)

    /// Equal when kind and bytes are.
    public static func == (left: Literal, right: Literal) -> Bool {
      switch (left, right) {
      case (.null, .null): true
      case (.bool(let a), .bool(let b)): a == b
      case (.number(let a), .number(let b)): a == b
      case (.text(let a), .text(let b)): Value.equalBytes(a, b)
      default: false
      }
    }

    /// Hashes kind and bytes.
    public func hash(into hasher: inout Hasher) {
      switch self {
      case .null: hasher.combine(0)
      case .bool(let bool): hasher.combine(bool)
      case .number(let number): hasher.combine(number)
      case .text(let text): Value.hashBytes(text, into: &hasher)
      }
    }
  }
}

extension Expression.Literal {
  /// The literal that stands for a value; nil for JSON documents and for doubles that are not
  /// finite, which no literal stands for.
  public init?(_ value: Value) {
    switch value {
    case .null: self = .null
    case .int(let int): self = .number(NumberText(int))
    case .double(let double):
      guard let number = NumberText(double) else { return nil }
      self = .number(number)
    case .bool(let bool): self = .bool(bool)
    case .text(let text): self = .text(text)
    case .bytes(let bytes):
      let text = ByteBuffer(capacity: bytes.count / 3 * 4 + 4)
      bytes.withUnsafeBytes { Base64.encode($0, to: text) }
      self = .text(text.string)
    case .date(let date): self = .text(date.description)
    case .time(let time): self = .text(time.description)
    case .timestamp(let moment): self = .text(moment.description)
    case .uuid(let uuid): self = .text(uuid.uuidString.lowercased())
    case .decimal(let decimal): self = .text(decimal.description)
    case .json: return nil
    case .any(let any):
      switch any {
      case .bool(let bool): self = .bool(bool)
      case .number(let number): self = .number(number)
      case .text(let text): self = .text(text)
      case .json: return nil
      }
    }
  }
}
