import Testing

@testable import CareFS

@Suite struct SargableTermTests {
  func terms(_ text: String) throws -> [SargableTerm?] {
    try ExpressionBench.schema.bind(Expression.parse(text), now: ExpressionBench.now)
      .conjuncts.map(\.term)
  }

  func ordinal(_ name: String) -> Int { ExpressionBench.schema.ordinal(of: name) ?? -1 }

  @Test func `recognises what an index answers`() throws {
    #expect(
      try terms("i = 5 and s like 'ab%' and tab.i is null").count == 3)
    #expect(
      try terms("5 < i") == [
        SargableTerm(
          target: .column(ordinal("i")),
          range: .between(lower: .init(value: .int(5), isInclusive: false), upper: nil),
          collation: .binary, isExact: true)
      ])
    #expect(try terms("n = 'X'")[0]?.collation == .nocase)
    #expect(try terms("i in (3, null, 4)")[0]?.range == .oneOf([.int(3), .int(4)]))
    #expect(
      try terms("i = 3 or i in (4, 5) or 6 = i")[0]?.range == .oneOf([3, 4, 5, 6].map { .int($0) }))
    #expect(try terms("s like 'a\\%b%c'")[0]?.range == .prefix("a%b"))
    #expect(try terms("s like 'a\\%b%c'")[0]?.isExact == false)
    #expect(try terms("s like 'ab%'")[0]?.isExact == true)
    #expect(try terms("s like 'ab'")[0]?.range == .equal(.text("ab")))
    #expect(try terms("b")[0]?.range == .equal(.bool(true)))
    #expect(try terms("day >= today() - 30")[0]?.range != nil)
    #expect(try terms("u is not null")[0]?.range == .isNotNull)
    #expect(try terms("j.x is null")[0]?.isExact == false)
    let path = try JSONPath.parse("tags[*]")
    #expect(
      try terms("'x' = j.tags[*]")[0]
        == SargableTerm(
          target: .path(ordinal("j"), path), range: .equal(.any(.text("x"))), collation: .binary,
          isExact: true))
  }

  @Test(arguments: [
    "i != 5", "i = i2", "i = 5 or s = 'x'", "not i = 5", "i + 1 = 5", "i = 5.5", "s like '%x'",
    "i not in (1)", "i not between 1 and 2", "lower(s) = 'x'", "i = null", "s like s2",
    "i > 5 or i < 3", "i in (1, i2)", "i in (1, 2.5)", "n like '_x'", "j.x is not null",
    "j.x[*] is null",
  ])
  func `leaves the rest`(text: String) throws {
    #expect(try terms(text) == [nil])
  }

  /// Whether a value lies in a range, by the keys that an index would have.
  func contains(_ term: SargableTerm, _ value: Value, _ type: ColumnType) throws -> Bool {
    let part = KeyPart(type, nullable: true, collation: term.collation)
    func key(_ value: Value) throws -> [UInt8] {
      let encoder = KeyEncoder()
      try encoder.append(value, as: part)
      return encoder.buffer.array
    }
    func order(_ a: [UInt8], _ b: [UInt8]) -> Int {
      a.withUnsafeBytes { x in b.withUnsafeBytes { y in RawBytes.compare(x, y) } }
    }
    let own = try key(value)
    switch term.range {
    case .isNull: return value.isNull
    case .isNotNull: return !value.isNull
    case .equal(let other): return own == (try key(other))
    case .oneOf(let others): return try others.contains { own == (try key($0)) }
    case .prefix(let text):
      let encoder = KeyEncoder()
      try encoder.append(prefix: text, as: part)
      return own.starts(with: encoder.buffer.array)
    case .between(let lower, let upper):
      if value.isNull { return false }
      if let lower {
        let sign = order(own, try key(lower.value))
        if sign < 0 || sign == 0 && !lower.isInclusive { return false }
      }
      if let upper {
        let sign = order(own, try key(upper.value))
        if sign > 0 || sign == 0 && !upper.isInclusive { return false }
      }
      return true
    }
  }

  func literal(_ type: ColumnType, _ random: inout ValueRandom) -> Expression {
    while true {
      if let literal = Expression.Literal(random.value(type)) { return .literal(literal) }
    }
  }

  func condition(_ name: String, _ type: ColumnType, _ random: inout ValueRandom) -> Expression {
    let column = Expression.column(name)
    switch random.below(7) {
    case 0, 1, 2:
      let comparison = Expression.Comparison.allCases[random.below(6)]
      return .comparison(comparison, column, literal(type, &random))
    case 3:
      return .between(column, literal(type, &random), literal(type, &random), negated: false)
    case 4:
      return .isIn(column, (0..<3).map { _ in literal(type, &random) }, negated: false)
    case 5 where type == .text:
      let escaped = random.text(maximum: 2).replacingBackslashes
      return .like(column, pattern: .literal(.text(escaped + "%")), negated: false)
    default: return .isNull(column, negated: random.chance(1, of: 2))
    }
  }

  static let columns: [(String, ColumnType)] = [
    ("i", .int), ("d", .double), ("b", .bool), ("s", .text), ("n", .text), ("y", .bytes),
    ("day", .date), ("tm", .time), ("ts", .timestamp), ("u", .uuid), ("m", .decimal), ("a", .any),
  ]

  @Test func `ranges hold what the condition keeps`() throws {
    var random = ValueRandom(seed: 14)
    let bench = try ExpressionBench()
    for _ in 0..<6000 {
      let (name, type) = SargableTermTests.columns[random.below(12)]
      let tree = condition(name, type, &random)
      let bound = try ExpressionBench.schema.bind(tree)
      guard let term = bound.conjuncts[0].term else { continue }
      let value: Value = random.chance(1, of: 6) ? .null : random.value(type)
      try bench.load([name: value])
      let kept = try bench.context.isTrue(bound, bench.view)
      let inside = try contains(term, value, type)
      #expect(term.isExact ? kept == inside : !kept || inside, "\(tree) \(value)")
    }
  }

  @Test func `what implies a condition fulfils it`() throws {
    var random = ValueRandom(seed: 15)
    let bench = try ExpressionBench()
    var found = 0
    for _ in 0..<8000 {
      let (name, type) = SargableTermTests.columns[random.below(12)]
      let filter = Expression.and([
        condition(name, type, &random),
        .comparison(.greater, .column("id"), .literal(.number(NumberText(0)))),
      ])
      let needed = random.chance(1, of: 8) ? filter : condition(name, type, &random)
      let bound = try ExpressionBench.schema.bind(filter)
      let other = try ExpressionBench.schema.bind(needed)
      guard bound.implies(other) else { continue }
      found += 1
      for _ in 0..<4 {
        try bench.load([name: random.chance(1, of: 8) ? .null : random.value(type)])
        if try bench.context.isTrue(bound, bench.view) {
          #expect(try bench.context.isTrue(other, bench.view), "\(filter) => \(needed)")
        }
      }
    }
    #expect(found > 500)
  }

  @Test(arguments: [
    ("status = 'a' and i > 1", "status = 'a'", true), ("'a' = status", "status = 'a'", true),
    ("i > 5", "i > 3", true), ("i > 5", "i >= 5", true), ("i >= 5", "i > 5", false),
    ("i = 4", "i between 1 and 5", true), ("i in (1, 2)", "i in (1, 2, 3)", true),
    ("i in (1, 4)", "i in (1, 2, 3)", false), ("i = 1", "i is not null", true),
    ("i is null", "i is not null", false), ("i > 1 or i < 0", "i > 1 or i < 0", true),
    ("t.i = 1", "i = 1", false), ("x.i = 1.0", "i = 1", true), ("d = 1", "d = 1.0", true),
    ("j.x = 1", "j.x = 1.0", true), ("i > 1", "status = 'a'", false),
    ("s like 'ab%'", "s like 'a%'", false), ("s like 'ab%'", "s is not null", true),
  ])
  func `partial indexes`(filter: String, condition: String, implied: Bool) throws {
    let schema = TableSchema(
      "x",
      columns: [
        ColumnSchema("i", .int, null: true), ColumnSchema("status", .text),
        ColumnSchema("d", .double), ColumnSchema("j", .json, null: true),
        ColumnSchema("s", .text, null: true), ColumnSchema("t", .json, null: true),
      ])
    let bound = try schema.bind(Expression.parse(filter))
    #expect(bound.implies(try schema.bind(Expression.parse(condition))) == implied)
  }
}

extension String {
  var replacingBackslashes: String {
    var result = ""
    for scalar in unicodeScalars {
      if "\\%_".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
