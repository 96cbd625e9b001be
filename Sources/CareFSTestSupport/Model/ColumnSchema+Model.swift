import CareFS

extension ColumnSchema {
  /// Why the column refuses a value; nil when it takes it.
  func refusal(of value: Value) -> DatabaseError.Code? {
    guard let found = value.type else { return nullable ? nil : .notNullViolation }
    guard found == type else { return .typeMismatch }
    if let oneOf, !oneOf.contains(where: { self.value(of: $0) == value }) {
      return .checkViolation
    }
    if let min, let bound = self.value(of: min), ModelOrder.precedes(value, bound) {
      return .checkViolation
    }
    if let max, let bound = self.value(of: max), ModelOrder.precedes(bound, value) {
      return .checkViolation
    }
    let length: Int? =
      switch value {
      case .text(let text): text.unicodeScalars.count
      case .bytes(let bytes): bytes.count
      default: nil
      }
    if let length, length < minLength ?? 0 || length > maxLength ?? .max { return .checkViolation }
    return nil
  }

  /// A constant as a value of the column; nil for types whose constants the model does not read.
  func value(of constant: SchemaConstant) -> Value? {
    switch (type, constant) {
    case (.int, .number(let text)): Int64(text).map { .int($0) }
    case (.double, .number(let text)): Double(text).map { .double($0) }
    case (.bool, .bool(let flag)): .bool(flag)
    case (.text, .text(let text)): .text(text)
    case (.date, .text(let text)): CalendarDate(text).map { .date($0) }
    case (.time, .text(let text)): TimeOfDay(text).map { .time($0) }
    case (.timestamp, .text(let text)): Timestamp(text).map { .timestamp($0) }
    case (.decimal, .text(let text)), (.decimal, .number(let text)):
      ExactDecimal(text).map { .decimal($0) }
    default: nil
    }
  }
}

/// How values of one type follow each other.
enum ModelOrder {
  /// Whether `a` comes before `b`: null first, false before true, texts and bytes by bytes, uuids by
  /// their text. Documents do not come before each other.
  static func precedes(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.null, _): !b.isNull
    case (.int(let a), .int(let b)): a < b
    case (.double(let a), .double(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
    case (.date(let a), .date(let b)): a < b
    case (.time(let a), .time(let b)): a < b
    case (.timestamp(let a), .timestamp(let b)): a < b
    case (.uuid(let a), .uuid(let b)): a.uuidString < b.uuidString
    case (.decimal(let a), .decimal(let b)): a < b
    default: false
    }
  }

  /// Whether one list of values comes before another, with some columns the other way round.
  static func precedes(_ a: [Value], _ b: [Value], descending: [Bool]) -> Bool {
    for place in a.indices where a[place] != b[place] {
      if precedes(a[place], b[place]) { return !descending[place] }
      if precedes(b[place], a[place]) { return descending[place] }
      return false
    }
    return false
  }
}
