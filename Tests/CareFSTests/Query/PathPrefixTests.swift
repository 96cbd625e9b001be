import CareFS
import Testing

/// Beginnings of texts that a path finds, by an index and without.
@Suite struct PathPrefixTests {
  private static func table(_ indexes: [IndexSchema]) -> DatabaseSchema {
    DatabaseSchema([
      TableSchema(
        "notes", columns: [ColumnSchema("id", .int), ColumnSchema("body", .json)],
        indexes: indexes)
    ])
  }

  private static let indexes: [[IndexSchema]] = [
    [], [IndexSchema(["body"], path: "kind")], [IndexSchema(["-body"], path: "kind")],
    [IndexSchema(["body"], path: "tags[*]")],
  ]

  @Test(
    arguments: indexes,
    [
      ("body.kind like \"k%\"", [1, 2]), ("body.kind like \"kx%\"", [2]),
      ("body.tags[*] like \"t%\"", [1]),
    ])
  func anIndexFindsThem(_ indexes: [IndexSchema], _ filter: (text: String, ids: [Int64])) throws {
    let database = try Database.inMemory(schema: Self.table(indexes))
    let bodies = [
      #"{"kind":"k","tags":["t1",3]}"#, #"{"kind":"kx","tags":[]}"#, #"{"kind":"l"}"#,
      #"{"kind":5,"tags":"t"}"#, "{}",
    ]
    try database.write { tx in
      for (number, body) in bodies.enumerated() {
        try tx.insert(
          into: "notes",
          ["id": .int(Int64(number + 1)), "body": .json(try JSON(validating: body))])
      }
    }
    var found: [Int64] = []
    try database.read { tx in
      try tx.scan("notes", where: try Expression.parse(filter.text)) { row in
        if case .int(let id) = try row.value("id") { found.append(id) }
        return true
      }
    }
    #expect(found.sorted() == filter.ids)
  }
}
