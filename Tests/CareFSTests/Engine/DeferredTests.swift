import CareFS
import Testing

/// References that are looked at when the transaction ends, whatever the statement was.
@Suite struct DeferredTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "wards",
      columns: [ColumnSchema("id", .int), ColumnSchema("code", .text, null: true)],
      unique: [["code"]]),
    TableSchema(
      "beds",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("ward", .int, null: true),
        ColumnSchema("code", .text, null: true),
      ],
      foreignKeys: [
        .init("ward", references: "wards", deferred: true),
        .init(["code"], references: "wards", referencedColumns: ["code"], deferred: true),
      ]),
  ])

  private func database() throws -> Database {
    let database = try Database.inMemory(schema: Self.schema)
    try database.write { tx in
      for id in 1...3 as ClosedRange<Int64> {
        try tx.insert(into: "wards", ["id": .int(id), "code": .text("w\(id)")])
        try tx.insert(
          into: "beds", ["id": .int(id), "ward": .int(id), "code": .text("w\(id)")])
      }
      try tx.insert(into: "wards", ["id": .int(9)])
    }
    return database
  }

  private func expectRefusal(
    _ database: Database, _ body: (WriteTransaction) throws -> Void,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try database.read { try $0.count("wards") * 100 + $0.count("beds") }
    let error = #expect(throws: DatabaseError.self, sourceLocation: location) {
      try database.write { tx in
        try body(tx)
        // The statement itself is no mistake yet.
        _ = try tx.count("beds")
      }
    }
    #expect(error?.code == .foreignKeyViolation, sourceLocation: location)
    #expect(try database.read { try $0.count("wards") * 100 + $0.count("beds") } == before)
    #expect(try database.check().isSound)
  }

  @Test func aParentMayGoAndComeBack() throws {
    let database = try database()
    try database.write { tx in
      try tx.delete(from: "wards", key: [.int(2)])
      try tx.insert(into: "wards", ["id": .int(2), "code": .text("w2")])
    }
    #expect(try database.check().isSound)
    try expectRefusal(database) { try $0.delete(from: "wards", key: [.int(2)]) }
    try expectRefusal(database) { try $0.delete(from: "wards", where: Expression.parse("id > 1")) }
    // A row that no one refers to, of which one column is null.
    try database.write { _ = try $0.delete(from: "wards", key: [.int(9)]) }
  }

  @Test func aParentMayChangeAndChangeBack() throws {
    let database = try database()
    try database.write { tx in
      try tx.update("wards", key: [.int(1)], ["code": .text("other")])
      try tx.update("wards", key: [.int(1)], ["code": .text("w1")])
    }
    try database.write { tx in
      try tx.update("wards", key: [.int(1)], ["code": .text("new")])
      try tx.update("beds", key: [.int(1)], ["code": .text("new")])
    }
    #expect(try database.check().isSound)
    try expectRefusal(database) {
      try $0.update("wards", key: [.int(2)], ["code": .text("other")])
    }
    try expectRefusal(database) { try $0.update("wards", key: [.int(2)], ["code": .null]) }
  }

  @Test func childrenMayComeBeforeTheirParents() throws {
    let database = try database()
    let many = (100..<160 as Range<Int64>).map { id -> [String: Value] in
      ["id": .int(id), "ward": .int(id)]
    }
    try database.write { tx in
      try tx.insert(contentsOf: many, into: "beds")
      for id in 100..<160 as Range<Int64> { try tx.insert(into: "wards", ["id": .int(id)]) }
    }
    #expect(try database.read { try $0.count("beds") } == 63)
    #expect(try database.check().isSound)
    try expectRefusal(database) { tx in
      try tx.insert(contentsOf: [["id": .int(500), "ward": .int(500)]], into: "beds")
    }
  }
}
