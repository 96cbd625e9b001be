/// Turns the default of a column in SQL into one of the engine's.
enum SQLDefaultMap {
  /// The default, and whether the engine numbers the column.
  static func value(
    _ declared: SQLDefault, of column: SQLColumn, _ type: ColumnType, in table: String,
    _ note: (Int, String) throws -> Void
  ) throws -> (DefaultValue?, Bool) {
    let words = unwrapped(declared.words)
    guard let first = words.first else { return (nil, false) }
    if first.is("null"), words.count == 1 { return (nil, false) }
    if first.is("nextval") { return (nil, type == .int) }
    if let automatic = automatic(words, type) { return (automatic, false) }
    if let constant = constant(words, type) {
      guard constant.fits(type) else { throw misfit(declared, column, type, in: table) }
      return (.constant(constant), false)
    }
    throw misfit(declared, column, type, in: table)
  }

  private static func misfit(
    _ declared: SQLDefault, _ column: SQLColumn, _ type: ColumnType, in table: String
  ) -> FormatError {
    FormatError(
      line: declared.line,
      "the default of column \"\(column.name)\" of table \"\(table)\" cannot be kept: it is "
        + "neither a constant of type \(type.name) nor the current time")
  }

  /// The words without parentheses around all of them, and without casts.
  private static func unwrapped(_ words: [SQLWord]) -> [SQLWord] {
    var parser = SQLStatementParser(words)
    guard parser.current?.isSymbol("(") == true, let group = try? parser.group() else {
      if let end = words.firstIndex(where: { $0.isSymbol("::") }) { return Array(words[..<end]) }
      return words
    }
    guard parser.current == nil || parser.current?.isSymbol("::") == true else { return words }
    return unwrapped(group)
  }

  private static func automatic(_ words: [SQLWord], _ type: ColumnType) -> DefaultValue? {
    let text = words.map { SQLName.fold($0.text) }.joined()
    switch type {
    case .timestamp:
      let forms = [
        "current_timestamp", "now()", "datetime(now)", "localtimestamp", "transaction_timestamp()",
        "strftime(%y-%m-%dt%h:%m:%fz,now)", "strftime(%y-%m-%dt%h:%m:%sz,now)",
        "strftime(%y-%m-%d %h:%m:%s,now)", "strftime(%y-%m-%d %h:%m:%f,now)",
      ]
      return forms.contains(text) ? .now : nil
    case .date:
      return ["current_date", "date(now)", "now()", "date()"].contains(text) ? .today : nil
    case .uuid, .text:
      return ["gen_random_uuid()", "uuid_generate_v4()", "uuid()"].contains(text) ? .uuid : nil
    default: return nil
    }
  }

  private static func constant(_ words: [SQLWord], _ type: ColumnType) -> SchemaConstant? {
    var words = words
    var sign = ""
    if let first = words.first, first.isSymbol("-") || first.isSymbol("+") {
      sign = first.text == "-" ? "-" : ""
      words.removeFirst()
    }
    guard words.count == 1, let word = words.first else { return nil }
    if word.kind == .number {
      if type == .bool {
        return word.text == "0" ? .bool(false) : word.text == "1" ? .bool(true) : nil
      }
      if type == .json { return .json(sign + word.text) }
      if type == .text || type == .date || type == .time || type == .timestamp { return nil }
      return .number(sign + word.text)
    }
    guard sign.isEmpty else { return nil }
    if word.is("true") { return .bool(true) }
    if word.is("false") { return .bool(false) }
    if word.kind == .blob {
      let bytes = ByteBuffer()
      let base64 = ByteBuffer()
      guard word.text.withUTF8Bytes({ HexText.decode($0, to: bytes) }) else { return nil }
      Base64.encode(bytes.bytes, to: base64)
      return type == .bytes ? .text(base64.string) : nil
    }
    // SQLite takes a word in double quotes for a text.
    guard word.kind == .text || word.isDoubleQuoted else { return nil }
    return text(word.text, type)
  }

  private static func text(_ text: String, _ type: ColumnType) -> SchemaConstant? {
    switch type {
    case .json: return .json(text)
    case .bool:
      return ["true", "t", "1"].contains(text)
        ? .bool(true) : ["false", "f", "0"].contains(text) ? .bool(false) : nil
    case .int, .double: return NumberText(text) == nil ? nil : .number(text)
    case .timestamp: return Timestamp(SQLTimestamp.complete(text)).map { .text($0.description) }
    case .uuid: return .text(SQLName.fold(text))
    default: return .text(text)
    }
  }
}

/// Time stamps as SQL databases write them.
enum SQLTimestamp {
  /// The text with an offset that RFC 3339 allows: none means UTC, and `+00` means `+00:00`.
  static func complete(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count > 11, let last = bytes.last, last | 0x20 != UInt8(ascii: "z") else {
      return text
    }
    // `YYYY-MM-DD` has two signs that belong to no offset.
    guard
      let sign = bytes[11...].lastIndex(where: {
        $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-")
      })
    else { return hasSeconds(bytes) ? text + "Z" : text + ":00Z" }
    return bytes.count - sign == 3 ? text + ":00" : text
  }

  private static func hasSeconds(_ bytes: [UInt8]) -> Bool {
    bytes[11...].count(where: { $0 == UInt8(ascii: ":") }) != 1
  }
}
