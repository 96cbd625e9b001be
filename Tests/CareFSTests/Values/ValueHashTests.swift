import Foundation
import Testing

@testable import CareFS

/// Values as members of sets, and arithmetic at the ends of what numbers hold.
struct ValueHashTests {
  private static func samples() throws -> [Value] {
    [
      .null, .int(1), .int(2), .double(1), .double(.nan), .bool(true), .bool(false), .text("a"),
      .text("é"), .bytes([1]), .bytes([]), .date(try #require(CalendarDate("2026-01-31"))),
      .time(try #require(TimeOfDay("09:30:00"))),
      .timestamp(try #require(Timestamp("2026-01-31T13:05:00Z"))), .uuid(UUID()),
      .decimal(try #require(ExactDecimal("1.5"))), .json(try JSON(validating: "[1]")),
      .any(.text("a")), .any(.bool(true)), .any(.number(NumberText(1))),
      .any(.json(try JSON(validating: "{}"))),
    ]
  }

  @Test func everyKindOfValueIsAMemberOfASet() throws {
    let samples = try Self.samples()
    let set = Set(samples)
    #expect(set.count == samples.count)
    for value in samples { #expect(set.contains(value), "\(value)") }
    for (index, value) in samples.enumerated() {
      for (other, second) in samples.enumerated() {
        #expect((value == second) == (index == other), "\(value) and \(second)")
      }
    }
    // The same letters in another form are other bytes.
    #expect(!set.contains(.text("e\u{301}")))
  }

  @Test func expressionsAndPathsAreMembersOfSets() throws {
    let texts = [
      "a = 1", "a = 1.5", "a = 'x'", "a = true", "a is null", "t.a = 1", "a.b = 1", "a.b[0] = 1",
      "a in (1, 2)", "a between 1 and 2", "a like 'x%'", "not a = 1", "a + 1 = 2", "lower(a) = 'x'",
      "case when a = 1 then 2 else 3 end = 2", "a = null", "a = date(b)",
    ]
    let all = try Set(texts.map { try Expression.parse($0) })
    #expect(all.count == texts.count)
    for text in texts { #expect(all.contains(try Expression.parse(text)), "\(text)") }
    let paths = try Set(["a", "a.b", "a[0]", "a[1]", "a[*]"].map { try JSONPath.parse($0) })
    #expect(paths.count == 5)
    #expect(paths.contains(try JSONPath.parse("a[1]")))
    #expect(Expression.qualified("t", "a") == (try Expression.parse("t.a")))
    #expect(Expression.path("a", try JSONPath.parse("b[0]")) == (try Expression.parse("a.b[0]")))
  }

  @Test func literalsOfValues() throws {
    for value in try Self.samples() {
      let literal = Expression.Literal(value)
      switch value {
      case .json, .any(.json): #expect(literal == nil)
      default: break
      }
      #expect(Set([literal, literal]).count == 1)
    }
  }

  @Test func decimalsAtTheirEnds() throws {
    let longest = try #require(ExactDecimal(String(repeating: "9", count: 76)))
    let finest = try #require(ExactDecimal("0." + String(repeating: "0", count: 75) + "1"))
    #expect(longest.adding(finest) == nil)
    #expect(longest.adding(longest) == nil)
    #expect(longest.adding(longest.negated()) == ExactDecimal("0"))
    #expect(longest.negated().negated() == longest)
    #expect(longest.divided(by: finest) == nil)
    #expect(ExactDecimal("1" + String(repeating: "0", count: 76)) == nil)
    for text in ["", "-", ".", "1.", ".5", "+1", "--1", "1.2.3", " 1", "0x1", "١"] {
      #expect(ExactDecimal(text) == nil, "\(text)")
    }
  }

  @Test func numbersKeepTheirText() throws {
    let number = try #require(NumberText("1.10"))
    #expect(number.double == 1.1)
    #expect(NumberText("1e999")?.double == nil)
    #expect(Set([number, try #require(NumberText("1.1"))]).count == 2)
  }

  @Test func brokenUTF8IsNoScalar() {
    let bad: [[UInt8]] = [
      [], [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80],
      [0xFF],
    ]
    for bytes in bad {
      bytes.withUnsafeBytes { #expect(UTF8Scalars.decode($0, at: 0) == nil, "\(bytes)") }
    }
    [UInt8](arrayLiteral: 0x41).withUnsafeBytes {
      #expect(UTF8Scalars.decode($0, at: 1) == nil)
      #expect(UTF8Scalars.decode($0, at: -1) == nil)
      #expect(UTF8Scalars.decode($0, at: 0)?.0 == 0x41)
    }
  }
}
