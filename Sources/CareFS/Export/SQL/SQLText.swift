/// SQL that SQLite and PostgreSQL read alike, and a way to say what they do not.
///
/// Comments nest in PostgreSQL and not in SQLite. So behind `/*/**/` SQLite reads on, up to `--`,
/// while for PostgreSQL the comment ends at the `*/` that follows:
///
/// ```sql
/// "id" /*/**/INTEGER--*/BIGINT
/// ```
enum SQLText {
  /// What each of the two reads, as one line's rest; nil is nothing. Ends the line.
  static func either(sqlite: String?, postgres: String?) -> String {
    if let sqlite, sqlite == postgres { return sqlite + "\n" }
    return "/*/**/\(sqlite ?? "")--*/\(postgres ?? "")\n"
  }

  /// Whether a text can stand in what one of the two takes for a comment of one line.
  static func fitsDeclaration(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.indices.allSatisfy { place in
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      let isMark =
        (bytes[place] == UInt8(ascii: "*") && next == UInt8(ascii: "/"))
        || (bytes[place] == UInt8(ascii: "/") && next == UInt8(ascii: "*"))
      return bytes[place] >= 0x20 && !isMark
    }
  }

  /// A name in double quotes.
  static func name(_ name: String) -> String { quoted(name, by: "\"") }

  /// Names in parentheses.
  static func names(_ names: [String]) -> String {
    "(" + names.map { name($0) }.joined(separator: ",") + ")"
  }

  /// A text in single quotes, on one line if it has no line ends.
  static func literal(_ text: String) -> String { quoted(text, by: "'") }

  private static func quoted(_ text: String, by mark: Unicode.Scalar) -> String {
    var out = String.UnicodeScalarView()
    out.append(mark)
    for scalar in text.unicodeScalars {
      if scalar == mark { out.append(mark) }
      out.append(scalar)
    }
    out.append(mark)
    return String(out)
  }

  /// Appends a text in single quotes.
  ///
  /// sqlite3 loses the CR of a line that it reads, and neither takes a zero character as it is;
  /// these are written as calls.
  static func append(literal text: UnsafeRawBufferPointer, to out: ByteBuffer) {
    if RawBytes.firstIndex(of: 0, in: text) != nil { return appendHex(text, to: out) }
    guard RawBytes.firstIndex(of: 0x0D, in: text) != nil else {
      return appendQuoted(text, to: out)
    }
    let mark = freeMark(text)
    out.append("replace(")
    let marked = ByteBuffer(capacity: text.count + 64)
    for byte in text {
      if byte == 0x0D { marked.append(mark) } else { marked.append(byte) }
    }
    appendQuoted(marked.bytes, to: out)
    out.append(",'\(mark)',")
    out.append(either(sqlite: "char(13))", postgres: "chr(13))"))
  }

  /// PostgreSQL has no texts with a zero character, and says so.
  private static func appendHex(_ text: UnsafeRawBufferPointer, to out: ByteBuffer) {
    out.append("/*/**/CAST(X'")
    HexText.encode(text, to: out)
    out.append("' AS TEXT)--*/convert_from('\\x")
    HexText.encode(text, to: out)
    out.append("','UTF8')\n")
  }

  /// Appends bytes.
  static func append(blob bytes: UnsafeRawBufferPointer, to out: ByteBuffer) {
    out.append("/*/**/X'")
    HexText.encode(bytes, to: out)
    out.append("'--*/'\\x")
    HexText.encode(bytes, to: out)
    out.append("'\n")
  }

  private static func appendQuoted(_ text: UnsafeRawBufferPointer, to out: ByteBuffer) {
    let quote = UInt8(ascii: "'")
    out.append(quote)
    var rest = text
    while let place = RawBytes.firstIndex(of: quote, in: rest) {
      out.append(UnsafeRawBufferPointer(rebasing: rest[...place]))
      out.append(quote)
      rest = UnsafeRawBufferPointer(rebasing: rest[(place + 1)...])
    }
    out.append(rest)
    out.append(quote)
  }

  /// A mark that a text does not hold.
  private static func freeMark(_ text: UnsafeRawBufferPointer) -> String {
    var number = 0
    while true {
      let mark = number == 0 ? "\\r" : "\\r\(number)_"
      if !holds(text, Array(mark.utf8)) { return mark }
      number += 1
    }
  }

  private static func holds(_ text: UnsafeRawBufferPointer, _ part: [UInt8]) -> Bool {
    var rest = text
    while let place = RawBytes.firstIndex(of: part[0], in: rest) {
      rest = UnsafeRawBufferPointer(rebasing: rest[place...])
      if rest.starts(with: part) { return true }
      rest = UnsafeRawBufferPointer(rebasing: rest[1...])
    }
    return false
  }
}
