/// Keys of scalars in JSON and in `any` columns: truth values, then numbers by value, then texts
/// by bytes, then (of `any` columns) JSON by bytes. The first byte is the kind.
enum ScalarKey {
  static let falseMark: UInt8 = 0x10
  static let trueMark: UInt8 = 0x11
  static let numberMark: UInt8 = 0x20
  static let textMark: UInt8 = 0x30
  static let jsonMark: UInt8 = 0x40

  /// Appends the key of a truth value.
  static func append(bool value: Bool, to encoder: KeyEncoder) {
    encoder.buffer.append(value ? trueMark : falseMark)
  }

  /// Appends the key of a number in JSON's form; false, and nothing appended, if it is not one.
  @discardableResult
  static func append(number text: UnsafeRawBufferPointer, to encoder: KeyEncoder) -> Bool {
    let start = encoder.buffer.count
    encoder.buffer.append(numberMark)
    if NumberKey.append(text: text, to: encoder.buffer) { return true }
    encoder.buffer.truncate(to: start)
    return false
  }

  /// Appends the key of a text, which has no escapes any more.
  static func append(text: UnsafeRawBufferPointer, collation: Collation, to encoder: KeyEncoder) {
    encoder.buffer.append(textMark)
    encoder.append(text: text, collation: collation)
  }

  /// Appends the key of a JSON document in an `any` column.
  static func append(json: UnsafeRawBufferPointer, to encoder: KeyEncoder) {
    encoder.buffer.append(jsonMark)
    encoder.append(bytes: json)
  }

  /// Appends the key of an `any` value.
  static func append(_ value: AnyValue, collation: Collation, to encoder: KeyEncoder) {
    switch value {
    case .bool(let bool): append(bool: bool, to: encoder)
    case .number(let number): number.text.withUTF8Bytes { _ = append(number: $0, to: encoder) }
    case .text(let text):
      text.withUTF8Bytes { append(text: $0, collation: collation, to: encoder) }
    case .json(let json): json.bytes.withUnsafeBytes { append(json: $0, to: encoder) }
    }
  }
}
