import CareFS

/// Makes valid rows of any table from its schema alone, and values that break one thing.
struct RowFactory {
  typealias Fields = [String: Value]
  let schema: DatabaseSchema

  /// A document that has every member which a declared shape of the models asks for.
  static let document =
    #"{"type": "custom", "patient_details": {"age": 61}, "generation_metadata": {"model": "m"}}"#

  /// Days before and after those of valid rows, and after now.
  private static let days = ["1990-01-01", "2001-01-01", "2150-01-01", "2160-01-01"]

  /// The required columns of a valid row without its references. Different seeds give rows that
  /// clash in no unique constraint.
  func row(_ table: TableSchema, seed: Int) throws -> Fields {
    let references = Set(table.foreignKeys.flatMap(\.columns))
    var fields: Fields = [:]
    for (ordinal, column) in table.columns.enumerated()
    where !column.nullable && !column.autoincrement && column.defaultValue == nil
      && column.automatic == nil && !references.contains(column.name)
    {
      fields[column.name] = try value(column, ordinal: ordinal, seed: seed)
    }
    return fields
  }

  /// A valid value. Moments of later columns come later, and all of them in the future.
  func value(_ column: ColumnSchema, ordinal: Int, seed: Int) throws -> Value {
    if let first = column.oneOf?.first { return try constant(first, column.type) }
    switch column.type {
    case .int: return .int(try bound(column.min) + Int64(seed))
    case .double: return .double(Double(try bound(column.min)))
    case .bool: return .bool(true)
    case .text: return .text(text(column, seed: seed))
    case .bytes: return .bytes(bytes(count: column.minLength ?? 32, seed: seed))
    case .date:
      return .date(try need(CalendarDate(year: 2100, month: 1, day: 1 + min(ordinal, 27))))
    case .time: return .time(try need(TimeOfDay(hour: min(ordinal, 23), minute: 0)))
    case .timestamp:
      let start = Timestamp(try need(CalendarDate(year: 2100, month: 1, day: 1)))
      let later = start.microseconds + Int64(ordinal) * 3_600_000_000
      return .timestamp(try need(Timestamp(microseconds: later)))
    case .uuid: return .uuid(try need(UUIDText.value(seed)))
    case .decimal: return .decimal(ExactDecimal(try bound(column.min) + 1))
    case .json: return .json(try JSON(validating: Self.document))
    case .any: return .any(.text("legacy"))
    }
  }

  /// Values of a column to try when a check shall be broken, null among them where it may be.
  func candidates(_ column: ColumnSchema) throws -> [Value] {
    var values: [Value] = column.nullable ? [.null] : []
    if let oneOf = column.oneOf {
      return values + (try oneOf.map { try constant($0, column.type) })
    }
    switch column.type {
    case .int:
      let low = try bound(column.min)
      values += [low, low + 1, low + 2, low + 3].filter {
        $0 <= (try? bound(column.max, 100)) ?? 100
      }
      .map { .int($0) }
    case .double: values += [.double(Double(try bound(column.min))), .double(1)]
    case .bool: values += [.bool(true), .bool(false)]
    case .text: values += [.text(text(column, seed: 5))]
    case .date:
      values += try Self.days.map { .date(try need(CalendarDate($0))) }
    case .time: values += [.time(.midnight), .time(try need(TimeOfDay("12:00:00")))]
    case .timestamp:
      values += try Self.days.map { .timestamp(Timestamp(try need(CalendarDate($0)))) }
    case .json:
      values += try [
        #"{"type": "custom"}"#, #"{"type": "custom", "patient_details": {}}"#,
        Self.document.replacing("custom", with: "other"),
      ].map {
        .json(try JSON(validating: $0))
      }
    case .bytes: values += [.bytes(bytes(count: column.minLength ?? 32, seed: 5))]
    case .uuid: values += [.uuid(try need(UUIDText.value(5)))]
    case .decimal: values += [.decimal(ExactDecimal(1))]
    case .any: values += [.any(.text("x"))]
    }
    return values
  }

  private func text(_ column: ColumnSchema, seed: Int) -> String {
    guard let pattern = column.pattern else {
      let text = "\(column.name) \(seed)"
      let length = column.minLength ?? 0
      return text + String(repeating: "x", count: max(0, length - text.count))
    }
    // Each wildcard of the pattern becomes something that it matches, the first one the seed.
    var seeded = false
    return pattern.map { character in
      guard character == "%" || character == "_" else { return String(character) }
      defer { if character == "%" { seeded = true } }
      return character == "_" ? "a" : seeded ? "" : String(seed)
    }.joined()
  }

  private func bytes(count: Int, seed: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 < 8 ? seed >> ($0 * 8) : $0) }
  }

  /// A numeric bound.
  func bound(_ constant: SchemaConstant?, _ otherwise: Int64 = 0) throws -> Int64 {
    guard case .number(let text)? = constant else { return otherwise }
    return try need(Int64(text))
  }

  /// A constant of the schema as a value of a type.
  func constant(_ constant: SchemaConstant, _ type: ColumnType) throws -> Value {
    switch (constant, type) {
    case (.text(let text), .text): .text(text)
    case (.text(let text), .date): .date(try need(CalendarDate(text)))
    case (.number(let text), .int): .int(try need(Int64(text)))
    case (.number(let text), .double): .double(try need(Double(text)))
    case (.number(let text), .decimal): .decimal(try need(ExactDecimal(text)))
    default: throw Unexpected("constant \(constant) of type \(type)")
    }
  }
}

/// Something that a test did not reckon with.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A value that must be there.
func need<T>(_ value: T?) throws -> T {
  guard let value else { throw Unexpected("a value is missing") }
  return value
}
