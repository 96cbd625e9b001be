/// A number as JSON writes it, kept digit by digit. Equal when the texts are.
public struct NumberText: Sendable {
  /// The text, such as `1.50` or `6.02e23`.
  public let text: String

  /// Reads a JSON number; nil when the text is not one.
  public init?(_ text: String) {
    guard text.withUTF8Bytes({ NumberForm($0) }) != nil else { return nil }
    self.text = text
  }

  init?(text bytes: UnsafeRawBufferPointer) {
    guard NumberForm(bytes) != nil else { return nil }
    text = RawBytes.string(bytes)
  }

  /// A whole number.
  public init(_ value: Int64) { text = String(value) }

  /// A finite double in its shortest exact form; nil for others.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = (value == 0 ? 0 : value).description
  }

  /// The value as an integer of 64 bits; nil when it is not a whole number of that size.
  public var int: Int64? {
    guard let number = ExactDecimal(text) else { return nil }
    return number.int
  }

  /// The nearest double; nil when it is beyond every finite one.
  public var double: Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}

extension NumberText: Hashable {
  /// Whether the texts are the same.
  public static func == (left: NumberText, right: NumberText) -> Bool {
    Value.equalBytes(left.text, right.text)
  }

  /// Hashes the text.
  public func hash(into hasher: inout Hasher) { Value.hashBytes(text, into: &hasher) }
}

extension ExactDecimal {
  /// The value as an integer of 64 bits; nil when it is not a whole number of that size.
  public var int: Int64? {
    var rest = magnitude
    for _ in 0..<scale where rest.divide(by: 10) != 0 { return nil }
    let words = rest.words
    guard words.1 == 0, words.2 == 0, words.3 == 0 else { return nil }
    if isNegative {
      return words.0 <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- words.0) : nil
    }
    return Int64(exactly: words.0)
  }
}
