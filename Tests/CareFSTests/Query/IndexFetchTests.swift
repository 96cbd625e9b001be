import CareFS
import Testing

/// Rows that are found through an index, a few at a time.
@Suite struct IndexFetchTests {
  private static let groups = 7

  /// Rows of all sizes, some with texts in pages of their own.
  private func database(_ count: Int) throws -> Database {
    let database = try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "items",
          columns: [
            ColumnSchema("id", .int), ColumnSchema("part", .int), ColumnSchema("text", .text),
          ], indexes: [["part"]])
      ]))
    try database.write { tx throws in
      try tx.insert(
        contentsOf: (0..<count).map { id in
          let text = Self.text(id)
          return [
            "id": .int(Int64(id)), "part": .int(Int64(id % Self.groups)), "text": .text(text),
          ]
        }, into: "items")
    }
    return database
  }

  private static func text(_ id: Int) -> String {
    String(repeating: "t\(id) ", count: id % 40 == 3 ? 8_000 : id % 30)
  }

  private func part(_ number: Int) throws -> Expression { try Expression.parse("part = \(number)") }

  @Test func rowsComeInOrderAndWhole() throws {
    let database = try database(2_000)
    try database.read { tx throws in
      for number in 0..<Self.groups {
        let filter = try part(number)
        #expect(try tx.explain("items", where: filter).contains("index"))
        let ids = (0..<2_000).filter { $0 % Self.groups == number }
        let rows = try tx.rows("items", where: filter)
        #expect(rows.map { $0["id"] } == ids.map { .int(Int64($0)) })
        #expect(rows.map { $0["text"] } == ids.map { .text(Self.text($0)) })
      }
      #expect(try tx.rows("items", where: try part(99)).isEmpty)
    }
  }

  @Test(arguments: [1, 2, 3, 30, 31, 32, 33, 63, 64, 100, 285, 286, 1_000])
  func onlyAsManyAsAreWanted(limit: Int) throws {
    let database = try database(2_000)
    let ids = (0..<2_000).filter { $0 % Self.groups == 4 }.map { Value.int(Int64($0)) }
    try database.read { tx throws in
      let rows = try tx.rows("items", where: try part(4), limit: limit)
      #expect(rows.map { $0["id"] } == Array(ids.prefix(limit)))
      var seen: [Value] = []
      try tx.scan("items", where: try part(4)) { row throws in
        seen.append(try row.value("id"))
        return seen.count < limit
      }
      #expect(seen == Array(ids.prefix(limit)))
    }
  }

  /// Rows that change while they are visited are seen as they are then.
  @Test func aWriterSeesWhatItHasDone() throws {
    let database = try database(700)
    try database.write { tx throws in
      var seen = 0
      try tx.scan("items", where: try part(5)) { row throws in
        guard case .int(let id) = try row.value("id") else { return false }
        #expect(try row.value("text") == .text(seen == 0 ? Self.text(Int(id)) : "new"))
        seen += 1
        let next = Value.int(id + Int64(Self.groups))
        if id + Int64(Self.groups) < 700 {
          try tx.update("items", key: [next], ["text": .text("new")])
        }
        return true
      }
      #expect(seen == 100)
    }
    #expect(try database.check().isSound)
  }
}
