import CareFS
import CareFSTestSupport
import Synchronization

extension FuzzTarget {
  /// A filter: what can be read prints and reads the same, and finds the same rows with indexes and
  /// without.
  static let expression = FuzzTarget(
    "expression", share: 12, maximumLength: 512, shape: .text(words: expressionWords),
    seeds: { expressionSeeds },
    { input in
      let text = String(decoding: input, as: UTF8.self)
      let expression = try Expression.parse(text)
      let printed = expression.description
      do {
        try FuzzFinding.unless(
          try Expression.parse(printed) == expression,
          "an expression reads otherwise when it is printed: \(printed)")
      } catch let error as DatabaseError {
        throw FuzzFinding("an expression that was printed cannot be read: \(printed): \(error)")
      }
      try FuzzFinding.always { try FilterTables.shared.get() }.compare(expression)
    })

  private static let expressionWords = [
    " and ", " or ", "not ", " in (", " between ", " like ", " is null", " is not null", "case ",
    " when ", " then ", " else ", " end", "number", "name", "amount", "ratio", "flag", "day",
    "clock", "moment", "code", "any", "document", "bytes", "document.tags[*]", "document.meta.kind",
    "kinds.number", "`number`", "\"x\"", "'x'", "1", "-9223372036854775808", "9223372036854775808",
    "0.0", "1e308", "1e-400", "null", "true", "false", "now", "today", "(", ")", "+", "-", "*",
    "/", "%", "=", "!=", "<", "<=", ">", ">=", "||", "length(", "lower(", "upper(", "abs(",
    "coalesce(", "year(", ", ", "\"2026-01-31\"", "\"13:05:00\"", "\"2026-01-31T13:05:00Z\"",
    "((((((((", "not not not ", "- - - ",
  ]

  private static let expressionSeeds: [[UInt8]] = [
    "number > 3", "name = \"x\" and not flag", "amount between 1 and 20.5 or ratio < -1e3",
    "any = 5", "any = \"a5\"", "document.tags[*] = 3", "document.meta.kind like \"k%\"",
    "moment > \"2020-01-01T00:00:00Z\"", "day in (\"2001-02-03\", \"2010-10-10\")",
    "case when number > 3 then true else flag end", "number + 3 * 2 - 1 = number / 2 % 5",
    "code is not null", "coalesce(amount, 0) >= 0", "length(name) > 4", "clock < \"12:00:00\"",
    "bytes is null or (flag = true)", "now > moment", "document.text is null",
    "not (number = 1 or number = 2) and name like \"%a_\"", "lower(name) = \"x0-t\"",
    "kinds.number = 3", "-number < 0", "any is null and amount = 0.00",
  ].map { Array($0.utf8) }
}

/// The same rows in two tables, one with indexes and one without.
private final class FilterTables: Sendable {
  static let shared = Result { try FilterTables() }
  private let indexed: Database
  private let bare: Database

  private init() throws {
    guard let table = SeedSchemas.kinds.table("kinds") else {
      throw FuzzFinding("the seed schemas have no table of all kinds")
    }
    var plain = table
    plain.indexes = []
    plain.unique = []
    plain.primaryKey = ["number"]
    var rich = table
    rich.unique = []
    rich.indexes += ["number", "ratio", "flag", "day", "clock", "amount"].map {
      IndexSchema([IndexColumn($0)])
    }
    rich.indexes += [
      IndexSchema(["document"], path: "tags[*]"), IndexSchema(["document"], path: "meta.kind"),
      IndexSchema(["name"], where: "number > 10"),
    ]
    let options = FuzzDatabase.options(FuzzFiles())
    indexed = try Database.inMemory(schema: DatabaseSchema([rich]), options: options)
    bare = try Database.inMemory(schema: DatabaseSchema([plain]), options: options)
    var values = SeedValues(77)
    for number in 0..<48 {
      var row = values.row(table, number: number, long: 20)
      row["number"] = .int(Int64(number))
      for database in [indexed, bare] { try database.write { try $0.insert(into: "kinds", row) } }
    }
  }

  func compare(_ filter: Expression) throws {
    let first = try found(indexed, filter)
    let second = try found(bare, filter)
    switch (first, second) {
    case (.success(let a), .success(let b)):
      try FuzzFinding.unless(a == b, "an index finds \(a), a scan \(b)")
    // A scan sees rows that an index passes over, and may fail at one of them.
    default: break
    }
  }

  private func found(
    _ database: Database, _ filter: Expression
  ) throws -> Result<Set<Int64>, any Error> {
    var numbers: Set<Int64> = []
    do {
      try database.read { tx in
        try tx.scan("kinds", where: filter) { row in
          if case .int(let number) = try row.value("number") { numbers.insert(number) }
          return true
        }
      }
      return .success(numbers)
    } catch {
      guard KnownErrors.contains(error) else { throw error }
      return .failure(error)
    }
  }
}
