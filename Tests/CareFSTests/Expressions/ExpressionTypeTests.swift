import Foundation
import Testing

@testable import CareFS

/// Types that meet in one expression: numbers of several kinds, days and spans, null, documents.
@Suite struct ExpressionTypeTests {
  private func values() throws -> [String: Value] {
    [
      "i": .int(3), "i2": .int(-4), "d": .double(1.5), "b": .bool(true), "s": .text("abc"),
      "s2": .text("ABC"), "n": .text("Abc"), "y": .bytes([1, 2]),
      "day": .date(try #require(CalendarDate("2026-01-31"))),
      "tm": .time(try #require(TimeOfDay("09:30:00"))),
      "ts": .timestamp(try #require(Timestamp("2026-01-31T13:05:00Z"))),
      "u": .uuid(try #require(UUID(uuidString: "00000000-0000-4000-8000-000000000010"))),
      "m": .decimal(try #require(ExactDecimal("2.50"))),
      "j": try json("{\"n\":7,\"f\":2.5,\"t\":\"x\",\"l\":[1,\"a\",null,true],\"z\":null}"),
      "j2": try json("[3,4]"), "a": .any(.number(NumberText(3))),
    ]
  }

  private func expect(
    _ truth: Truth, _ texts: [String], _ changes: [String: Value] = [:],
    _ line: SourceLocation = #_sourceLocation
  ) throws {
    let bench = try ExpressionBench(try values().merging(changes) { $1 })
    for text in texts {
      do {
        let found = try bench.truth(text)
        #expect(found == truth, "\(text)", sourceLocation: line)
      } catch { Issue.record("\(text): \(error)", sourceLocation: line) }
    }
  }

  private func refuse(_ texts: [String], _ line: SourceLocation = #_sourceLocation) throws {
    let bench = try ExpressionBench(try values())
    for text in texts {
      #expect(throws: DatabaseError.self, "\(text)", sourceLocation: line) {
        _ = try bench.truth(text)
      }
    }
  }

  @Test func numbersOfAllKindsMeet() throws {
    try expect(
      .yes,
      [
        "i + m = 5.5", "m + i = 5.5", "i - m = 0.5", "m - i = -0.5", "i * m = 7.5", "m * i = 7.50",
        "m / i < 1", "i / m = 1.2", "m - m = 0", "d + i = 4.5", "d - i = -1.5", "i + d = 4.5",
        "-d = -1.5", "-m = -2.5", "-i2 = 4", "-(d - d) = 0", "i < m + 1", "d < m", "m > d",
        "i > d", "d < i", "m < i", "i = a", "a = i", "a < 3.5", "a > m", "m < a", "d < a",
        "a > d", "j.n = 7", "j.n > i", "i < j.n", "j.f = m", "m = j.f", "j.f > d", "d < j.f",
        "-j.n = -7", "j.n + 1 = 8", "1 + j.n = 8", "j.f * 2 = 5", "j.n / 2 = 3",
        "day + 1 > day", "day - 1 < day", "1 + day = day + 1", "ts > '2026-01-31T13:04:59Z'",
      ])
    try expect(
      .unknown, ["-j.z = 1", "j.z + 1 = 1", "j.none - 1 = 1", "null + 1 = 2", "-null = 1"])
  }

  @Test func numbersBeyondTheirKindAreTold() throws {
    try refuse([
      "i / 0 = 1", "m / 0 = 1", "j.n / 0 = 1", "s + 1 = 2", "1 + s = 2", "-s = 1",
      "day + day = day",
      "-day = day", "1 - day = day", "tm + 1 = tm", "-b = 1", "i + b = 1", "-j.t = 1",
      "j.t + 1 = 2", "i * day = day", "length(1) = 1", "length() = 1", "lower(i) = 'a'",
      "length(s, s) = 1", "nothing(s) = 1",
    ])
    let big: [String: Value] = ["i": .int(.max), "i2": .int(.min)]
    let bench = try ExpressionBench(try values().merging(big) { $1 })
    for text in ["i + 1 = 0", "i2 - 1 = 0", "i * 2 = 0", "-i2 = 0", "i2 / -1 = 0", "day + i > day"]
    {
      #expect(throws: DatabaseError.self, "\(text)") { _ = try bench.truth(text) }
    }
  }

  @Test func doublesThatAreNoNumbersHaveAnOrder() throws {
    let infinite: [String: Value] = ["d": .double(.infinity)]
    try expect(.yes, ["d > i", "d > m", "d > j.n", "i < d", "m < d", "j.n < d", "d > a"], infinite)
    let least: [String: Value] = ["d": .double(-.infinity)]
    try expect(.yes, ["d < i", "d < m", "d < j.n", "i > d", "m > d", "j.n > d"], least)
    let none: [String: Value] = ["d": .double(.nan)]
    try expect(.yes, ["d = d", "d > i", "i < d"], none)
    let large: [String: Value] = ["i": .int(.max), "d": .double(9.3e18)]
    try expect(.yes, ["i < d", "d > i", "i2 < d"], large)
  }

  @Test func casesAndFunctionsHaveOneType() throws {
    try expect(
      .yes,
      [
        "case when b then i else d end = 3", "case when b then i else m end = 3",
        "case when not b then i else m end = 2.5", "case when b then null else i end is null",
        "case when not b then i end is null", "case when b then s else n end = 'abc'",
        "case when b then n else s end = 'ABC'", "length(s) = 3", "length(j.t) = 1",
        "lower(s2) = s", "lower(null) is null", "length(null) is null", "date(ts) = day",
        "date(day) = day", "date(null) is null", "case when b then i else j.n end = 3",
        "(b and i = 3) = b",
      ])
    try refuse([
      "case when b then i else s end = 3", "case when b then day else i end = 3",
      "case when i then 1 else 2 end = 1",
    ])
  }

  @Test func listsAndRangesOfEveryType() throws {
    try expect(
      .yes,
      [
        "i in (1, 2, 3)", "m in (1, 2.5)", "d in (1.5)", "s in ('x', 'abc')", "n in ('x', 'ABC')",
        "s in (n)", "day in ('2026-01-31')", "tm in ('09:30:00')", "b in (true)",
        "u in ('00000000-0000-4000-8000-000000000010')", "j.n in (7, 'x')", "j.t in (7, 'x')",
        "a in (3, 'x')", "i between 1 and 3", "m between i2 and i", "j.n between 1 and 7.5",
        "s between 'abb' and 'abd'", "n between 'ABB' and 'ABD'", "not (i in (1, 2))",
        "j.l[*] = 1", "j.l[*] = 'a'", "j.l[*] = true", "j2[*] in (4)", "j2[*] > 3", "j2[0] = 3",
      ])
    try expect(
      .unknown, ["null in (1, 2)", "i in (1, null)", "j.z in (1)", "j.none between 1 and 2"])
    try expect(.no, ["i in (1, 2)", "j.t in (7)", "j2[*] = 'x'", "j.n like 'x'", "s like 'b%'"])
    try refuse(["i in ('x')", "s in (1)", "day in (1)", "b in ('x')", "i between 'a' and 'b'"])
  }

  @Test func patternsFollowScalars() throws {
    let wide: [String: Value] = ["s": .text("añb😀c%_\\"), "n": .text("ÄÖü")]
    try expect(
      .yes,
      [
        "s like 'a_b_c%'", "s like '%😀%'", "s like 'a%\\%\\_\\\\'", "s like '%'", "s like '%c%'",
        "n like 'äö%'", "n like '%Ü'", "n like '___'", "not s like 'a'", "not s like '_'",
        "not s like '%d%'", "s like '%b%c%\\_%'",
      ], wide)
    try refuse(["s like 'x\\'", "s like 1", "i like 'x'"])
  }

  @Test func flippedComparisonsAreTheSame() throws {
    try expect(
      .yes,
      [
        "1 < i", "3 <= i", "9 > i", "3 >= i", "3 = i", "4 != i", "'abc' <= s", "'abc' >= s",
        "'ABC' = n", "'ABD' > n", "'2026-01-30' < day", "'2026-02-01' > day", "2.5 <= m",
        "2.5 >= m", "7 <= j.n", "7 >= j.n", "true = b", "3 <= a", "3 >= a",
      ])
  }

  /// Values of every type, as an expression gives them back.
  @Test func everyTypeIsAValue() throws {
    let values = try values()
    let bench = try ExpressionBench(values)
    for name in ["i", "d", "b", "s", "y", "day", "tm", "ts", "u", "m", "a"] {
      #expect(try bench.value(name) == values[name], "\(name)")
    }
    #expect(try bench.value("j.n") == .any(.number(NumberText(7))))
    #expect(try bench.value("j.t") == .text("x") || bench.value("j.t") == .any(.text("x")))
    #expect(!(try bench.value("j.l").isNull))
    #expect(try bench.value("j.z").isNull)
    #expect(try bench.value("j.none").isNull)
    #expect(try bench.value("case when b then i else m end") != .null)
  }
}
