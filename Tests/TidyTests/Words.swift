/// Looking for words in a line of code, byte by byte: no regular expressions, no locale.
enum Words {
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Every identifier of the line with the byte before it and the byte after it (0 at the ends).
  static func identifiers(in line: String) -> [(word: String, before: UInt8, after: UInt8)] {
    let bytes = Array(line.utf8)
    var found: [(word: String, before: UInt8, after: UInt8)] = []
    var at = 0
    while at < bytes.count {
      guard isWord(bytes[at]) else {
        at += 1
        continue
      }
      let start = at
      while at < bytes.count, isWord(bytes[at]) { at += 1 }
      found.append(
        (
          String(decoding: bytes[start..<at], as: UTF8.self),
          start > 0 ? bytes[start - 1] : 0,
          at < bytes.count ? bytes[at] : 0
        ))
    }
    return found
  }

  /// The parts of a camel-case name in lower case: `rowBytes` is `row`, `bytes`.
  static func parts(of name: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var lastWasUpper = true
    for character in name {
      let upper = character.isUppercase
      if (upper && !lastWasUpper) || character == "_" {
        if !part.isEmpty { parts.append(part.lowercased()) }
        part = ""
      }
      if character != "_" { part.append(character) }
      lastWasUpper = upper
    }
    if !part.isEmpty { parts.append(part.lowercased()) }
    return parts
  }

  /// Whether `!` stands right behind a value: a forced unwrap, or an implicitly unwrapped type.
  static func hasForcedUnwrap(_ line: String) -> Bool {
    let bytes = Array(line.utf8)
    for at in bytes.indices.dropFirst() where bytes[at] == UInt8(ascii: "!") {
      let before = bytes[at - 1]
      let after = at + 1 < bytes.count ? bytes[at + 1] : 0
      let closes = isWord(before) || before == UInt8(ascii: ")") || before == UInt8(ascii: "]")
      if closes, after != UInt8(ascii: "=") { return !endsInKeyword(bytes[..<at]) }
    }
    return false
  }

  /// `try!` and `as!` have rules of their own.
  private static func endsInKeyword(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.lastIndex { !isWord($0) }.map { $0 + 1 } ?? bytes.startIndex
    return ["try", "as"].contains(String(decoding: bytes[start...], as: UTF8.self))
  }
}
