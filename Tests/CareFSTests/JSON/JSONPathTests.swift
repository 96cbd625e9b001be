import Testing

@testable import CareFS

@Suite struct JSONPathTests {
  @Test func parsesAndPrints() throws {
    let cases: [(String, [JSONPath.Segment])] = [
      ("a", [.member("a")]), ("meta.specialty", [.member("meta"), .member("specialty")]),
      ("codes[0].value", [.member("codes"), .element(0), .member("value")]),
      ("tags[*]", [.member("tags"), .anyElement]),
      ("[3][*].x_1", [.element(3), .anyElement, .member("x_1")]),
      ("`a b`.`c``d`", [.member("a b"), .member("c`d")]), ("``", [.member("")]),
      ("`1`", [.member("1")]), ("`é`", [.member("é")]),
    ]
    for (text, segments) in cases {
      let path = try JSONPath.parse(text)
      #expect(path.segments == segments)
      #expect(path.description == text)
      #expect(JSONPath(path.description) == path)
    }
    #expect(try JSONPath.parse("[0].a").suffix == "[0].a")
    #expect(try JSONPath.parse("b.a").suffix == ".b.a")
    #expect(try JSONPath.parse("`plain`").description == "plain")
  }

  @Test func refusesWhatIsNoPath() {
    for text in [
      "", ".", "a.", ".a", "a..b", "a b", "1a", "a[", "a[]", "a[-1]", "a[1", "a[1x]", "a[*", "a]",
      "`a", "a[99999999999999999999]", "a-b", "a[0]b", "é",
      String(repeating: "[0]", count: JSONPath.maximumSegments + 1),
    ] {
      #expect(throws: JSONError.self, "\(text)") { try JSONPath.parse(text) }
    }
  }

  @Test func comparesNamesByBytes() throws {
    #expect(try JSONPath.parse("`\u{E9}`") != JSONPath.parse("`e\u{301}`"))
    #expect(try JSONPath.parse("a.b[*]").isMultiple)
    #expect(try !JSONPath.parse("a.b[0]").isMultiple)
  }
}
