/// Values as text: in CSV fields and on the command line, and in JSON.
public enum ValueText {
  /// Reads the value that a CSV field or an argument stands for. Null has no text of its own.
  ///
  /// - Parameter text: UTF-8 bytes.
  /// - Throws: ``ValueTextError`` if the text is not of the type's form.
  public static func parse(
    _ text: UnsafeRawBufferPointer, as type: ColumnType
  ) throws(ValueTextError) -> Value {
    switch type {
    case .int: return .int(try int(text))
    case .double:
      if let value = NumberScan.double(text) { return .double(value) }
      if NumberForm(text) != nil { throw ValueTextError(type, "a number beyond a double") }
    case .bool:
      if let value = bool(text) { return .bool(value) }
    case .text:
      if TextScan.invalidUTF8(text) != nil { throw ValueTextError(type, "not UTF-8") }
      return .text(RawBytes.string(text))
    case .bytes:
      if let value = Base64.decode(text) { return .bytes(value) }
    case .date:
      if let value = CalendarDate(text: text) { return .date(value) }
    case .time:
      if let value = TimeOfDay(text: text) { return .time(value) }
    case .timestamp:
      if let value = Timestamp(text: text) { return .timestamp(value) }
    case .uuid:
      if let value = UUIDText.parse(text) { return .uuid(value) }
    case .decimal:
      if let value = ExactDecimal(text: text) { return .decimal(value) }
    case .json: return .json(try document(text, type))
    case .any: return try any(try document(text, type))
    }
    throw .form(type)
  }

  /// Reads the value that a text stands for.
  public static func parse(_ text: String, as type: ColumnType) throws(ValueTextError) -> Value {
    let result: Result<Value, ValueTextError> = text.withUTF8Bytes { bytes in
      do throws(ValueTextError) {
        return .success(try parse(bytes, as: type))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func int(_ text: UnsafeRawBufferPointer) throws(ValueTextError) -> Int64 {
    if let value = NumberScan.plainInt(text) { return value }
    guard let form = NumberForm(text) else { throw .form(.int) }
    if let value = ExactDecimal(text: text)?.int { return value }
    guard form.fraction.isEmpty, form.exponent >= 0 else {
      throw ValueTextError(.int, "not a whole number of 64 bits")
    }
    throw ValueTextError(.int, "an integer beyond 64 bits")
  }

  private static func bool(_ text: UnsafeRawBufferPointer) -> Bool? {
    if text.elementsEqual("true".utf8) { return true }
    if text.elementsEqual("false".utf8) { return false }
    return nil
  }

  private static func document(
    _ text: UnsafeRawBufferPointer, _ type: ColumnType
  ) throws(ValueTextError) -> JSON {
    do throws(JSONError) {
      return try JSON(validating: text)
    } catch {
      throw ValueTextError(type, error.description)
    }
  }

  // MARK: JSON

  /// Reads the value that a JSON value stands for.
  ///
  /// JSON null is the column's null; only in a json column without nulls it is a document.
  ///
  /// - Parameters:
  ///   - text: the bytes of one valid JSON value.
  ///   - kind: its kind.
  /// - Throws: ``ValueTextError`` if the value is not of the type's kind and form.
  public static func parse(
    json text: UnsafeRawBufferPointer, kind: JSONKind, as type: ColumnType, nullable: Bool
  ) throws(ValueTextError) -> Value {
    if type == .json, !(kind == .null && nullable) { return .json(JSON(validated: Array(text))) }
    switch (kind, type) {
    case (.null, _): return .null
    case (_, .any): return try any(JSON(validated: Array(text)))
    case (.number, .int), (.number, .double), (.number, .decimal), (.bool, .bool):
      return try parse(text, as: type)
    case (.string, .int), (.string, .double), (.string, .bool): break
    case (.string, _):
      return try parse(string: text, as: type)
    default: break
    }
    throw ValueTextError(type, "\(kind.article) where \(needed(type)) is needed")
  }

  /// Reads the value that a JSON value stands for.
  public static func parse(
    json: JSON, as type: ColumnType, nullable: Bool
  ) throws(ValueTextError) -> Value {
    let result: Result<Value, ValueTextError> = json.withUnsafeBytes { bytes in
      do throws(ValueTextError) {
        return .success(
          try parse(json: JSONText.trimmed(bytes), kind: json.kind, as: type, nullable: nullable))
      } catch {
        return .failure(error)
      }
    }
    let value = try result.get()
    // The document with the white space around it.
    if case .json = value { return .json(json) }
    return value
  }

  private static func parse(
    string text: UnsafeRawBufferPointer, as type: ColumnType
  ) throws(ValueTextError) -> Value {
    guard let content = JSONText.content(of: text) else { throw .form(type) }
    guard RawBytes.firstIndex(of: UInt8(ascii: "\\"), in: content) != nil else {
      return try parse(content, as: type)
    }
    let plain = ByteBuffer(capacity: content.count)
    guard JSONText.unescape(content, { plain.append($0) }) else {
      throw ValueTextError(type, "a text with half a surrogate pair")
    }
    return try parse(plain.bytes, as: type)
  }

  private static func any(_ json: JSON) throws(ValueTextError) -> Value {
    switch json.kind {
    case .null: return .null
    case .array, .object: return .any(.json(json))
    case .bool: return .any(.bool(json.bool ?? false))
    case .string:
      guard let text = json.string else {
        throw ValueTextError(.any, "a text with half a surrogate pair")
      }
      return .any(.text(text))
    case .number:
      let number = json.withUnsafeBytes { NumberText(text: JSONText.trimmed($0)) }
      guard let number else { throw .form(.any) }
      return .any(.number(number))
    }
  }

  private static func needed(_ type: ColumnType) -> String {
    switch type {
    case .int: "an integer"
    case .double: "a number"
    case .bool: "true or false"
    case .decimal: "a decimal, as a string or number,"
    case .json, .any: "JSON"
    default: "a string"
    }
  }
}

extension JSONKind {
  /// The kind with its article, for messages.
  var article: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONText {
  /// A JSON text without the white space around its value.
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = bytes.count
    while start < end, JSONScanner.isSpace(bytes[start]) { start += 1 }
    while end > start, JSONScanner.isSpace(bytes[end - 1]) { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }
}
