import Foundation
import Testing

@testable import CareFS

@Suite struct ValueTextTests {
  static func value(_ text: String, _ type: ColumnType) -> Value? {
    try? ValueText.parse(text, as: type)
  }

  static func json(_ text: String, _ type: ColumnType, nullable: Bool = true) -> Value? {
    guard let json = try? JSON(validating: text) else { return nil }
    return try? ValueText.parse(json: json, as: type, nullable: nullable)
  }

  @Test func integersAreExact() {
    for text in ["0", "-1", "9223372036854775807", "-9223372036854775808", "9007199254740993"] {
      #expect(Self.value(text, .int) == Int64(text).map(Value.int))
      #expect(Self.json(text, .int) == Int64(text).map(Value.int))
      #expect(Int64(text).map { ValueText.text(of: .int($0)) } == text)
    }
    #expect(Self.value("1e3", .int) == .int(1000))
    #expect(Self.json("-2.50e1", .int) == .int(-25))
    #expect(Self.json("9223372036854775807.0", .int) == .int(.max))
    #expect(Self.value("007", .int) == .int(7))
    for text in [
      "", "-", "1.5", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "0x1", " 1",
      "+1", "1 ", "１", "1e999999999999",
    ] {
      #expect(Self.value(text, .int) == nil, "\(text)")
    }
    #expect(Self.json("\"1\"", .int) == nil)
  }

