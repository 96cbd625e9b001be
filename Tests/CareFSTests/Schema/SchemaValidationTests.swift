import CareFS
import Testing

/// Schemas that contradict themselves are refused with the table and the reason.
struct SchemaValidationTests {
  private static func table(
    _ name: String = "t", _ columns: [ColumnSchema] = [], unique: [UniqueSchema] = [],
    indexes: [IndexSchema] = [], foreignKeys: [ForeignKeySchema] = [],
    checks: [CheckSchema] = [], primaryKey: [String] = ["id"]
  ) -> TableSchema {
    TableSchema(
      name, columns: [ColumnSchema("id", .int)] + columns, primaryKey: primaryKey,
      unique: unique, indexes: indexes, foreignKeys: foreignKeys, checks: checks)
  }

  private static let refused: [(String, [TableSchema])] = [
    ("two tables", [table(), table()]),
    ("two columns", [table("t", [ColumnSchema("id", .text)])]),
    ("empty", [table("")]),
    ("starts with -", [table("t", [ColumnSchema("-a", .text)])]),
    ("no columns", [TableSchema("t", columns: [], primaryKey: ["id"])]),
    ("primary key has no columns", [table(primaryKey: [])]),
    ("unknown column \"x\"", [table(primaryKey: ["x"])]),
    ("may be null", [table("t", [ColumnSchema("a", .int, null: true)], primaryKey: ["a"])]),
    ("cannot be in a primary key", [table("t", [ColumnSchema("a", .json)], primaryKey: ["a"])]),
    ("autoincrement", [table("t", [ColumnSchema("a", .int, autoincrement: true)])]),
    ("twice", [table(primaryKey: ["id", "id"])]),
    ("unknown column \"b\"", [table(unique: [["b"]])]),
    ("cannot be unique", [table("t", [ColumnSchema("a", .any)], unique: [["a"]])]),
    ("cannot be indexed", [table("t", [ColumnSchema("a", .json)], indexes: [["a"]])]),
    ("exactly one column", [table(indexes: [IndexSchema(["id"], path: "a")])]),
    ("two indexes", [table(indexes: [["id"], ["id"]])]),
    ("two checks", [table(checks: [CheckSchema("a", "id > 1"), CheckSchema("a", "id > 2")])]),
    ("default", [table("t", [ColumnSchema("a", .int, default: "x")])]),
    ("min", [table("t", [ColumnSchema("a", .int, min: 1.5)])]),
    ("min and max are not for", [table("t", [ColumnSchema("a", .text, min: "a")])]),
    ("oneOf", [table("t", [ColumnSchema("a", .bool, oneOf: [true, 1])])]),
    ("oneOf allows nothing", [table("t", [ColumnSchema("a", .text, oneOf: [])])]),
    ("minLength", [table("t", [ColumnSchema("a", .int, minLength: 1)])]),
    ("above", [table("t", [ColumnSchema("a", .text, minLength: 3, maxLength: 2)])]),
    ("pattern", [table("t", [ColumnSchema("a", .int, pattern: "%")])]),
    ("below 0", [table("t", [ColumnSchema("a", .text, maxLength: -1)])]),
    ("min is above max", [table("t", [ColumnSchema("a", .int, min: 3, max: 2)])]),
    ("min is above max", [table("t", [ColumnSchema("a", .decimal, min: "1.01", max: "1")])]),
    (
      "min is above max",
      [table("t", [ColumnSchema("a", .date, min: "2026-02-01", max: "2026-01-31")])]
    ),
    ("within its allowed range", [table("t", [ColumnSchema("a", .int, default: 3, max: 2)])]),
    (
      "within its allowed range",
      [table("t", [ColumnSchema("a", .double, oneOf: [0.5, 2.5], min: 1)])]
    ),
    (
      "one of its allowed values",
      [table("t", [ColumnSchema("a", .text, default: "x", oneOf: ["y", "z"])])]
    ),
    ("allowed length", [table("t", [ColumnSchema("a", .text, default: "éé", maxLength: 1)])]),
    ("pattern", [table("t", [ColumnSchema("a", .text, default: "x", pattern: "y%")])]),
    (
      "check \"even\"",
      [
        table(
          "t", [ColumnSchema("a", .int, default: 3)], checks: [CheckSchema("even", "a / 2 * 2 = a")]
        )
      ]
    ),
    ("collation", [table("t", [ColumnSchema("a", .int, collation: .nocase)])]),
    ("now", [table("t", [ColumnSchema("a", .date, default: .now)])]),
    ("updatedAt", [table("t", [ColumnSchema("a", .date, automatic: .updatedAt)])]),
    ("unknown table \"p\"", [table(foreignKeys: [.init("id", references: "p")])]),
    (
      "is text, but",
      [
        table("p"),
        table("t", [ColumnSchema("a", .text)], foreignKeys: [.init("a", references: "p")]),
      ]
    ),
    (
      "may not be null",
      [
        table("p"),
        table(
          "t", [ColumnSchema("a", .int)],
          foreignKeys: [.init("a", references: "p", onDelete: .setNull)]),
      ]
    ),
    (
      "no default",
      [
        table("p"),
        table(
          "t", [ColumnSchema("a", .int)],
          foreignKeys: [.init("a", references: "p", onDelete: .setDefault)]),
      ]
    ),
    (
      "neither its primary key nor unique",
      [
        table("p", [ColumnSchema("b", .int)]),
        table(
          "t", [ColumnSchema("a", .int)],
          foreignKeys: [.init(["a"], references: "p", referencedColumns: ["b"])]),
      ]
    ),
    (
      "form a circle",
      [
        table("a", [ColumnSchema("b", .int)], foreignKeys: [.init("b", references: "b")]),
        table("b", [ColumnSchema("c", .int)], foreignKeys: [.init("c", references: "c")]),
        table("c", [ColumnSchema("a", .int)], foreignKeys: [.init("a", references: "a")]),
      ]
    ),
  ]

