import Foundation

@testable import CareFS

/// Random values from a fixed seed, with the edges of each type among them.
struct ValueRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

  mutating func chance(_ part: Int, of whole: Int) -> Bool { below(whole) < part }

  mutating func int() -> Int64 {
    switch below(4) {
    case 0: Int64(below(600)) - 300
    case 1: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max][below(7)]
    case 2: (chance(1, of: 2) ? 1 : -1) * (Int64(1) << Int64(below(63))) + Int64(below(3)) - 1
    default: Int64(bitPattern: next())
    }
  }

  mutating func double() -> Double {
    switch below(4) {
    case 0: return Double(below(2000) - 1000) / 8
    case 1:
      return [
        0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
        .greatestFiniteMagnitude, 9_007_199_254_740_992,
      ][below(8)]
    default:
      let value = Double(bitPattern: next())
      return value.isNaN ? 1 : value
    }
  }

  mutating func text(maximum: Int = 12) -> String {
    let letters: [Character] = [
      "a", "A", "b", "Z", "\0", "é", "É", "e\u{301}", "ß", "ẞ", "Σ", "ς", "日", "😀", " ", "%",
      "_", "\\", "\"", "'", "`", "K", "1",
    ]
    return String((0..<below(maximum + 1)).map { _ in letters[below(letters.count)] })
  }

  mutating func bytes(maximum: Int = 10) -> [UInt8] {
    (0..<below(maximum + 1)).map { _ in [0, 1, 0xFE, 0xFF, UInt8(below(256))][below(5)] }
  }

  mutating func date() -> CalendarDate {
    let days = Int32.random(in: CalendarDate.min.days...CalendarDate.max.days, using: &self)
    return CalendarDate(days: days) ?? .min
  }

  mutating func time() -> TimeOfDay {
    let unit: Int64 = chance(1, of: 2) ? 1_000_000 : 1
    let value = Int64.random(in: 0..<86_400_000_000 / unit, using: &self) * unit
    return TimeOfDay(microseconds: value) ?? .midnight
  }

  mutating func decimal() -> ExactDecimal {
    let digits = 1 + below(chance(1, of: 4) ? 76 : 5)
    let scale = below(digits + 1)
    var text = (0..<digits).map { _ in chance(1, of: 3) ? "0" : String(below(10)) }.joined()
    text.insert(".", at: text.index(text.startIndex, offsetBy: digits - scale))
    while text.first == "0" { text.removeFirst() }
    if text.hasPrefix(".") { text = "0" + text }
    if text.hasSuffix(".") { text.removeLast() }
    return ExactDecimal((chance(1, of: 2) ? "-" : "") + text) ?? .zero
  }

  mutating func uuid() -> UUID {
    var bytes = UUID().uuid
    withUnsafeMutableBytes(of: &bytes) { target in
      for index in target.indices { target[index] = UInt8(truncatingIfNeeded: next()) }
    }
    return UUID(uuid: bytes)
  }

  mutating func number() -> NumberText {
    switch below(3) {
    case 0: NumberText(int())
    case 1: NumberText(decimal().description) ?? NumberText(0)
    default: NumberText(Double(below(100_000)) * 1e-3) ?? NumberText(0)
    }
  }

  mutating func any() -> AnyValue {
    switch below(4) {
    case 0: .bool(chance(1, of: 2))
    case 1: .number(number())
    case 2: .text(text())
    default: .json(JSON(validated: Array("[\(below(20)), {}]".utf8)))
    }
  }

  /// A value of a type, not null. JSON is not a value that rows hold alone, so it gives text.
  mutating func value(_ type: ColumnType) -> Value {
    switch type {
    case .int: .int(int())
    case .double: .double(double())
    case .bool: .bool(chance(1, of: 2))
    case .text, .json: .text(text())
    case .bytes: .bytes(bytes())
    case .date: .date(date())
    case .time: .time(time())
    case .timestamp: .timestamp(Timestamp(date(), time()))
    case .uuid: .uuid(uuid())
    case .decimal: .decimal(decimal())
    case .any: .any(any())
    }
  }
}
