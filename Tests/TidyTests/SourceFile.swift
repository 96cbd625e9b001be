/// One text file of the repository, seen twice: as it is, and as code alone.
struct SourceFile {
  /// The path from the top of the repository, with `/`.
  let path: String
  /// The lines as they stand.
  let lines: [String]
  /// The same lines with comments and the contents of string literals blanked out.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = SourceFile.split(Array(text.utf8))
    code = path.hasSuffix(".swift") ? SourceFile.split(CodeScanner.blank(Array(text.utf8))) : lines
  }

  var isSwift: Bool { path.hasSuffix(".swift") }

  func isUnder(_ folders: String...) -> Bool {
    folders.contains { path.hasPrefix($0 + "/") }
  }

  private static func split(_ bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

/// Blanks comments and string literals, so that rules see code and nothing else.
enum CodeScanner {
  private static let quote = UInt8(ascii: "\"")
  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")
  private static let hash = UInt8(ascii: "#")
  private static let backslash = UInt8(ascii: "\\")
  private static let newline = UInt8(ascii: "\n")

  /// The text with every byte of a comment or of a literal's contents replaced by a space, except
  /// line ends. Interpolations count as contents.
  static func blank(_ text: [UInt8]) -> [UInt8] {
    var out = text
    var at = 0
    func byte(_ index: Int) -> UInt8 { index < text.count ? text[index] : 0 }
    func erase(_ range: Range<Int>) {
      for index in range where text[index] != newline { out[index] = UInt8(ascii: " ") }
    }
    while at < text.count {
      let start = at
      if byte(at) == slash, byte(at + 1) == slash {
        while at < text.count, text[at] != newline { at += 1 }
        erase(start..<at)
      } else if byte(at) == slash, byte(at + 1) == star {
        at = endOfBlockComment(text, from: at)
        erase(start..<at)
      } else if byte(at) == quote || (byte(at) == hash && rawHashes(text, at: at) > 0) {
        let hashes = byte(at) == hash ? rawHashes(text, at: at) : 0
        let contents = contentsOfLiteral(text, from: at, hashes: hashes)
        erase(contents.body)
        at = contents.end
      } else {
        at += 1
      }
    }
    return out
  }

  /// How many `#` begin a raw string here; 0 when this is not one.
  private static func rawHashes(_ text: [UInt8], at start: Int) -> Int {
    var at = start
    while at < text.count, text[at] == hash { at += 1 }
    return at < text.count && text[at] == quote ? at - start : 0
  }

  private static func endOfBlockComment(_ text: [UInt8], from start: Int) -> Int {
    var depth = 0
    var at = start
    while at + 1 < text.count {
      if text[at] == slash, text[at + 1] == star {
        depth += 1
        at += 2
      } else if text[at] == star, text[at + 1] == slash {
        depth -= 1
        at += 2
        if depth == 0 { return at }
      } else {
        at += 1
      }
    }
    return text.count
  }

  private static func contentsOfLiteral(
    _ text: [UInt8], from start: Int, hashes: Int
  ) -> (body: Range<Int>, end: Int) {
    var at = start + hashes
    let triple = at + 2 < text.count && text[at + 1] == quote && text[at + 2] == quote
    let quotes = triple ? 3 : 1
    at += quotes
    let body = at
    let closing = [UInt8](repeating: quote, count: quotes) + [UInt8](repeating: hash, count: hashes)
    while at < text.count {
      if text[at...].starts(with: closing) { return (body..<at, at + closing.count) }
      if text[at] == backslash, hashes == 0 {
        at = byteAfterEscape(text, at: at)
      } else if text[at] == newline, !triple {
        return (body..<at, at)
      } else {
        at += 1
      }
    }
    return (body..<text.count, text.count)
  }

  /// Skips an escape; of an interpolation everything to its closing parenthesis.
  private static func byteAfterEscape(_ text: [UInt8], at start: Int) -> Int {
    guard start + 1 < text.count, text[start + 1] == UInt8(ascii: "(") else {
      return min(start + 2, text.count)
    }
    var depth = 0
    var at = start + 1
    while at < text.count {
      if text[at] == UInt8(ascii: "(") { depth += 1 }
      if text[at] == UInt8(ascii: ")") { depth -= 1 }
      at += 1
      if depth == 0 { break }
    }
    return at
  }
}