  @Test(arguments: refused.indices) func refuses(index: Int) {
    let (word, tables) = Self.refused[index]
    let error = #expect(throws: DatabaseError.self) { try DatabaseSchema(tables).validate() }
    #expect(error?.code == .schemaMismatch)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
  }

  private func refuse(
    _ word: String, _ tables: [TableSchema], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) {
      try DatabaseSchema(tables).validate()
    }
    #expect(error?.message.contains(word) == true, sourceLocation: sourceLocation)
  }

  @Test func `numbers of things are limited`() {
    refuse("more than", (0...10_000).map { Self.table("t\($0)") })
    let columns = (0..<1_000).map { ColumnSchema("c\($0)", .int) }
    refuse("more than", [Self.table("t", columns)])
    refuse("more than", [Self.table("t", columns, primaryKey: columns[..<40].map(\.name))])
    let indexes = (0...256).map { IndexSchema(["id"], name: "i\($0)") }
    refuse("more than", [Self.table(indexes: indexes)])
    let keys = (0..<300).map { ForeignKeySchema(["id"], references: "t", name: "f\($0)") }
    refuse("more than", [Self.table(foreignKeys: keys)])
    let some = Array(columns[..<40])
    refuse("more than", [Self.table("t", some, primaryKey: some.map(\.name))])
    refuse(
      "longer than", [Self.table("t", [ColumnSchema(String(repeating: "n", count: 129), .int)])])
  }

  @Test func `columns have only what their type allows`() {
    func column(_ word: String, _ column: ColumnSchema, _ line: SourceLocation = #_sourceLocation) {
      refuse(word, [Self.table("t", [column])], sourceLocation: line)
    }
    column(
      "excludes a default", ColumnSchema("a", .timestamp, default: .now, automatic: .createdAt))
    column("below 0", ColumnSchema("a", .text, minLength: -1))
    column("oneOf is not for", ColumnSchema("a", .json, oneOf: ["x"]))
    column("today", ColumnSchema("a", .text, default: .today))
    column("default uuid", ColumnSchema("a", .int, default: .uuid))
    column("max is not of type", ColumnSchema("a", .int, max: "x"))
    let json = ColumnSchema("a", .json)
    refuse("path", [Self.table("t", [json], indexes: [IndexSchema(["a"], path: "x[")])])
    refuse("check", [Self.table(checks: [CheckSchema("a", "id >")])])
  }

  @Test func `references fit the key that they name`() {
    let twice = [ForeignKeySchema("id", references: "t"), ForeignKeySchema("id", references: "t")]
    refuse("two references", [Self.table(foreignKeys: twice)])
    let folded = Self.table(
      "p", [ColumnSchema("n", .text, collation: .nocase)], unique: [["n"]])
    let key = ForeignKeySchema(["n"], references: "p", referencedColumns: ["n"])
    refuse(
      "differ in collation",
      [folded, Self.table("t", [ColumnSchema("n", .text)], foreignKeys: [key])])
    let pair = [ColumnSchema("a", .int), ColumnSchema("b", .int)]
    refuse(
      "has 2 columns, but the key",
      [Self.table("p"), Self.table("t", pair, foreignKeys: [.init(["a", "b"], references: "p")])])
    let part = TableSchema(
      "t", columns: [ColumnSchema("a", .int, default: 1), ColumnSchema("b", .int)],
      primaryKey: ["a", "b"], foreignKeys: [.init("a", references: "p", onDelete: .setDefault)])
    refuse("is in the primary key", [Self.table("p"), part])
  }

  @Test func `constants on the bounds agree with them`() throws {
    let columns = [
      ColumnSchema("a", .int, default: 2, oneOf: [1, 2], min: 1, max: 2),
      ColumnSchema("b", .text, default: "aé", minLength: 2, maxLength: 2, pattern: "a_"),
      ColumnSchema("c", .text, default: "YES", oneOf: ["yes", "no"], collation: .nocase),
      ColumnSchema("d", .decimal, default: "1.00", min: "1", max: "1.0"),
      ColumnSchema("e", .timestamp, default: .now, min: "2026-01-01T00:00:00Z"),
    ]
    // A check over two columns may hold for other values of the second one.
    let table = Self.table("t", columns, checks: [CheckSchema("less", "a < 1 or id > a")])
    try DatabaseSchema([table]).validate()
  }

  @Test func acceptsSelfReferencesAndBreakableCircles() throws {
    let node = Self.table(
      "n", [ColumnSchema("next", .int)], foreignKeys: [.init("next", references: "n")])
    try DatabaseSchema([node]).validate()
    let a = Self.table(
      "a", [ColumnSchema("b", .int, null: true)], foreignKeys: [.init("b", references: "b")])
    let b = Self.table(
      "b", [ColumnSchema("a", .int)], foreignKeys: [.init("a", references: "a")])
    try DatabaseSchema([a, b]).validate()
    let c = Self.table(
      "a", [ColumnSchema("b", .int)],
      foreignKeys: [.init("b", references: "b", deferred: true)])
    try DatabaseSchema([c, b]).validate()
  }
}
