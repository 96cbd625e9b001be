/// Reading a document's parts. Each access scans the document's text.
extension JSON {
  /// The value that a path leads to; nil if there is none.
  ///
  /// - Complexity: linear in the length of the document.
  public subscript(path: JSONPath) -> JSON? {
    withUnsafeBytes { view in
      guard let match = try? path.find(in: view) else { return nil }
      return JSON(validated: Array(view[match.range]))
    }
  }

  /// The member of an object with a name; nil if there is none. Of duplicates it is the last.
  public subscript(member name: String) -> JSON? {
    guard let path = try? JSONPath([.member(name)]) else { return nil }
    return self[path]
  }

  /// The text of a string; nil for other kinds, and for an escaped surrogate without its partner.
  public var string: String? {
    withUnsafeBytes { view in
      guard let content = JSONText.content(of: view) else { return nil }
      var bytes: [UInt8] = []
      let whole = JSONText.unescape(content) { bytes.append(contentsOf: $0) }
      return whole ? String(decoding: bytes, as: UTF8.self) : nil
    }
  }

  /// The value of `true` or `false`; nil for other kinds.
  public var bool: Bool? {
    switch trimmed {
    case "true": true
    case "false": false
    default: nil
    }
  }

  /// The value of a number that is written as an integer of 64 bits; nil otherwise.
  public var int: Int64? {
    kind == .number ? Int64(trimmed) : nil
  }

  /// The double nearest to a number; nil for other kinds, and beyond the finite ones.
  public var double: Double? {
    guard kind == .number, let value = Double(trimmed), value.isFinite else { return nil }
    return value
  }

  /// The elements of an array; nil for other kinds.
  public var elements: [JSON]? {
    guard kind == .array else { return nil }
    var result: [JSON] = []
    try? visit { _, value in result.append(value) }
    return result
  }

  /// The members of an object in the order of the text, duplicates included; nil for other kinds.
  public var members: [(name: String, value: JSON)]? {
    guard kind == .object else { return nil }
    var result: [(name: String, value: JSON)] = []
    try? visit { name, value in result.append((name, value)) }
    return result
  }

  private var trimmed: String {
    guard let first = bytes.firstIndex(where: { !JSONScanner.isSpace($0) }),
      let last = bytes.lastIndex(where: { !JSONScanner.isSpace($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }

  /// Visits the values of an array or object, with their names in an object and "" in an array.
  private func visit(_ body: (String, JSON) -> Void) throws {
    try withUnsafeBytes { view in
      var cursor = try JSONCursor(view)
      let isObject = try cursor.token() == UInt8(ascii: "{")
      let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
      cursor.position += 1
      if try cursor.accept(end) { return }
      repeat {
        var name = ""
        if isObject {
          let key = try cursor.skipValue()
          let content = view[key.range].dropFirst().dropLast()
          name = String(
            decoding: JSONText.unescaped(UnsafeRawBufferPointer(rebasing: content)), as: UTF8.self)
          try cursor.expect(UInt8(ascii: ":"))
        }
        let match = try cursor.skipValue()
        body(name, JSON(validated: Array(view[match.range])))
      } while try cursor.accept(UInt8(ascii: ","))
    }
  }
}

extension JSONText {
  /// The text between the quotes of a string, around which white space may stand; nil for other
  /// kinds of values.
  static func content(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let first = bytes.firstIndex(where: { !JSONScanner.isSpace($0) }),
      let last = bytes.lastIndex(where: { !JSONScanner.isSpace($0) }),
      last > first, bytes[first] == UInt8(ascii: "\""), bytes[last] == UInt8(ascii: "\"")
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes[(first + 1)..<last])
  }
}
