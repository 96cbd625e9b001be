import CareFS
import Testing

/// Whatever index answers a query, its rows are those that a scan of all rows gives.
struct PlannerTests {
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let mixed = (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
      return mixed ^ mixed >> 29
    }
  }

  private static let columns = [
    ColumnSchema("id", .int), ColumnSchema("a", .int, null: true), ColumnSchema("b", .int),
    ColumnSchema("name", .text, null: true), ColumnSchema("tag", .text, collation: .nocase),
    ColumnSchema("x", .double, null: true), ColumnSchema("day", .date),
    ColumnSchema("doc", .json, null: true),
  ]

  private static let plain = TableSchema("t", columns: columns)
  private static let indexed = TableSchema(
    "t", columns: columns, unique: [["b", "id"]],
    indexes: [
      ["a"], ["-a", "b"], ["name"], ["tag", "-day"], ["x"], ["-day"],
      IndexSchema(["a"], where: "b > 5", name: "partial"),
      IndexSchema(["doc"], path: "k"), IndexSchema(["doc"], path: "tags[*]"),
    ])

  private static func row(_ id: Int, _ random: inout Random) throws -> [Value] {
    func pick(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    let names = ["", "a", "ab", "abc", "b", "Ba", "ü", "a%b", "a_b", "\u{0}"]
    let documents = [
      "null", "{}", "{\"k\": 1}", "{\"k\": 1.0, \"tags\": [1, 2, 2]}", "{\"k\": \"x\"}",
      "{\"k\": true, \"tags\": [\"a\", \"b\"]}", "{\"k\": null, \"tags\": []}",
      "{\"k\": [1], \"tags\": {\"a\": 1}}", "{\"k\": -3e2, \"tags\": [\"b\", 1, null]}",
    ]
    return [
      .int(Int64(id)), pick(4) == 0 ? .null : .int(Int64(pick(6) - 2)), .int(Int64(pick(12))),
      pick(4) == 0 ? .null : .text(names[pick(names.count)]),
      .text(["Red", "red", "GREEN", "green", "blue"][pick(5)]),
      pick(4) == 0 ? .null : .double([-1.5, 0, 0.5, 2, 1e300][pick(5)]),
      .date(CalendarDate(days: Int32(pick(30))) ?? .min),
      pick(4) == 0 ? .null : .json(try JSON(validating: documents[pick(documents.count)])),
    ]
  }

  private static func condition(_ random: inout Random, _ depth: Int) -> String {
    func pick(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    func compare() -> String { ["=", "!=", "<", "<=", ">", ">="][pick(6)] }
    let day = ["1970-01-05", "1970-01-15", "1970-01-25"]
    switch pick(depth > 0 ? 17 : 13) {
    case 0: return "a \(compare()) \(pick(6) - 2)"
    case 1: return "b \(compare()) \(pick(12))"
    case 2: return "name \(compare()) \"\(["", "a", "ab", "b"][pick(4)])\""
    case 3: return "tag \(compare()) \"\(["red", "GREEN", "Blue", "x"][pick(4)])\""
    case 4: return "x \(compare()) \(["0", "-1.5", "0.5", "2"][pick(4)])"
    case 5: return "day \(compare()) \"\(day[pick(3)])\""
    case 6: return "a is \(pick(2) == 0 ? "" : "not ")null"
    case 7: return "a in (\(pick(4)), \(pick(4) - 2), 5)"
    case 8: return "b between \(pick(6)) and \(pick(12))"
    case 9: return "name like \"\(["a%", "ab%", "a\\\\%%", "%b", "_b%", "a\\_%"][pick(6)])\""
    case 10: return "doc.k \(["=", "<", ">="][pick(3)]) \(["1", "\"x\"", "true", "-300"][pick(4)])"
    case 11: return "doc.tags[*] = \(["1", "\"b\"", "2"][pick(3)])"
    case 12: return "id \(compare()) \(pick(200))"
    case 13: return "not (\(condition(&random, depth - 1)))"
    case 14: return "(\(condition(&random, depth - 1)) or \(condition(&random, depth - 1)))"
    default: return "\(condition(&random, depth - 1)) and \(condition(&random, depth - 1))"
    }
  }

  private static func order(_ random: inout Random) -> [OrderTerm] {
    let names = ["a", "b", "name", "tag", "x", "day", "id", "doc.k"].shuffled(using: &random)
    return names.prefix(Int.random(in: 0...2, using: &random)).map {
      OrderTerm($0, descending: Bool.random(using: &random))
    } + [OrderTerm("id", descending: Bool.random(using: &random))]
  }

  @Test(arguments: 1...6) func indexesChangeNoResult(seed: UInt64) throws {
    var random = Random(state: seed)
    let scanned = try Database.inMemory(schema: DatabaseSchema([Self.plain]))
    let indexed = try Database.inMemory(schema: DatabaseSchema([Self.indexed]))
    let rows = try (0..<200).map { try Self.row($0, &random) }
    for db in [scanned, indexed] {
      try db.write { tx in
        let table = try tx.table("t")
        try tx.insert(
          contentsOf: rows.shuffled(using: &random), into: table, columns: table.allColumns)
      }
    }
    var served: Set<String> = []
    try scanned.read { plain in
      try indexed.read { fast in
        for _ in 0..<150 {
          let text = Self.condition(&random, 2)
          let filter = try Expression.parse(text)
          let want = try plain.rows("t", where: filter, order: ["id"])
          let plan = try fast.explain("t", where: filter)
          let note: Comment = "\(text)\n\(plan)"
          for name in plan.split(separator: " ") where name.hasPrefix("t_") || name == "partial" {
            served.insert(String(name))
          }
          #expect(try fast.rows("t", where: filter, order: ["id"]) == want, note)
          #expect(try fast.count("t", where: filter) == want.count, note)
          let order = Self.order(&random)
          let limit = Bool.random(using: &random) ? Int.random(in: 0...30, using: &random) : nil
          let offset = Int.random(in: 0...5, using: &random)
          #expect(
            try fast.rows("t", where: filter, order: order, limit: limit, offset: offset)
              == plain.rows("t", where: filter, order: order, limit: limit, offset: offset), note)
        }
      }
    }
    #expect(served.count >= 5, "too few indexes were used: \(served)")
  }

  @Test func explainsAndCountsOnIndexes() throws {
    let db = try Database.inMemory(schema: DatabaseSchema([Self.indexed]))
    try db.read { tx throws in
      func explain(_ text: String, order: [OrderTerm] = [], limit: Int? = nil) throws -> String {
        try tx.explain("t", where: try Expression.parse(text), order: order, limit: limit)
      }
      #expect(try explain("a = 3").contains("index t_a"))
      #expect(try explain("id = 3").contains("primary key"))
      #expect(try explain("x + 1 > 3").contains("scan"))
      #expect(try explain("name like \"ab%\"").contains("index t_name"))
      #expect(try explain("a = 3 and b > 5").contains("index"))
      #expect(try explain("doc.k = \"x\"").contains("index t_doc.k"))
      #expect(try explain("doc.tags[*] = 1").contains("index t_doc.tags[*]"))
      #expect(try !explain("tag = \"red\"", order: ["-day"]).contains("sort"))
      #expect(try explain("tag = \"red\"", order: ["x"]).contains("sort"))
      #expect(try tx.explain("t", order: ["-day"], limit: 3).contains("index t_day"))
      #expect(try tx.explain("t", order: ["day"], limit: 3).contains("backwards"))
    }
  }

  @Test(arguments: ["id is null", "id in (null)", "id is null and id = 1", "id is null and a = 1"])
  func askingAKeyForNullFindsNothing(_ condition: String) throws {
    let db = try Database.inMemory(schema: DatabaseSchema([Self.indexed]))
    var random = Random(state: 1)
    let row = try Self.row(1, &random)
    try db.write { tx in
      let table = try tx.table("t")
      try tx.insert(contentsOf: [row], into: table, columns: table.allColumns)
    }
    try db.read { tx in
      let filter = try Expression.parse(condition)
      #expect(try tx.count("t", where: filter) == 0)
      #expect(try tx.rows("t", where: filter, order: ["-id"], limit: 3).isEmpty)
      #expect(try tx.count("t", where: try Expression.parse("not (\(condition))")) <= 1)
    }
  }

  @Test func refusesBadQueriesBeforeReading() throws {
    let db = try Clinic.database()
    try db.read { tx in
      for text in ["nothing = 1", "status = \"x\"", "full_name + 1 > 2"] {
        #expect(throws: DatabaseError.self) {
          _ = try tx.count("patients", where: try Expression.parse(text))
        }
      }
      #expect(throws: DatabaseError.self) { _ = try tx.rows("patients", order: ["nothing"]) }
    }
  }
}
