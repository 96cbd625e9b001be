import CareFS
import PageStore
import Testing

/// Opening a file with a schema that differs from its own.
struct AdaptTests {
  private func options() -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = MemoryFileSystem()
    return options
  }

  private func table(
    _ columns: [ColumnSchema] = [], indexes: [IndexSchema] = [], unique: [UniqueSchema] = []
  ) -> TableSchema {
    TableSchema(
      "t", columns: [ColumnSchema("id", .int), ColumnSchema("a", .text)] + columns,
      unique: unique, indexes: indexes)
  }

  @Test func addsTablesColumnsAndIndexes() throws {
    let options = options()
    let db = try Database(path: "f", schema: DatabaseSchema([table()]), options: options)
    try db.write { tx in
      for id in 1...300 {
        try tx.insert(into: "t", ["id": .int(Int64(id)), "a": .text("v\(id % 10)")])
      }
    }
    try db.close()
    let wanted = DatabaseSchema([
      table(
        [ColumnSchema("b", .int, null: true), ColumnSchema("c", .text, default: "none")],
        indexes: [["a"], ["c"]]),
      TableSchema("u", columns: [ColumnSchema("id", .int)]),
    ])
    let again = try Database(path: "f", schema: wanted, options: options)
    #expect(again.schema == wanted)
    try again.read { tx in
      let row = try #require(try tx.get("t", key: [.int(7)]))
      #expect(row["b"] == .null)
      #expect(row["c"] == .text("none"))
      let filter = try Expression.parse("a = \"v3\"")
      #expect(try tx.explain("t", where: filter).contains("index"))
      #expect(try tx.count("t", where: filter) == 30)
      #expect(try tx.count("t", where: try Expression.parse("c = \"none\"")) == 300)
      #expect(try tx.count("u") == 0)
    }
    try again.write { tx in
      try tx.update("t", key: [.int(7)], ["c": .text("some")])
      #expect(try tx.count("t", where: try Expression.parse("c = \"none\"")) == 299)
    }
    #expect(try again.check().findings.map(\.message) == [])
    try again.close()
    let third = try Database(path: "f", schema: wanted, options: options)
    #expect(try third.read { try $0.get("t", key: [.int(7)]) }?["c"] == .text("some"))
  }

  /// An index whose entries do not fit into the memory of the cache is built in parts.
  @Test func buildsAnIndexLargerThanTheCache() throws {
    var options = options()
    options.cacheBytes = 1 << 20
    let db = try Database(path: "f", schema: DatabaseSchema([table()]), options: options)
    let count = 9_000
    let rest = String(repeating: "x", count: 200)
    try db.write { tx in
      // Neighbours by the text are far from each other by the key.
      let rows = (0..<count).map { id -> [String: Value] in
        ["id": .int(Int64(id)), "a": .text("\(id * 7 % 13) \(rest)")]
      }
      try tx.insert(contentsOf: rows, into: "t")
    }
    try db.close()
    let wanted = DatabaseSchema([table(indexes: [["a"]])])
    let again = try Database(path: "f", schema: wanted, options: options)
    #expect(try again.check().findings.map(\.message) == [])
    try again.read { tx in
      let filter = try Expression.parse("a = \"3 \(rest)\"")
      #expect(try tx.explain("t", where: filter).contains("index"))
      #expect(try tx.count("t", where: filter) == (0..<count).count { $0 * 7 % 13 == 3 })
    }
    try again.close()
  }

  @Test func refusesOtherDifferencesPrecisely() throws {
    let options = options()
    try Database(path: "f", schema: DatabaseSchema([table()]), options: options).close()
    let wanted: [(TableSchema, String)] = [
      (table([ColumnSchema("b", .int)]), "\"b\""),
      (table(unique: [["a"]]), "unique"),
      (TableSchema("t", columns: [ColumnSchema("id", .int)]), "lacks column \"a\""),
      (
        TableSchema("t", columns: [ColumnSchema("id", .int), ColumnSchema("a", .int)]),
        "text in the file"
      ),
      (
        TableSchema("t", columns: [ColumnSchema("id", .int), ColumnSchema("x", .text)]),
        "where the program has"
      ),
    ]
    for (table, word) in wanted {
      let error = #expect(throws: DatabaseError.self) {
        try Database(path: "f", schema: DatabaseSchema([table]), options: options)
      }
      #expect(error?.code == .schemaMismatch)
      #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
  }
}
