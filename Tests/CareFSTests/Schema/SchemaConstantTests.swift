import Testing

@testable import CareFS

/// Constants in schemas: what fits which type, and what stands in the rows afterwards.
struct SchemaConstantTests {
  private static let fitting: [(ColumnType, SchemaConstant)] = [
    (.int, 42), (.double, 2.5), (.double, .number("-0")), (.bool, true), (.text, "a"),
    (.bytes, "AAEC"), (.bytes, "AA=="), (.bytes, "AAE="), (.bytes, ""), (.date, "2026-01-31"),
    (.time, "09:30:00"), (.timestamp, "2026-01-31T13:05:00Z"),
    (.uuid, "00000000-0000-4000-8000-000000000010"), (.decimal, "1.50"),
    (.decimal, .number("1.50")), (.any, "x"), (.any, .number("1.10")), (.any, false),
    (.any, .json("[1]")), (.json, .json("{\"a\": [1, null]}")), (.json, "text"), (.json, 3),
  ]

  @Test func constantsFitTheirTypes() {
    for (type, constant) in Self.fitting {
      #expect(constant.fits(type), "\(constant) for \(type)")
      #expect(constant.value(as: type)?.type == type, "\(constant) for \(type)")
    }
  }

  private static let misfits: [(ColumnType, SchemaConstant)] = [
    (.int, 1.5), (.int, "1"), (.int, .number("9223372036854775808")), (.double, "1"),
    (.double, .number("1e999")), (.bool, 1), (.text, 1), (.text, false), (.bytes, "A"),
    (.bytes, "AAE"), (.bytes, "A==="), (.bytes, "AA=A"), (.bytes, "A*EC"), (.bytes, "AB=="),
    (.bytes, 3), (.date, "2026-02-30"), (.time, "25:00:00"), (.timestamp, "yesterday"),
    (.uuid, "0"), (.decimal, "1,5"), (.decimal, true), (.json, .json("{")),
    (.any, .json("[1")), (.any, .number("0x1")),
  ]

  @Test func otherConstantsDoNot() {
    for (type, constant) in Self.misfits {
      #expect(!constant.fits(type), "\(constant) for \(type)")
    }
  }

  /// Each constant as a default: rows that give no value have it, from the schema's JSON too.
  @Test func defaultsReachTheRows() throws {
    var columns = [ColumnSchema("id", .int)]
    for (index, (type, constant)) in Self.fitting.enumerated() {
      columns.append(ColumnSchema("c\(index)", type, default: .constant(constant)))
    }
    columns.append(ColumnSchema("u", .uuid, default: .uuid))
    columns.append(ColumnSchema("t", .text, default: .uuid))
    columns.append(ColumnSchema("day", .date, default: .today))
    columns.append(ColumnSchema("moment", .timestamp, default: .now))
    columns.append(ColumnSchema("made", .timestamp, automatic: .createdAt))
    columns.append(ColumnSchema("changed", .timestamp, automatic: .updatedAt))
    let schema = DatabaseSchema([TableSchema("t", columns: columns)])
    try schema.validate()
    let read = try DatabaseSchema(parsing: schema.json)
    let db = try Database.inMemory(schema: read)
    let id: [String: Value] = ["id": .int(1)]
    let change: [String: Value] = ["c0": .int(7)]
    try db.write { tx in try tx.insert(into: "t", id) }
    try db.write { tx in _ = try tx.update("t", key: [.int(1)], change) }
    let row = try #require(try db.read { try $0.get("t", key: [.int(1)]) })
    #expect(row["c0"] == .int(7))
    for (index, (type, constant)) in Self.fitting.enumerated() where index > 0 {
      #expect(row["c\(index)"] == constant.value(as: type), "\(constant) for \(type)")
    }
    for name in ["u", "t", "day", "moment", "made", "changed"] {
      #expect(row[name]?.isNull == false, "\(name)")
    }
    #expect(row["none"] == nil)
    #expect(try db.check().isSound)
  }

  @Test func literalsAreConstants() {
    let constants: [SchemaConstant] = ["a", 1, 1.5, true]
    #expect(constants == [.text("a"), .number("1"), .number("1.5"), .bool(true)])
    let defaults: [DefaultValue] = ["a", 1, 1.5, true]
    #expect(defaults == constants.map { .constant($0) })
    let values: [Value] = [.int(3), .text("a"), .bool(true), .double(0.5)]
    #expect(values.map { SchemaConstant($0) } == [.number("3"), "a", true, .number("0.5")])
    #expect(SchemaConstant(Value.null) == nil)
  }
}
