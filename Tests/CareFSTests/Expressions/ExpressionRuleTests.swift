import Foundation
import Testing

@testable import CareFS

/// Each rule of the language, by example.
@Suite struct ExpressionRuleTests {
  func expect(
    _ values: [String: Value], _ cases: [(String, Truth)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bench = try ExpressionBench(values)
    for (text, truth) in cases {
      do {
        let found = try bench.truth(text)
        #expect(found == truth, "\(text)", sourceLocation: sourceLocation)
      } catch {
        Issue.record("\(text): \(error)", sourceLocation: sourceLocation)
      }
    }
  }

  func refuse(
    _ texts: [String], _ code: DatabaseError.Code = .invalidExpression,
    values: [String: Value] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bench = try ExpressionBench(values)
    for text in texts {
      do {
        let found = try bench.value(text)
        Issue.record("\(text) gave \(found)", sourceLocation: sourceLocation)
      } catch let error as DatabaseError {
        #expect(error.code == code, "\(text): \(error)", sourceLocation: sourceLocation)
        #expect(!error.message.contains("\n"), sourceLocation: sourceLocation)
      }
    }
  }

  @Test func `text literals and names`() throws {
    try expect(
      ["s": .text("it's \"x\""), "odd name": .int(3), "end": .int(4)],
      [
        ("s = 'it''s \"x\"'", .yes), ("s = \"it's \"\"x\"\"\"", .yes), ("`odd name` = 3", .yes),
        ("`end` = 4", .yes), ("tab.i is null", .yes), ("tab.`odd name` = 3", .yes),
      ])
    let error = #expect(throws: DatabaseError.self) {
      try ExpressionBench().truth("nocolumn = 1")
    }
    #expect(error?.message == "no column \"nocolumn\" in table \"tab\"")
    #expect(error?.table == "tab")
    #expect(error?.columns == ["nocolumn"])
    try refuse([
      "x.i = 1", "s.path = 1", "tab.i.path = 1", "other.id = 1", "tab.none = 1", "tab = 1",
    ])
  }

  @Test func `a column wins over the table of its name`() throws {
    let schema = TableSchema(
      "notes", columns: [ColumnSchema("notes", .json, null: true), ColumnSchema("i", .int)])
    let path = try schema.bind(value: Expression.parse("notes.i"))
    #expect(path.type == .dynamic)
    #expect(path.columnOrdinals == [0])
    let column = try schema.bind(value: Expression.parse("notes.notes.i"))
    #expect(column.columnOrdinals == [0])
    let other = TableSchema("notes", columns: [ColumnSchema("i", .int), ColumnSchema("j", .json)])
    #expect(try other.bind(value: Expression.parse("notes.i")).type == .int)
    #expect(try other.bind(value: Expression.parse("notes.j.a.b")).type == .dynamic)
  }

