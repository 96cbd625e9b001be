import CareFS
import Testing

/// Queries that keep only what may still be wanted, and rows with many entries in one index.
@Suite struct LargeResultTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "t",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("size", .int, null: true),
        ColumnSchema("doc", .json),
      ], indexes: [IndexSchema(["doc"], path: "tags[*]")])
  ])

  private func order(_ text: String) -> [OrderTerm] {
    text.split(separator: ",").map { .init(text: String($0)) }
  }

  private func database(_ count: Int) throws -> Database {
    let database = try Database.inMemory(schema: Self.schema)
    try database.write { tx in
      let rows = try (0..<count).map { id -> [String: Value] in
        let tags = (0..<(id % 100 == 0 ? 30 : 1)).map { "\(id / 100 + $0)" }
        return [
          "id": .int(Int64(id)), "size": id % 11 == 0 ? .null : .int(Int64(id * 7919 % 1009)),
          "doc": .json(
            try JSON(validating: "{\"n\": \(id % 13), \"tags\": [\(tags.joined(separator: ", "))]}")
          ),
        ]
      }
      try tx.insert(contentsOf: rows, into: "t")
    }
    return database
  }

  @Test func aLimitedSortGivesWhatAWholeOneBeginsWith() throws {
    let database = try database(2_600)
    try database.read { tx throws in
      for terms in [
        "size,id", "-size,id", "doc.n,-id", "-doc.n,size,id", "t.size,t.id", "t.doc.n,id",
      ] {
        let whole = try tx.rows("t", order: order(terms)).map { $0["id"] }
        #expect(whole.count == 2_600 && Set(whole.compactMap { $0 }).count == 2_600)
        for (limit, offset) in [(1, 0), (5, 3), (40, 100), (700, 0)] {
          let some = try tx.rows("t", order: order(terms), limit: limit, offset: offset)
          #expect(some.map { $0["id"] } == Array(whole[offset..<offset + limit]), "\(terms)")
        }
      }
      #expect(try tx.rows("t", order: order("size"), limit: .max, offset: 2_590).count == 10)
      for terms in ["doc", "nothing", "t.nothing", "size.n"] {
        let error = #expect(throws: DatabaseError.self) { try tx.rows("t", order: order(terms)) }
        #expect(error?.code == .invalidExpression || error?.code == .notFound, "\(terms)")
      }
    }
  }

  @Test func aRowThatMatchesOftenIsFoundOnce() throws {
    let database = try database(1_000)
    try database.read { tx throws in
      let filter = try Expression.parse("doc.tags[*] in (3, 4, 5, 6)")
      let found = try tx.rows("t", where: filter).compactMap { $0["id"] }
      #expect(Set(found).count == found.count)
      // 100 rows each have a tag alone; the rows 0, 100, ... have 30 of them.
      let wanted = (0..<1_000).filter { (id: Int) -> Bool in
        let first = id / 100
        let last = id % 100 == 0 ? first + 29 : first
        return first <= 6 && last >= 3
      }
      #expect(Set(found) == Set(wanted.map { Value.int(Int64($0)) }))
      #expect(try tx.count("t", where: filter) == wanted.count)
      #expect(try tx.explain("t", where: filter).contains("t_doc.tags[*]"))
    }
    try database.write { tx in
      for id in [0, 100] as [Int64] { try tx.delete(from: "t", key: [.int(id)]) }
    }
    #expect(try database.check().isSound)
  }
}
