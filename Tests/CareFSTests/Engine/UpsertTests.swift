import CareFS
import Testing

/// Which row an upsert changes, and what it refuses.
@Suite struct UpsertTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "t",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("code", .text, null: true),
        ColumnSchema("part", .int, default: 1), ColumnSchema("note", .text, null: true),
      ], unique: [["code", "part"]])
  ])

  private func database() throws -> Database {
    let database = try Database.inMemory(schema: Self.schema)
    try database.write { try $0.insert(into: "t", ["code": .text("a"), "note": .text("first")]) }
    return database
  }

  @Test func theRowWithTheSameKeyIsChanged() throws {
    let database = try database()
    try database.write { tx throws in
      #expect(try !tx.upsert(into: "t", ["id": .int(1), "note": .text("by key")]))
      #expect(try tx.get("t", key: [.int(1)])?["note"] == .text("by key"))
      #expect(try !tx.upsert(into: "t", ["id": .int(1), "part": .int(1)], on: ["id"]))
      let both: [String: Value] = ["code": .text("a"), "part": .int(1), "note": .text("by code")]
      #expect(try !tx.upsert(into: "t", both, on: ["part", "code"]))
      #expect(
        try tx.get("t", unique: ["code": .text("a"), "part": .int(1)])?["note"] == .text("by code"))
      // Nulls are like nothing, and a part that is not given is not there.
      for values in [["code": .null, "part": .int(1)], ["code": .text("b")]] as [[String: Value]] {
        #expect(try tx.upsert(into: "t", values, on: ["code", "part"]))
      }
      #expect(try tx.upsert(into: "t", ["note": .text("new")]))
      #expect(try tx.count("t") == 4)
    }
    #expect(try database.check().isSound)
  }

  @Test func whatIsNoKeyIsRefused() throws {
    let database = try database()
    try database.write { tx throws in
      for columns in [["code"], ["note"], []] as [[String]] {
        let error = #expect(throws: DatabaseError.self) {
          try tx.upsert(into: "t", ["code": .text("a")], on: columns)
        }
        #expect(error?.code == .notFound, "\(columns)")
      }
      let error = #expect(throws: DatabaseError.self) {
        try tx.upsert(into: "t", ["code": .int(5), "part": .int(1)], on: ["code", "part"])
      }
      #expect(error?.code == .typeMismatch)
      #expect(try tx.get("t", unique: ["code": .null, "part": .int(1)]) == nil)
      #expect(try tx.get("t", unique: ["id": .int(1)])?["code"] == .text("a"))
      #expect(throws: DatabaseError.self) {
        try tx.get("t", unique: ["code": .int(1), "part": .int(1)])
      }
      #expect(try tx.count("t") == 1)
    }
  }

  @Test func rowsMayBeGivenByColumns() throws {
    let database = try database()
    try database.write { tx throws in
      let table = try tx.table("t")
      let columns = try table.columns(["code", "part"])
      try tx.insert(into: table, columns: columns, [.text("x"), .int(2)])
      for values in [[.text("y")], [.text("y"), .int(1), .null]] as [[Value]] {
        let error = #expect(throws: DatabaseError.self) {
          try tx.insert(into: table, columns: columns, values)
        }
        #expect(error?.code == .typeMismatch)
      }
      #expect(try tx.count("t") == 2)
    }
  }
}
