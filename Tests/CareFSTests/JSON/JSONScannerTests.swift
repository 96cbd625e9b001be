import Foundation
import Testing

@testable import CareFS

@Suite struct JSONScannerTests {
  static func refusal(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSON(validating: bytes)
      return nil
    } catch {
      return error
    }
  }

  static func refusal(_ text: String) -> JSONError? { refusal(Array(text.utf8)) }

  @Test func acceptsValuesOfEveryKind() {
    for text in [
      "null", " true ", "false", "0", "-0", "-0.0e-1", "12.5E+3", "\"\"", "[]", "{}", "[ ]", "{ }",
      "[1,[2,{\"a\":[]}],\"x\"]", "{\"a\":{\"b\":[1,2,3]},\"a\":null}",
      "\"\\u0000\\ud800\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"é€😀\u{7F}\"", "\t\r\n [\n1\n,\n2\n]\n",
    ] {
      #expect(Self.refusal(text) == nil, "\(text)")
    }
  }

  @Test func refusesWithTheRuleAndTheOffset() {
    let cases: [(String, JSONError.Reason, Int)] = [
      ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("nul", .unexpectedEnd, 3),
      ("nulx", .unexpectedByte, 3), ("01", .invalidNumber, 1), ("-", .unexpectedEnd, 1),
      ("1.", .invalidNumber, 2), ("1e", .invalidNumber, 2), ("-a", .invalidNumber, 1),
      ("+1", .unexpectedByte, 0), ("[1 2]", .unexpectedByte, 3), ("[1,]", .unexpectedByte, 3),
      ("{\"a\" 1}", .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1),
      ("{\"a\":1,}", .unexpectedByte, 7), ("[1}", .unexpectedByte, 2), ("{]", .unexpectedByte, 1),
      ("1 2", .trailingBytes, 2), ("\"a", .unexpectedEnd, 2), ("\"\n\"", .controlCharacter, 1),
      ("\"\\x\"", .invalidEscape, 1), ("\"\\u12\"", .invalidEscape, 1),
      ("\"\\u12g4\"", .invalidEscape, 1), ("\"\\", .unexpectedEnd, 2),
      ("\u{FEFF}1", .unexpectedByte, 0), ("[", .unexpectedEnd, 1), ("]", .unexpectedByte, 0),
    ]
    for (text, reason, offset) in cases {
      #expect(Self.refusal(text) == JSONError(reason, at: offset), "\(text)")
    }
  }

  @Test func refusesWhatIsNotUTF8() {
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0x80],
      [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0x80, 0x80],
      [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    ]
    for bytes in bad {
      for padding in 0..<17 {
        let text = [0x22] + [UInt8](repeating: 0x61, count: padding) + bytes + [0x22]
        #expect(Self.refusal(text)?.reason == .invalidUTF8, "\(bytes)")
      }
    }
    let good: [[UInt8]] = [
      [0xC2, 0x80], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
      [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    for bytes in good { #expect(Self.refusal([0x22] + bytes + [0x22]) == nil, "\(bytes)") }
  }

  @Test func findsASpecialByteAtEveryPositionOfAWord() {
    for position in 0..<40 {
      for special: UInt8 in [0x00, 0x1F, 0x0A] {
        var text = [UInt8](repeating: 0x7F, count: 42)
        text[0] = 0x22
        text[41] = 0x22
        text[position + 1] = special
        #expect(Self.refusal(text) == JSONError(.controlCharacter, at: position + 1))
      }
    }
  }

  @Test func capsTheDepthAndNeverRecurses() {
    let limit = JSONScanner.maximumDepth
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(Self.refusal(nested(limit)) == nil)
    #expect(Self.refusal(nested(limit + 1)) == JSONError(.tooDeep, at: limit))
    #expect(Self.refusal(String(repeating: "[", count: 100_000))?.reason == .tooDeep)
    #expect(Self.refusal(String(repeating: "{\"a\":", count: 100_000))?.reason == .tooDeep)
    let mixed =
      String(repeating: "[{\"a\":", count: limit / 2) + "1"
      + String(repeating: "}]", count: limit / 2)
    #expect(Self.refusal(mixed) == nil)
    #expect(
      Self.refusal(mixed.replacingOccurrences(of: "1}", with: "1]"))?.reason == .unexpectedByte)
  }

  @Test func followsTheJSONTestSuite() throws {
    var accepted = 0
    var refused = 0
    for file in SharedData.files("suites/JSONTestSuite/test_parsing") {
      let failure = Self.refusal(Array(try Data(contentsOf: file)))
      switch file.lastPathComponent.prefix(2) {
      case "y_":
        #expect(failure == nil, "\(file.lastPathComponent)")
        accepted += 1
      case "n_":
        #expect(failure != nil, "\(file.lastPathComponent)")
        refused += 1
      default: break
      }
    }
    if SharedData.folder("suites/JSONTestSuite/test_parsing") != nil {
      #expect(accepted > 90 && refused > 180)
    }
  }

  @Test func everyTruncationAndEveryFlippedBitEndsInAnAnswer() {
    let text = Array(
      "{\"a\":[1,-2.5e3,true,false,null,\"x\\u00e9\\n€😀\"],\"b\":{\"c\":[[],{}]}}".utf8)
    for length in 0..<text.count { #expect(Self.refusal(Array(text[..<length])) != nil) }
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        _ = Self.refusal(changed)
      }
    }
  }

  @Test func keepsBytes() throws {
    let text = " { \"a\" : 1.00 , \"a\" : \"\\u0041\" } "
    let json = try JSON(validating: text)
    #expect(json.text == text)
    #expect(json.kind == .object)
    #expect(json != (try JSON(validating: "{\"a\":1.00,\"a\":\"A\"}")))
  }
}
