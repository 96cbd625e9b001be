/// Why a text is not JSON, and where.
///
/// The description names the rule and the byte offset, never the text itself, so that it may be
/// logged beside records that must stay private.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rule that the text breaks.
  public enum Reason: Sendable, Hashable {
    /// The text ends inside a value, or is empty.
    case unexpectedEnd
    /// A byte stands where the grammar allows another one.
    case unexpectedByte
    /// Bytes follow the end of the value.
    case trailingBytes
    /// A number has a leading zero, or lacks digits.
    case invalidNumber
    /// An escape in a string is unknown or cut short.
    case invalidEscape
    /// A control character below U+0020 stands unescaped in a string.
    case controlCharacter
    /// The bytes are not UTF-8.
    case invalidUTF8
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep
    /// A path text is malformed.
    case invalidPath
  }

  /// The rule that the text breaks.
  public let reason: Reason
  /// The offset in bytes, from the start of the text, at which it breaks.
  public let offset: Int

  /// Creates an error for a rule broken at a byte offset.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// One line that names the rule and the offset.
  public var description: String {
    "\(reason.text) at byte \(offset)"
  }
}

extension JSONError.Reason {
  fileprivate var text: String {
    switch self {
    case .unexpectedEnd: "JSON ends too early"
    case .unexpectedByte: "unexpected character in JSON"
    case .trailingBytes: "unexpected characters after the JSON value"
    case .invalidNumber: "invalid number in JSON"
    case .invalidEscape: "invalid escape in a JSON string"
    case .controlCharacter: "unescaped control character in a JSON string"
    case .invalidUTF8: "invalid UTF-8 in JSON"
    case .tooDeep: "JSON is nested deeper than \(JSONScanner.maximumDepth) levels"
    case .invalidPath: "invalid JSON path"
    }
  }
}
