/// A word of SQL: where it stands in the current record of the input.
struct SQLToken {
  enum Kind: UInt8 {
    /// A plain identifier or keyword.
    case word
    /// A name in double quotes, back-ticks or brackets.
    case name
    /// A text in single quotes.
    case text
    /// A text with backslash escapes: `E'..'`.
    case escaped
    /// Hexadecimal digits: `X'..'`.
    case blob
    case number
    /// One or two marks such as `(`, `<=` or `::`.
    case symbol
    /// The end of the dump.
    case end
  }

  var kind: Kind
  /// What stands between the quotes, or all of it where there are none.
  var range: Range<Int>
  /// The quote that stands for itself when it is doubled in the content; 0 if none is.
  var doubled: UInt8 = 0
  /// The line on which it begins, from 1.
  var line: Int
  /// The mark, of symbols of one byte; else 0.
  var mark: UInt8 = 0
}

/// A word of a statement, out of the input.
struct SQLWord: Hashable, Sendable {
  enum Kind: UInt8, Sendable {
    case word, name, text, blob, number, symbol
  }

  var kind: Kind
  /// The text without quotes; of blobs the hexadecimal digits.
  var text: String
  var line: Int
  /// Whether a name stands in double quotes, which may mean a text.
  var isDoubleQuoted = false
}

extension SQLWord {
  /// Whether this is a keyword, in any case of letters.
  func `is`(_ keyword: String) -> Bool {
    kind == .word && SQLName.isSame(text, keyword)
  }

  func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }
}

/// Names in SQL: the case of ASCII letters means nothing.
enum SQLName {
  static func isSame(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8) { folded($0) == folded($1) }
  }

  /// The name with its ASCII letters in lower case.
  static func fold(_ name: String) -> String {
    String(decoding: name.utf8.map { folded($0) }, as: UTF8.self)
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
