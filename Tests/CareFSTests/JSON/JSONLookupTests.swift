import Foundation
import Testing

@testable import CareFS

/// A supply that gives one more byte at a time.
private final class Trickle: JSONSupply {
  private var given = 0
  private let total: Int

  init(total: Int) { self.total = total }

  var count: Int { given }

  override func more() throws -> Int? {
    guard given < total else { return nil }
    given += 1
    return given
  }
}

@Suite struct JSONLookupTests {
  static let document = """
    {"a": 1, "b" : {"c": [10, {"d": "x,]}\\"y"}, [1, 2], -2.5e3], "e": null}, "tags": ["p", "q", []],
     "a": {"z": true}, "\\u0065sc": 7, "": "empty", "codes":[{"v":1},{"w":2},{"v":[3,4]},{"v":5,"v":6}]}
    """

  static func find(_ path: String, in text: String = document) throws -> String? {
    let json = try JSON(validating: text)
    let path = try JSONPath.parse(path)
    let whole = json[path]?.text
    // The same through a supply, which must not change the result.
    let trickled: String? = try json.withUnsafeBytes { view -> String? in
      guard let base = view.baseAddress, !path.isMultiple else { return whole }
      var cursor = JSONCursor(base: base, supply: Trickle(total: view.count))
      guard let match = try path.find(with: &cursor, uniqueMembers: false) else { return nil }
      return String(decoding: view[match.range], as: UTF8.self)
    }
    #expect(trickled == whole)
    return whole
  }

  @Test func findsValues() throws {
    let cases: [(String, String?)] = [
      ("a", "{\"z\": true}"), ("a.z", "true"), ("b.c[0]", "10"), ("b.c[1].d", "\"x,]}\\\"y\""),
      ("b.c[2][1]", "2"), ("b.c[3]", "-2.5e3"), ("b.c[4]", nil), ("b.e", "null"), ("b.e.f", nil),
      ("b.c.d", nil), ("b[0]", nil), ("missing", nil), ("esc", "7"), ("``", "\"empty\""),
      ("tags[1]", "\"q\""), ("tags[*]", "\"p\""), ("codes[3].v", "6"), ("codes[1].v", nil),
    ]
    for (path, expected) in cases { #expect(try Self.find(path) == expected, "\(path)") }
    #expect(try Self.find("[1][0]", in: " [ 1 , [ 2 ] ] ") == "2")
    #expect(try Self.find("a", in: "5") == nil)
    #expect(try Self.find("a", in: "{}") == nil)
    #expect(try Self.find("[0]", in: "[]") == nil)
  }

  @Test func theLastDuplicateWinsOnEveryLevel() throws {
    #expect(try Self.find("a.b", in: "{\"a\":{\"b\":1},\"a\":{\"c\":2}}") == nil)
    #expect(try Self.find("a.b", in: "{\"a\":1,\"\\u0061\":{\"b\":1,\"b\":2}}") == "2")
  }

  @Test func findsEveryElement() throws {
    func all(_ path: String, _ text: String) throws -> [String] {
      let json = try JSON(validating: text)
      return try json.withUnsafeBytes { view in
        try JSONPath.parse(path).matches(in: view).map {
          String(decoding: view[$0.range], as: UTF8.self)
        }
      }
    }
    #expect(try all("tags[*]", Self.document) == ["\"p\"", "\"q\"", "[]"])
    #expect(try all("codes[*].v", Self.document) == ["1", "[3,4]", "6"])
    #expect(try all("codes[*].v[*]", Self.document) == ["3", "4"])
    #expect(try all("[*][*]", "[[1,2],3,[],[4]]") == ["1", "2", "4"])
    #expect(try all("a[*]", "{\"a\":[1,2],\"a\":[3]}") == ["3"])
    #expect(try all("a[*]", "{\"a\":[1,2],\"a\":null}") == [])
    #expect(try all("a", "{\"b\":1}") == [])
  }

  @Test func stopsAtTheFirstMemberWhereMembersAreUnique() throws {
    let text = Array("{\"a\":1,\"b\":[2,{\"c\":3}],\"z\":4}".utf8)
    try text.withUnsafeBytes { view in
      let supply = Trickle(total: view.count)
      guard let base = view.baseAddress else { return }
      var cursor = JSONCursor(base: base, supply: supply)
      let match = try JSONPath.parse("b[1].c").find(with: &cursor, uniqueMembers: true)
      #expect(match?.range == 19..<20)
      #expect(supply.count == 22)
    }
  }

  @Test func damagedTextsThrowAndNeverReadBeyondTheirEnd() throws {
    let text = Array(Self.document.utf8)
    let paths = try ["a.z", "b.c[1].d", "tags[*]", "codes[*].v", "missing"].map(JSONPath.parse)
    for length in 0..<text.count {
      // A heap block of exactly this length, so that a sanitizer sees any excess.
      let cut = Array(text[..<length])
      cut.withUnsafeBytes { view in
        for path in paths { _ = try? path.matches(in: view) }
        for path in paths { _ = try? path.find(in: view) }
      }
    }
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        changed.withUnsafeBytes { view in
          for path in paths { _ = try? path.matches(in: view) }
        }
      }
    }
  }

  @Test func readsParts() throws {
    let json = try JSON(
      validating:
        " {\"s\":\"a\\n\\ud83d\\ude00é\",\"n\":-9223372036854775808,\"d\":0.1,\"l\":[1,\"x\"],\"bad\":\"\\ud800\"} "
    )
    #expect(json[member: "s"]?.string == "a\n😀é")
    #expect(json[member: "n"]?.int == .min)
    #expect(json[member: "d"]?.double == 0.1)
    #expect(json[member: "d"]?.int == nil)
    #expect(json[member: "l"]?.elements?.map(\.text) == ["1", "\"x\""])
    #expect(json[member: "bad"]?.string == nil)
    #expect(json.members?.map(\.name) == ["s", "n", "d", "l", "bad"])
    #expect(json.elements == nil)
    #expect(try JSON(validating: " true ").bool == true)
    #expect(try JSON(validating: "[]").elements == [])
    #expect(try JSON(validating: "{}").members?.count == 0)
    #expect(try JSON(validating: "1").string == nil)
  }

  @Test func unescapes() {
    let cases: [(String, [UInt8], Bool)] = [
      ("a\\\"\\\\\\/\\b\\f\\n\\r\\tb", Array("a\"\\/\u{8}\u{C}\n\r\tb".utf8), true),
      ("\\u0041\\u00e9\\u20ac\\uD83D\\uDE00", Array("Aé€😀".utf8), true),
      ("\\ud83d", Array("\u{FFFD}".utf8), false), ("\\ude00x", Array("\u{FFFD}x".utf8), false),
      ("\\ud83d\\ud83d\\ude00", Array("\u{FFFD}😀".utf8), false), ("\\u0000", [0], true),
    ]
    for (text, expected, whole) in cases {
      var result: [UInt8] = []
      let answer = Array(text.utf8).withUnsafeBytes { view in
        JSONText.unescape(view) { result.append(contentsOf: $0) }
      }
      #expect(result == expected)
      #expect(answer == whole)
    }
  }
}
