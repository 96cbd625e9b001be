import CareFS
import CareFSTestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Values of every type that a seed decides.
struct SeedValues {
  var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed) }

  /// A text of about `length` bytes that does not compress away.
  mutating func text(_ length: Int) -> String {
    var text = "t\(random.below(50))"
    while text.utf8.count < length { text += String(random.next(), radix: 36) }
    return text
  }

  mutating func value(_ column: ColumnSchema, number: Int, long: Int) -> Value {
    if column.nullable, random.below(5) == 0 { return .null }
    switch column.type {
    case .int: return .int(Int64(random.below(90)))
    case .double: return .double(Double(random.below(1000)) / 8 - 20)
    case .bool: return .bool(random.below(2) == 0)
    case .text: return .text("x\(number)-" + text(random.below(4) == 0 ? long : 8))
    case .bytes:
      return .bytes((0..<random.below(long + 1)).map { UInt8(truncatingIfNeeded: $0 * $0) })
    case .date: return .date(CalendarDate(days: Int32(random.below(20_000))) ?? .min)
    case .time:
      return .time(TimeOfDay(microseconds: Int64(random.below(86_400)) * 1_000_000) ?? .midnight)
    case .timestamp:
      return .timestamp(Timestamp(microseconds: Int64(random.next() >> 20)) ?? .min)
    case .uuid:
      let half = random.next()
      return .uuid(
        withUnsafeBytes(of: (half, random.next())) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
      )
    case .decimal:
      return ExactDecimal("\(number - 30).\(random.below(100))").map { .decimal($0) } ?? .null
    case .json: return document(long)
    case .any: return any(number)
    }
  }

  private mutating func any(_ number: Int) -> Value {
    switch random.below(4) {
    case 0: return .any(.text("a\(number)"))
    case 1: return .any(.bool(true))
    case 2: return .any(.number(NumberText(Int64(number))))
    default: return (try? JSON(validating: "[\(number)]")).map { .any(.json($0)) } ?? .null
    }
  }

  private mutating func document(_ long: Int) -> Value {
    let filler = random.below(3) == 0 ? text(long) : String(repeating: "ab", count: long / 2)
    let text = #"{"tags":[\#(random.below(9)),"t"],"meta":{"kind":"k"},"text":"\#(filler)"}"#
    return (try? JSON(validating: text)).map { .json($0) } ?? .null
  }

  /// A row of a table; the engine gives automatic keys.
  mutating func row(_ table: TableSchema, number: Int, long: Int) -> [String: Value] {
    var row: [String: Value] = [:]
    for column in table.columns where !column.autoincrement {
      row[column.name] = value(column, number: number, long: long)
    }
    switch table.name {
    case "items", "nodes": row["id"] = .int(Int64(number))
    case "visits": row["patient_id"] = .int(Int64(1 + random.below(max(number, 1))))
    default: break
    }
    if table.name == "nodes" {
      row["parent"] = number > 0 ? .int(Int64(random.below(number))) : .null
    }
    return row
  }
}