  @Test func `literals take the type of the column`() throws {
    let uuid = "123e4567-e89b-12d3-a456-426614174000"
    try expect(
      [
        "i": .int(5), "d": .double(5), "b": .bool(true), "s": .text("5"), "y": .bytes([1, 2, 3]),
        "day": .date(try #require(CalendarDate("1980-01-01"))),
        "tm": .time(try #require(TimeOfDay("13:05:00"))),
        "ts": .timestamp(try #require(Timestamp("2026-01-31T13:05:00Z"))),
        "u": .uuid(try #require(UUID(uuidString: uuid))),
        "m": .decimal(try #require(ExactDecimal("1.50"))),
      ],
      [
        ("day >= \"1980-01-01\"", .yes), ("\"1979-12-31\" < day", .yes), ("d = 5", .yes),
        ("d = 5.0", .yes), ("i = 5.0", .yes), ("i < 5.5", .yes), ("i > 4.9", .yes),
        ("i = 5.5", .no), ("tm = '13:05:00'", .yes), ("tm = '13:05:00.000000'", .yes),
        ("ts = '2026-01-31T14:05:00+01:00'", .yes), ("ts > '2026-01-31'", .yes),
        ("u = '\(uuid.uppercased())'", .yes), ("m = '1.5'", .yes), ("m = 1.500", .yes),
        ("m > 1", .yes), ("y = 'AQID'", .yes), ("b = true", .yes), ("b", .yes), ("not b", .no),
        ("s = '5'", .yes), ("day in ('1980-01-01', '2000-01-01')", .yes),
        ("day between '1979-01-01' and '1981-01-01'", .yes), ("date(ts) = '2026-01-31'", .yes),
        ("case when b then '1980-01-01' else day end = day", .yes), ("-5 = -i", .yes),
      ])
    try refuse([
      "day = '1980-02-30'", "day = 1", "day = true", "i = 'five'", "i = '5'", "i = true",
      "d = 'x'", "b = 1", "b = 'true'", "s = 5", "tm = '25:00:00'", "ts = 'yesterday'",
      "ts = '2026-01-31T13:05:00'", "u = '123'", "m = 'abc'", "y = '***'", "y = 'AQI'",
      "i in (1, 'x')", "day between '1980-01-01' and 'x'", "m = '1e80'", "i = 1 or day = 'never'",
    ])
  }

  @Test func `numbers are exact`() throws {
    try expect(
      ["i": .int(9_007_199_254_740_993), "d": .double(9_007_199_254_740_992)],
      [
        ("i = d", .no), ("i > d", .yes), ("d < i", .yes), ("i = 9007199254740993", .yes),
        ("d = 9007199254740993", .no), ("d = 9007199254740992", .yes),
      ])
    try expect(
      ["i": .int(.max), "d": .double(0x1p63)],
      [("i = d", .no), ("i < d", .yes), ("d > i", .yes), ("i < 1e300", .yes)])
    try expect(
      ["i": .int(.min), "d": .double(-0x1p63)],
      [("i = d", .yes), ("i > -1e300", .yes), ("i = -9223372036854775808", .yes)])
    try expect(
      ["i": .int(2), "d": .double(.infinity), "m": .decimal(try #require(ExactDecimal("2.000")))],
      [("i < d", .yes), ("m = i", .yes), ("m < d", .yes), ("i = m", .yes), ("m = 2", .yes)])
    try expect(["i": .int(0), "d": .double(-0.0)], [("i = d", .yes), ("d = 0", .yes)])
  }

  @Test func `arithmetic`() throws {
    let bench = try ExpressionBench([
      "i": .int(7), "i2": .int(-2), "d": .double(0.5),
      "m": .decimal(try #require(ExactDecimal("1.10"))),
      "day": .date(try #require(CalendarDate("2026-03-01"))),
      "j": try json("{\"n\": 4, \"f\": 1.5}"),
    ])
    for (text, value) in [
      ("i + 1", .int(8)), ("i / i2", .int(-3)), ("i / 2", .int(3)), ("i * d", .double(3.5)),
      ("i * 1.5", .double(10.5)), ("i - -1", .int(8)), ("-i", .int(-7)), ("2 + 3 * 4", .int(14)),
      ("(2 + 3) * 4", .int(20)), ("7 / 2", .int(3)), ("7 / 2.0", .double(3.5)),
      ("day + 1", .date(try #require(CalendarDate("2026-03-02")))),
      ("day - 1", .date(try #require(CalendarDate("2026-02-28")))),
      ("day - '2026-02-28'", .int(1)), ("today() - day", .int(-29)),
      ("i + null", .null), ("end + 1", .null), ("j.n + 1", .int(5)), ("j.f * 2", .double(3)),
      ("-j.n", .int(-4)), ("j.none + 1", .null), ("i / d", .double(14)),
    ] as [(String, Value)] {
      if text == "end + 1" { continue }
      #expect(try bench.value(text) == value, "\(text)")
    }
    #expect(try bench.value("m + 1").description(of: "decimal") == "2.10")
    #expect(try bench.value("m * m").description(of: "decimal") == "1.2100")
    #expect(try bench.value("m + 0.005").description(of: "decimal") == "1.105")
    try refuse(["s + 1", "m + d", "day + day", "day * 2", "-s", "ts - ts", "b + 1", "i + '1'"])
  }

  @Test func `overflow and division by zero are errors`() throws {
    let values: [String: Value] = [
      "i": .int(.max), "i2": .int(.min), "d": .double(.greatestFiniteMagnitude), "end": .int(0),
      "m": .decimal(try #require(ExactDecimal("9e75"))), "day": .date(.max),
    ]
    try refuse(
      [
        "i + 1", "i2 - 1", "i * 2", "-i2", "i2 / -1", "d * 2", "m * 10", "day + 1",
        "9223372036854775807 + 1",
      ], .arithmeticOverflow, values: values)
    try refuse(
      ["i / 0", "i / `end`", "d / 0", "d / 0.0", "m / 0", "1 / 0"], .divisionByZero, values: values)
    try refuse(["id = 9223372036854775808 + 1"], .invalidExpression)
    // What is not reached is not computed.
    try expect(
      values, [("`end` != 0 and i / `end` > 1", .no), ("`end` = 0 or i / `end` > 1", .yes)])
    try expect(values, [("case when `end` = 0 then 0 else i / `end` end = 0", .yes)])
  }

  @Test func `null is three-valued`() throws {
    try expect(
      ["b": .bool(true)],
      [
        ("null = null", .unknown), ("i = null", .unknown), ("i != null", .unknown),
        ("i = 1", .unknown), ("not i = 1", .unknown), ("i is null", .yes),
        ("i is not null", .no), ("b is not null", .yes), ("null is null", .yes),
        ("i = 1 and b", .unknown), ("i = 1 and not b", .no), ("i = 1 or b", .yes),
        ("i = 1 or not b", .unknown), ("null and b", .unknown), ("null or b", .yes),
        ("not null", .unknown), ("i in (1, 2)", .unknown), ("id in (1, null)", .yes),
        ("id in (2, null)", .unknown), ("id not in (2, null)", .unknown),
        ("id not in (1, null)", .no), ("id in (2, i)", .unknown), ("id not in (2, 3)", .yes),
        ("i between 1 and 2", .unknown), ("id between 1 and null", .unknown),
        ("id between 2 and null", .no), ("id not between 2 and null", .yes),
        ("s like 'a%'", .unknown), ("s not like 'a%'", .unknown), ("s is null", .yes),
        ("length(s) = 1", .unknown), ("lower(s) is null", .yes),
        ("case when i = 1 then true end is null", .yes),
        ("case when i = 1 then 1 else 2 end = 2", .yes),
      ])
    let bench = try ExpressionBench()
    let unknown = try ExpressionBench.schema.bind(Expression.parse("i > 1"))
    #expect(try !bench.context.isTrue(unknown, bench.view))
    #expect(try bench.context.isNotFalse(unknown, bench.view))
  }

  @Test func `text compares by bytes or folded`() throws {
    try expect(
      ["s": .text("Éa"), "n": .text("ÉCOLE"), "s2": .text("e\u{301}")],
      [
        ("s = 'éa'", .no), ("s < 'éa'", .yes), ("n = 'école'", .yes), ("n > 'ÉCOLA'", .yes),
        ("n in ('x', 'éCole')", .yes), ("n between 'ÉCOLE' and 'école'", .yes),
        ("n like 'éc%'", .yes), ("s like 'éa'", .no), ("s2 = 'é'", .no), ("s2 = 'e\u{301}'", .yes),
        ("s < 'z'", .no), ("'Z' < 'a'", .yes), ("n = lower(n)", .yes), ("lower(s) = 'éa'", .yes),
      ])
  }

  @Test func `like`() throws {
    try expect(
      ["s": .text("50%_a\\b"), "n": .text("Straße"), "s2": .text("日本😀")],
      [
        ("s like '50\\%\\_a\\\\b'", .yes), ("s like '50%'", .yes), ("s like '%b'", .yes),
        ("s like '%\\%%'", .yes), ("s like '5_'", .no), ("s like '50%_%'", .yes),
        ("s like '%'", .yes), ("s like ''", .no), ("s like '_______'", .yes),
        ("s like '________'", .no), ("s2 like '___'", .yes), ("s2 like '日_😀'", .yes),
        ("s2 like '____'", .no), ("n like 'STRA_E'", .yes), ("n like 'straẞE'", .yes),
        ("n like '%A%S%'", .no), ("n like '%a%E'", .yes), ("s not like 'x%'", .yes),
        ("s like s", .no), ("s2 like s2", .yes), ("s like null", .unknown),
      ])
    try refuse(["s like 'x\\'", "i like '5'", "s like 5"])
    let long = String(repeating: "a", count: 5000)
    try expect(["s": .text(long)], [("s like '%a%a%a%a%a%a%b'", .no)])
  }

  @Test func `length counts scalars, bytes and elements`() throws {
    try expect(
      [
        "s": .text("e\u{301}😀"), "y": .bytes([1, 2, 3, 4]),
        "j": try json(
          "{\"l\": [1, [2, 3], {\"a\": [4]}], \"e\": [ ], \"s\": \"a\\u0062\", \"n\": 5}"),
        "j2": try json(" [1, 2] "),
      ],
      [
        ("length(s) = 3", .yes), ("length(y) = 4", .yes), ("length(j.l) = 3", .yes),
        ("length(j.e) = 0", .yes), ("length(j.s) = 2", .yes), ("length(j.n) is null", .yes),
        ("length(j2) = 2", .yes), ("length(j) is null", .yes), ("length('äö') = 2", .yes),
      ])
    try refuse(["length(i)", "lower(i)", "date(s)", "length(day)"])
  }

  @Test func `paths`() throws {
    try expect(
      [
        "j": try json(
          """
          {"meta": {"specialty": "neuro", "a b": 1, "null": null, "esc": "a\\"\\u00e9"},
           "codes": [{"value": 5}, {"value": 7.50}], "tags": ["x", "y", 3, null], "t": true,
           "big": 12345678901234567890123, "dup": 1, "dup": 2, "none": []}
          """),
        "j2": try json("5"),
      ],
      [
        ("j.meta.specialty = 'neuro'", .yes), ("j.meta.`a b` = 1", .yes),
        ("j.codes[0].value = 5", .yes), ("j.codes[0].value = 5.0", .yes),
        ("j.codes[1].value > 7", .yes), ("j.codes[1].value = 7.5", .yes),
        ("j.codes[2].value is null", .yes), ("j.codes[2].value = 5", .unknown),
        ("j.meta.null is null", .yes), ("j.meta.missing is null", .yes),
        ("j.meta is not null", .yes), ("j.meta = 1", .unknown), ("j.codes < 'x'", .unknown),
        ("j.meta.esc = 'a\"é'", .yes), ("j.dup = 2", .yes), ("j.t", .yes), ("j.t = true", .yes),
        ("j.big = 12345678901234567890123", .yes), ("j.big > 9223372036854775807", .yes),
        ("j.tags[*] = 'y'", .yes), ("j.tags[*] = 'z'", .unknown), ("j.tags[*] = 3", .yes),
        ("'y' = j.tags[*]", .yes), ("j.tags[*] is null", .yes), ("j.tags[*] is not null", .yes),
        ("j.tags[*] in ('q', 'x')", .yes), ("j.tags[*] like 'x%'", .yes),
        ("j.tags[*] between 2 and 4", .yes), ("j.codes[*].value = 7.5", .yes),
        ("j.codes[*].value > 100", .no), ("j.none[*] = 1", .unknown),
        ("j2 = 5", .yes), ("j is not null", .yes), ("j2 = i", .unknown),
        ("j.codes[0].value = j2", .yes), ("j2 = j.codes[*].value", .yes),
        ("j.tags[*] = j.meta.specialty", .unknown),
        // Kinds: truth values, then numbers, then texts.
        ("j.t < 0", .yes), ("j.meta.specialty > 1e300", .yes), ("j.codes[0].value = '5'", .no),
        ("j.codes[0].value < '5'", .yes), ("j.t < 'a'", .yes), ("t.i is null", .yes),
      ])
    try refuse([
      "j.tags[*]", "j.tags[*] + 1", "length(j.tags[*])", "j.tags[*] = j.tags[*]",
      "case when true then j.tags[*] end", "j = day", "j.x = ts", "1 in (j.tags[*])",
    ])
    try refuse(
      ["j.meta + 1", "j.meta.specialty * 2"], .typeMismatch,
      values: [
        "j": try json("{\"meta\": {\"specialty\": \"x\"}}")
      ])
    let text = try ExpressionBench(["j": try json("{\"x\": \"yes\"}")])
    #expect(throws: DatabaseError.self) { try text.truth("j.x") }
  }

  @Test func `two documents at once`() throws {
    let text = String(repeating: "abc", count: 100)
    try expect(
      [
        "j": try json("{\"x\": \"\(text)\", \"l\": [\"q\", \"\(text)\"]}"),
        "j2": try json("{\"y\": \"\(text)\"}"), "s": .text(text),
      ],
      [
        ("j.x = j2.y", .yes), ("j2.y = j.x and j.x = s", .yes), ("j.l[*] = j2.y", .yes),
        ("lower(j.x) = lower(j2.y)", .yes), ("j.x in (j2.y, 'z')", .yes),
        ("case when true then j.x else j2.y end = j2.y", .yes), ("j.x like j2.y", .yes),
        ("j.x between j2.y and j2.y", .yes),
      ])
  }

  @Test func `any values`() throws {
    for (value, yes, no) in [
      (.number(try #require(NumberText("5.0"))), "a = 5", "a = '5'"),
      (.text("x"), "a = 'x'", "a < 5"), (.bool(true), "a = true", "a = 1"),
      (.text("x"), "a like 'X' or length(a) = 1", "a = 'X'"), (.bool(true), "a", "not a"),
      (.json(try JSON(validating: "{\"k\": [1, \"z\"]}")), "a.k[1] = 'z'", "a.k[*] = 'q'"),
      (.json(try JSON(validating: "[1]")), "a is not null and length(a) = 1", "a is null"),
    ] as [(AnyValue, String, String)] {
      try expect(["a": .any(value)], [(yes, .yes), (no, .no)])
    }
    try expect([:], [("a is null", .yes), ("a = 1", .unknown), ("a.k = 1", .unknown)])
  }

  @Test func `time is that of the transaction, and refused where told`() throws {
    try expect(
      ["ts": .timestamp(ExpressionBench.now), "day": .date(ExpressionBench.now.date)],
      [
        ("ts = now()", .yes), ("day = today()", .yes), ("date(now()) = today()", .yes),
        ("day > today() - 1", .yes), ("now() = now()", .yes),
      ])
    for text in ["ts < now()", "day = today()", "case when now() > ts then true end"] {
      #expect(throws: DatabaseError.self) {
        try ExpressionBench.schema.bind(Expression.parse(text))
      }
    }
  }

  @Test func `only conditions are conditions`() throws {
    for text in ["i", "s", "i + 1", "'x'", "5", "length(s)", "i and b", "not i", "day or b"] {
      #expect(throws: DatabaseError.self) {
        try ExpressionBench.schema.bind(Expression.parse(text))
      }
    }
    for text in ["b", "true", "null", "j.x", "case when b then true else false end"] {
      #expect(throws: Never.self) { try ExpressionBench.schema.bind(Expression.parse(text)) }
    }
    try refuse([
      "i = s", "day = ts", "u = s", "y = s", "b = i", "s > i", "case when b then 1 else s end",
    ])
  }

  @Test func `depth of trees made by hand is bounded`() throws {
    var tree = Expression.column("b")
    for _ in 0..<200 { tree = .not(tree) }
    #expect(throws: DatabaseError.self) { try ExpressionBench.schema.bind(tree) }
  }

  @Test func `columns that are read`() throws {
    let bound = try ExpressionBench().bind("s = 'x' and (i > 1 or j.x = 2) and t.i2 is null")
    let names = bound.columnOrdinals.map { ExpressionBench.schema.columns[$0].name }
    #expect(names == ["i", "s", "j", "t"])
  }

  @Test func `values become literals and back`() throws {
    var random = ValueRandom(seed: 13)
    let columns: [(String, ColumnType)] = [
      ("i", .int), ("d", .double), ("b", .bool), ("s", .text), ("y", .bytes), ("day", .date),
      ("tm", .time), ("ts", .timestamp), ("u", .uuid), ("m", .decimal),
    ]
    for _ in 0..<600 {
      let (name, type) = columns[random.below(columns.count)]
      let value = random.value(type)
      guard let literal = Expression.Literal(value) else {
        #expect(type == .double)
        continue
      }
      let tree = Expression.comparison(.equal, .column(name), .literal(literal))
      #expect(try Expression.parse(tree.description) == tree)
      let bench = try ExpressionBench([name: value])
      #expect(try bench.truth(tree.description) == .yes, "\(tree)")
    }
  }
}

extension Value {
  func description(of type: String) -> String? {
    if case .decimal(let decimal) = self, type == "decimal" { return decimal.description }
    return nil
  }
}
