extension ValueText {
  /// The text of a value in a CSV field and on the command line, without quotes; "" for null.
  public static func text(of value: Value) -> String {
    let buffer = ByteBuffer()
    append(value, to: buffer)
    return buffer.string
  }

  /// The JSON text of a value.
  public static func json(of value: Value) -> String {
    let buffer = ByteBuffer()
    append(json: value, to: buffer, inOneLine: false)
    return buffer.string
  }

  /// Appends the text of a value; nothing for null.
  static func append(_ value: Value, to buffer: ByteBuffer) {
    switch value {
    case .text(let text): buffer.append(text)
    case .bytes(let bytes): bytes.withUnsafeBytes { Base64.encode($0, to: buffer) }
    case .date(let date): date.write(to: buffer)
    case .time(let time): time.write(to: buffer)
    case .timestamp(let timestamp): timestamp.write(to: buffer)
    case .uuid(let uuid): UUIDText.append(uuid, to: buffer)
    case .decimal(let decimal): decimal.write(to: buffer)
    case .null: break
    case .int, .double, .bool, .json, .any: append(json: value, to: buffer, inOneLine: false)
    }
  }

  /// Appends the JSON of a value.
  ///
  /// - Parameter inOneLine: whether line ends between the tokens of documents become spaces.
  static func append(json value: Value, to buffer: ByteBuffer, inOneLine: Bool) {
    switch value {
    case .null: buffer.append("null")
    case .int(let int): buffer.appendDecimal(int)
    case .double(let double): NumberScan.append(double, to: buffer)
    case .bool(let bool): buffer.append(bool ? "true" : "false")
    case .json(let json), .any(.json(let json)):
      json.bytes.withUnsafeBytes { append(document: $0, to: buffer, inOneLine: inOneLine) }
    case .any(.bool(let bool)): buffer.append(bool ? "true" : "false")
    case .any(.number(let number)): buffer.append(number.text)
    case .text(let text), .any(.text(let text)):
      text.withUTF8Bytes { JSONText.append(string: $0, to: buffer) }
    case .bytes, .date, .time, .timestamp, .uuid, .decimal:
      // None of these texts needs an escape.
      buffer.append(UInt8(ascii: "\""))
      append(value, to: buffer)
      buffer.append(UInt8(ascii: "\""))
    }
  }

  /// Appends a document, byte for byte or with its line ends as spaces.
  static func append(
    document bytes: UnsafeRawBufferPointer, to buffer: ByteBuffer, inOneLine: Bool
  ) {
    guard inOneLine, bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
      buffer.append(bytes)
      return
    }
    // Within strings they are escaped, so every line end stands between tokens.
    for byte in bytes { buffer.append(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
  }
}

extension JSONText {
  private static let hexDigits = Array("0123456789abcdef".utf8)

  /// Appends UTF-8 text as a JSON string: quotes, backslashes and control characters escaped.
  static func append(string text: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    buffer.append(UInt8(ascii: "\""))
    var run = 0
    for p in 0..<text.count {
      let byte = text[p]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      buffer.append(UnsafeRawBufferPointer(rebasing: text[run..<p]))
      run = p + 1
      buffer.append(UInt8(ascii: "\\"))
      switch byte {
      case 0x08: buffer.append(UInt8(ascii: "b"))
      case 0x09: buffer.append(UInt8(ascii: "t"))
      case 0x0A: buffer.append(UInt8(ascii: "n"))
      case 0x0C: buffer.append(UInt8(ascii: "f"))
      case 0x0D: buffer.append(UInt8(ascii: "r"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(byte)
      default:
        buffer.append("u00")
        buffer.append(hexDigits[Int(byte >> 4)])
        buffer.append(hexDigits[Int(byte & 15)])
      }
    }
    buffer.append(UnsafeRawBufferPointer(rebasing: text[run...]))
    buffer.append(UInt8(ascii: "\""))
  }
}
