#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

extension SchemaConstant {
  /// Whether the constant can be read as a value of the type.
  func fits(_ type: ColumnType) -> Bool { value(as: type) != nil }

  /// The constant as a value of a column's type; nil when it is not one.
  func value(as type: ColumnType) -> Value? {
    switch (type, self) {
    case (.int, .number(let text)): return Int64(text).map { .int($0) }
    case (.double, .number(let text)):
      guard let number = Double(text), number.isFinite else { return nil }
      return .double(number == 0 ? 0 : number)
    case (.bool, .bool(let flag)): return .bool(flag)
    case (.text, .text(let text)): return .text(text)
    case (.bytes, .text(let text)): return Self.base64(text).map { .bytes($0) }
    case (.date, .text(let text)): return CalendarDate(text).map { .date($0) }
    case (.time, .text(let text)): return TimeOfDay(text).map { .time($0) }
    case (.timestamp, .text(let text)): return Timestamp(text).map { .timestamp($0) }
    case (.uuid, .text(let text)): return UUID(uuidString: text).map { .uuid($0) }
    case (.decimal, .text(let text)), (.decimal, .number(let text)):
      return ExactDecimal(text).map { .decimal($0) }
    case (.json, .json(let text)): return (try? JSON(validating: text)).map { .json($0) }
    case (.json, _): return (try? JSON(validating: schemaJSON.compact)).map { .json($0) }
    case (.any, .text(let text)): return .any(.text(text))
    case (.any, .number(let text)): return NumberText(text).map { .any(.number($0)) }
    case (.any, .bool(let flag)): return .any(.bool(flag))
    case (.any, .json(let text)): return (try? JSON(validating: text)).map { .any(.json($0)) }
    default: return nil
    }
  }

  /// The bytes of a base64 text; nil when it is not one.
  private static func base64(_ text: String) -> [UInt8]? {
    let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
    let padding = text.utf8.count - digits.count
    guard text.utf8.count.isMultiple(of: 4), padding <= 2,
      text.utf8.suffix(padding).allSatisfy({ $0 == UInt8(ascii: "=") })
    else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var held = 0
    for digit in digits {
      guard let value = symbols.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      held += 6
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return bits & ((1 << UInt32(held)) - 1) == 0 ? bytes : nil
  }
}
