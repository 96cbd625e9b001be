import CareFS
import Testing

/// Rows with JSON documents of all sizes: kept byte for byte, indexed by paths, freed when gone.
struct DocumentRowTests {
  private func database() throws -> Database {
    try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "notes",
          columns: [
            ColumnSchema("id", .int), ColumnSchema("doc", .json, null: true),
            ColumnSchema("extra", .json, default: .constant(.json("{\"made\": true}"))),
            ColumnSchema("kind", .any, null: true),
          ],
          indexes: [IndexSchema(["doc"], path: "k"), IndexSchema(["doc"], path: "tags[*]")],
          checks: [CheckSchema("small_k", "doc.k < 1000")])
      ]))
  }

  private func document(_ number: Int, size: Int) throws -> JSON {
    let words = (0..<size).map { "word\(($0 &* 7919 &+ number) % 5003)" }.joined(separator: " ")
    return try JSON(
      validating: "{ \"k\": \(number),\"tags\":[\"t\(number % 3)\", \"all\"],\"text\":\"\(words)\"}"
    )
  }

  @Test func documentsOfAllSizesComeBack() throws {
    let db = try database()
    let sizes = [0, 1, 10, 100, 1000, 20_000]
    let documents = try (0..<60).map { try document($0, size: sizes[$0 % 6]) }
    try db.write { tx in
      for (id, document) in documents.enumerated() {
        try tx.insert(into: "notes", ["id": .int(Int64(id)), "doc": .json(document)])
      }
    }
    try db.read { tx in
      for (id, document) in documents.enumerated() {
        #expect(try tx.get("notes", key: [.int(Int64(id))])?["doc"] == .json(document))
      }
      #expect(
        try tx.get("notes", key: [.int(3)])?["extra"] == .json(JSON(validating: "{\"made\": true}"))
      )
      let filter = try Expression.parse("doc.k = 17")
      #expect(try tx.explain("notes", where: filter).contains("index"))
      #expect(try tx.rows("notes", where: filter).map { $0[0] } == [.int(17)])
      #expect(try tx.count("notes", where: try Expression.parse("doc.tags[*] = \"t1\"")) == 20)
    }
    #expect(try db.check().findings.map(\.message) == [])
  }

  @Test func changesAndRefusalsLeaveNoDocumentBehind() throws {
    let db = try database()
    let large = try document(1, size: 20_000)
    try db.write { tx in
      try tx.insert(into: "notes", ["id": .int(1), "doc": .json(large)])
      // Refused by the key, by the check, and as part of a batch.
      #expect(throws: DatabaseError.self) {
        try tx.insert(into: "notes", ["id": .int(1), "doc": .json(large)])
      }
      #expect(throws: DatabaseError.self) {
        try tx.update("notes", key: [.int(1)], ["doc": .json(document(5000, size: 9000))])
      }
      let rows: [[String: Value]] = try (2...5).map {
        ["id": .int(Int64($0 % 4)), "doc": .json(try document($0, size: 15_000))]
      }
      #expect(throws: DatabaseError.self) { try tx.insert(contentsOf: rows, into: "notes") }
    }
    #expect(try db.check().findings.map(\.message) == [])
    try db.write { tx in
      try tx.update("notes", key: [.int(1)], ["kind": .any(.bool(true))])
      #expect(try tx.get("notes", key: [.int(1)])?["doc"] == .json(large))
      try tx.update("notes", key: [.int(1)], ["doc": .json(large)])
      #expect(try tx.get("notes", key: [.int(1)])?["doc"] == .json(large))
      let other = try document(2, size: 12_000)
      try tx.update("notes", key: [.int(1)], ["doc": .json(other)])
      #expect(try tx.get("notes", key: [.int(1)])?["doc"] == .json(other))
      #expect(try tx.count("notes", where: try Expression.parse("doc.k = 1")) == 0)
      try tx.update("notes", key: [.int(1)], ["id": .int(9)])
      #expect(try tx.get("notes", key: [.int(9)])?["doc"] == .json(other))
    }
    #expect(try db.check().findings.map(\.message) == [])
    try db.write { tx in
      try tx.update("notes", key: [.int(9)], ["doc": .null])
      try tx.insert(into: "notes", ["id": .int(10), "doc": .json(large)])
      try tx.delete(from: "notes", key: [.int(10)])
    }
    #expect(try db.check().findings.map(\.message) == [])
    #expect(try db.stats().tables[0].documents?.entries ?? 0 < 10)
  }

  @Test func savepointsTakeDocumentsBack() throws {
    struct Stop: Error {}
    let db = try database()
    for round in 0..<3 {
      try db.write { tx in
        for id in 1...40 {
          let document = try document(id, size: id % 4 == 0 ? 9000 : 20)
          let key = Int64(round * 100 + id)
          do {
            try tx.savepoint {
              try tx.insert(into: "notes", ["id": .int(key + 50), "doc": .json(document)])
              if id % 3 == 0 { throw Stop() }
            }
          } catch is Stop {}
          try tx.insert(into: "notes", ["id": .int(key), "doc": .json(document)])
        }
      }
    }
    #expect(try db.check().findings.map(\.message) == [])
    for round in 0..<3 {
      for id in 1...40 {
        let row = try db.read { try $0.get("notes", key: [.int(Int64(round * 100 + id))]) }
        #expect(row?["doc"] == .json(try document(id, size: id % 4 == 0 ? 9000 : 20)))
      }
    }
  }
}
