extension JSONPath: CustomStringConvertible, LosslessStringConvertible {
  /// Reads a path; nil if the text is not one.
  public init?(_ description: String) {
    guard let path = try? JSONPath.parse(description) else { return nil }
    self = path
  }

  /// Reads a path such as `codes[0].value`.
  ///
  /// - Throws: ``JSONError`` with reason `invalidPath` and the offset of the mistake.
  public static func parse(_ text: String) throws(JSONError) -> JSONPath {
    var parser = JSONPathParser(Array(text.utf8))
    return try parser.path()
  }

  /// The path as text, which ``parse(_:)`` reads back to an equal path.
  public var description: String {
    let text = suffix
    return text.hasPrefix(".") ? String(text.dropFirst()) : text
  }

  /// The path as it stands after a column's name: with a leading dot unless it begins with a
  /// bracket.
  public var suffix: String {
    segments.reduce(into: "") { text, segment in
      switch segment {
      case .member(let name): text += "." + JSONPath.quoted(name)
      case .element(let index): text += "[\(index)]"
      case .anyElement: text += "[*]"
      }
    }
  }

  /// A name as it stands in a path: as it is if it is a plain identifier, else in back-ticks.
  public static func quoted(_ name: String) -> String {
    if isPlain(name) { return name }
    var text = "`"
    for scalar in name.unicodeScalars {
      if scalar == "`" { text.unicodeScalars.append(scalar) }
      text.unicodeScalars.append(scalar)
    }
    return text + "`"
  }

  /// Whether a name is a plain identifier: ASCII letters, digits and `_`, no digit first.
  public static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, JSONPathParser.isNameByte(first),
      !JSONPathParser.isDigit(first)
    else { return false }
    return name.utf8.allSatisfy(JSONPathParser.isNameByte)
  }
}

/// Reads the text of a path.
private struct JSONPathParser {
  private let bytes: [UInt8]
  private var p = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || isDigit(byte)
      || byte == UInt8(ascii: "_")
  }

  private var failure: JSONError { JSONError(.invalidPath, at: p) }

  mutating func path() throws(JSONError) -> JSONPath {
    var segments: [JSONPath.Segment] = []
    while p < bytes.count {
      if segments.count == JSONPath.maximumSegments { throw failure }
      if bytes[p] == UInt8(ascii: "[") {
        segments.append(try bracket())
        continue
      }
      if !segments.isEmpty {
        guard bytes[p] == UInt8(ascii: ".") else { throw failure }
        p += 1
      }
      segments.append(.member(try name()))
    }
    if segments.isEmpty { throw failure }
    return try JSONPath(segments)
  }

  private mutating func name() throws(JSONError) -> String {
    if p < bytes.count, bytes[p] == UInt8(ascii: "`") { return try quotedName() }
    let start = p
    while p < bytes.count, Self.isNameByte(bytes[p]) { p += 1 }
    guard p > start, !Self.isDigit(bytes[start]) else { throw failure }
    return String(decoding: bytes[start..<p], as: UTF8.self)
  }

  private mutating func quotedName() throws(JSONError) -> String {
    var name: [UInt8] = []
    p += 1
    while p < bytes.count {
      let byte = bytes[p]
      p += 1
      if byte == UInt8(ascii: "`") {
        guard p < bytes.count, bytes[p] == byte else {
          return String(decoding: name, as: UTF8.self)
        }
        p += 1
      }
      name.append(byte)
    }
    throw failure
  }

  private mutating func bracket() throws(JSONError) -> JSONPath.Segment {
    p += 1
    let start = p
    if p < bytes.count, bytes[p] == UInt8(ascii: "*") {
      p += 1
      try closeBracket()
      return .anyElement
    }
    while p < bytes.count, Self.isDigit(bytes[p]) { p += 1 }
    guard let index = Int(String(decoding: bytes[start..<p], as: UTF8.self)), index <= Int32.max
    else { throw failure }
    try closeBracket()
    return .element(index)
  }

  private mutating func closeBracket() throws(JSONError) {
    guard p < bytes.count, bytes[p] == UInt8(ascii: "]") else { throw failure }
    p += 1
  }
}