  @Test func doublesReadBackTheSame() {
    let cases: [(String, Double)] = [
      ("0", 0), ("-0.0", 0), ("0.1", 0.1), ("1e-05", 1e-5),
      ("123456789012345678", 123_456_789_012_345_680),
      ("0.30000000000000004", 0.30000000000000004),
      ("1.7976931348623157e308", 1.7976931348623157e308),
      ("5e-324", .leastNonzeroMagnitude), ("02138", 2138), ("-12.5E+2", -1250),
      ("9007199254740993", 9_007_199_254_740_992),
      ("1e-400", 0), ("100000000000000000000000", 1e23), ("8.41e21", 8.41e21),
      ("2.2250738585072011e-308", .leastNormalMagnitude.nextDown), ("0.000001e6", 1),
      ("179769313486231570000000000000000000000e270", 1.7976931348623157e308),
    ]
    for (text, value) in cases {
      #expect(Self.value(text, .double) == .double(value), "\(text)")
    }
    for text in [
      "", ".", ".5", "1.", "-", "1e", "1e+", "inf", "nan", "1e309", "-1e400", "0x1p3", "1 ",
    ] {
      #expect(Self.value(text, .double) == nil, "\(text)")
    }
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: state)
      guard value.isFinite else { continue }
      let text = ValueText.text(of: .double(value))
      #expect(Self.value(text, .double) == .double(value), "\(text)")
      #expect(Self.json(text, .double) == .double(value), "\(text)")
    }
  }

  @Test func doublesPrintInOneForm() {
    let cases: [(Double, String)] = [
      (5, "5.0"), (-0.0, "0.0"), (0.001, "0.001"), (0.0001, "0.0001"), (0.00001, "1e-05"),
      (1e15, "1000000000000000.0"), (9_007_199_254_740_994, "9007199254740994.0"),
      (-9_999_999_999_999_998, "-9999999999999998.0"), (1e16, "1e+16"), (1.5e300, "1.5e+300"),
    ]
    for (value, text) in cases { #expect(ValueText.text(of: .double(value)) == text) }
  }

  @Test func everyTypeHasOneTextInCSVAndJSON() throws {
    let uuid = try #require(UUID(uuidString: "123E4567-E89B-12D3-A456-426614174000"))
    let cases: [(Value, ColumnType, String, String)] = [
      (.bool(true), .bool, "true", "true"), (.bool(false), .bool, "false", "false"),
      (
        .text("a\"\\\n\u{1}é\u{0}/"), .text, "a\"\\\n\u{1}é\u{0}/",
        "\"a\\\"\\\\\\n\\u0001é\\u0000/\""
      ),
      (.bytes([0, 255, 16]), .bytes, "AP8Q", "\"AP8Q\""), (.bytes([]), .bytes, "", "\"\""),
      (
        .uuid(uuid), .uuid, "123e4567-e89b-12d3-a456-426614174000",
        "\"123e4567-e89b-12d3-a456-426614174000\""
      ),
      (.decimal(try #require(ExactDecimal("1.00"))), .decimal, "1.00", "\"1.00\""),
      (.date(try #require(CalendarDate("2026-01-31"))), .date, "2026-01-31", "\"2026-01-31\""),
      (.time(try #require(TimeOfDay("13:05:00"))), .time, "13:05:00", "\"13:05:00\""),
      (
        .time(try #require(TimeOfDay("13:05:00.123456"))), .time, "13:05:00.123456",
        "\"13:05:00.123456\""
      ),
      (
        .timestamp(try #require(Timestamp("2026-01-31T13:05:00Z"))), .timestamp,
        "2026-01-31T13:05:00Z", "\"2026-01-31T13:05:00Z\""
      ),
      (.json(try JSON(validating: "{ \"a\":1}")), .json, "{ \"a\":1}", "{ \"a\":1}"),
      (.any(.text("x")), .any, "\"x\"", "\"x\""), (.any(.bool(true)), .any, "true", "true"),
      (.any(.number(try #require(NumberText("1.50")))), .any, "1.50", "1.50"),
      (.any(.json(try JSON(validating: "[1, 2]"))), .any, "[1, 2]", "[1, 2]"),
    ]
    for (value, type, text, json) in cases {
      #expect(ValueText.text(of: value) == text)
      #expect(ValueText.json(of: value) == json)
      #expect(Self.value(text, type) == value, "\(text)")
      #expect(Self.json(json, type) == value, "\(json)")
    }
  }

  @Test func acceptsOtherFormsOnInput() throws {
    let noon = Value.timestamp(try #require(Timestamp("2026-01-31T12:00:00Z")))
    #expect(Self.value("2026-01-31T13:00:00+01:00", .timestamp) == noon)
    #expect(Self.json("\"2026-01-31T12:00:00.000Z\"", .timestamp) == noon)
    #expect(
      Self.value("2026-01-31", .timestamp) == Self.value("2026-01-31T00:00:00Z", .timestamp))
    #expect(Self.json("12.50", .decimal) == Self.value("12.50", .decimal))
    #expect(Self.json("\"\\u0041\"", .text) == .text("A"))
    #expect(
      Self.value("123E4567-E89B-12D3-A456-426614174000", .uuid)
        == Self.value("123e4567-e89b-12d3-a456-426614174000", .uuid))
    #expect(Self.json(" \"2026-01-31\" ", .date) == Self.value("2026-01-31", .date))
  }

  @Test func refusesOtherKindsAndForms() {
    let bad: [(String, ColumnType)] = [
      ("True", .bool), ("1", .bool), ("2026-02-30", .date), ("2026-1-1", .date),
      ("24:00:00", .time),
      ("2026-01-31T13:05", .timestamp), ("123e4567e89b12d3a456426614174000", .uuid),
      ("123e4567-e89b-12d3-a456-42661417400g", .uuid), ("AP8", .bytes),
      ("AP9=", .bytes), ("A===", .bytes), ("A?8Q", .bytes), ("1,5", .decimal), ("", .json),
      ("{", .json), ("x", .any), ("", .any),
    ]
    for (text, type) in bad {
      #expect(Self.value(text, type) == nil, "\(text)")
    }
    for (text, type) in [
      ("1", ColumnType.text), ("true", .text), ("\"true\"", .bool), ("\"1\"", .double),
      ("1", .bool),
      ("{}", .text), ("[]", .int), ("1", .date), ("\"\\ud800\"", .text), ("\"\\ud800\"", .any),
    ] {
      #expect(Self.json(text, type) == nil, "\(text)")
    }
  }

  @Test func nullIsADocumentOnlyWhereTheColumnHasNoNulls() {
    for type in ColumnType.allCases { #expect(Self.json("null", type) == .null) }
    #expect(Self.json("null", .json, nullable: false) == .json(.null))
    #expect(Self.json("null", .text, nullable: false) == .null)
    #expect(Self.value("null", .json) == .json(.null))
  }

  @Test func errorsDoNotContainTheValue() {
    for type in ColumnType.allCases where type != .text {
      do throws(ValueTextError) {
        _ = try ValueText.parse("Weissenberger?", as: type)
        Issue.record("\(type) accepted nonsense")
      } catch {
        #expect(!error.description.contains("Weissenberger"))
        #expect(error.type == type)
      }
    }
  }

  @Test func base64RoundTrips() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      let text = ValueText.text(of: .bytes(bytes))
      #expect(text == Data(bytes).base64EncodedString())
      #expect(Self.value(text, .bytes) == .bytes(bytes))
    }
  }
}
