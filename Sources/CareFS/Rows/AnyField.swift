/// The bytes of an `any` value in a row: its kind, then its text.
struct AnyField {
  /// One of ``RowFormat/AnyMark``.
  let mark: UInt8
  /// What follows the kind: JSON, text or the digits of a number.
  let content: UnsafeRawBufferPointer

  init(_ field: UnsafeRawBufferPointer) throws(RowError) {
    guard let first = field.first else { throw .corrupt("any value in a row has no kind") }
    mark = first
    content = UnsafeRawBufferPointer(rebasing: field.dropFirst())
    switch first {
    case RowFormat.AnyMark.json, RowFormat.AnyMark.text, RowFormat.AnyMark.number: break
    case RowFormat.AnyMark.no, RowFormat.AnyMark.yes:
      guard content.isEmpty else { throw .corrupt("truth value in a row has a text") }
    default: throw .corrupt("kind of an any value in a row")
    }
  }

  /// The value.
  func value() throws(RowError) -> AnyValue {
    switch mark {
    case RowFormat.AnyMark.json: return .json(JSON(validated: [UInt8](content)))
    case RowFormat.AnyMark.text: return .text(RawBytes.string(content))
    case RowFormat.AnyMark.number:
      guard let number = NumberText(text: content) else { throw .corrupt("number in a row") }
      return .number(number)
    default: return .bool(mark == RowFormat.AnyMark.yes)
    }
  }

  /// Appends the key of the value.
  func appendKey(collation: Collation, to encoder: KeyEncoder) throws(RowError) {
    switch mark {
    case RowFormat.AnyMark.json: ScalarKey.append(json: content, to: encoder)
    case RowFormat.AnyMark.text:
      ScalarKey.append(text: content, collation: collation, to: encoder)
    case RowFormat.AnyMark.number:
      guard ScalarKey.append(number: content, to: encoder) else {
        throw .corrupt("number in a row")
      }
    default: ScalarKey.append(bool: mark == RowFormat.AnyMark.yes, to: encoder)
    }
  }

  /// Appends the row form of a value.
  static func encode(_ value: AnyValue, to buffer: ByteBuffer) {
    switch value {
    case .json(let json):
      buffer.append(RowFormat.AnyMark.json)
      buffer.append(json.bytes)
    case .text(let text):
      buffer.append(RowFormat.AnyMark.text)
      buffer.append(text)
    case .number(let number):
      buffer.append(RowFormat.AnyMark.number)
      buffer.append(number.text)
    case .bool(let bool):
      buffer.append(bool ? RowFormat.AnyMark.yes : RowFormat.AnyMark.no)
    }
  }
}
