import CareFSTestSupport
import Testing

@testable import CareFS

/// Batches into tables of which some trees are still empty: those are filled from the bottom up.
@Suite struct LoadTests {
  private static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("mail", .text, null: true),
        ColumnSchema("city", .text), ColumnSchema("friend", .int, null: true),
      ],
      unique: [["mail"]], indexes: [.init(["city"])],
      foreignKeys: [.init("friend", references: "patients", onDelete: .setNull)])
  ])

  private func database() throws -> Database { try Database.inMemory(schema: Self.schema) }

  /// Rows in no order; some cities are so long that their entries take overflow pages.
  private func rows(_ count: Int, seed: UInt64) -> [[String: Value]] {
    var random = SeededRandom(seed)
    var ids = Array(1...Int64(count))
    ids.shuffle(using: &random)
    return ids.map { id in
      let city =
        random.below(50) == 0 ? String(repeating: "x", count: 9_000) : "c\(random.below(9))"
      return [
        "id": .int(id), "mail": id % 7 == 0 ? .null : .text("m\(id)"), "city": .text(city),
        "friend": id % 3 == 0 ? .int(id % Int64(count) + 1) : .null,
      ]
    }
  }

  private func contents(_ db: Database) throws -> [[Value]] {
    try db.read { tx in
      try tx.rows("patients").map { row in
        ["id", "mail", "city", "friend"].map { row[$0] ?? .null }
      }
    }
  }

  /// What a batch makes of an empty table is what single inserts make of it, and later changes find
  /// all of it.
  @Test(arguments: [255, 256, 3_000])
  func aBatchEqualsSingleInserts(count: Int) throws {
    let rows = rows(count, seed: UInt64(count))
    let loaded = try database()
    try loaded.write { tx in
      let inserted = try tx.insert(contentsOf: rows, into: "patients")
      #expect(inserted == count)
    }
    let single = try database()
    try single.write { tx in
      for row in rows { try tx.insert(into: "patients", row.filter { $0.key != "friend" }) }
      for row in rows {
        guard case .int(let id) = row["id"], let friend = row["friend"] else { continue }
        try tx.update("patients", key: [.int(id)], ["friend": friend])
      }
    }
    let (one, other) = (try contents(loaded), try contents(single))
    #expect(one == other)
    #expect(try loaded.check().findings.map(\.message) == [])
    for db in [loaded, single] {
      try db.write { tx in
        for id in stride(from: 1, through: Int64(count), by: 5) {
          try tx.delete(from: "patients", key: [.int(id)])
        }
        try tx.insert(
          contentsOf: (1...300).map {
            ["id": .int(Int64(count + $0)), "mail": .text("n\($0)"), "city": .text("c4")]
          }, into: "patients")
      }
    }
    let (rest, expected) = (try contents(loaded), try contents(single))
    #expect(rest == expected)
    #expect(try loaded.check().findings.map(\.message) == [])
  }

  /// A refusal in a batch that fills empty trees leaves them empty, and the next batch fills them.
  @Test func aRefusedBatchLeavesEmptyTables() throws {
    let db = try database()
    let good = rows(1_000, seed: 5)
    var cases: [(DatabaseError.Code, (inout [[String: Value]]) -> Void)] = []
    cases.append((.uniqueViolation, { $0[900]["id"] = $0[100]["id"] }))
    cases.append(
      (
        .uniqueViolation,
        {
          $0[900]["mail"] = .text("twice")
          $0[80]["mail"] = .text("twice")
        }
      ))
    cases.append((.foreignKeyViolation, { $0[900]["friend"] = .int(7_777) }))
    try db.write { tx in
      for (code, spoil) in cases {
        var bad = good
        spoil(&bad)
        let error = #expect(throws: DatabaseError.self) {
          try tx.insert(contentsOf: bad, into: "patients")
        }
        #expect(error?.code == code)
        #expect(error?.element == 900)
        let (left, first) = (try tx.count("patients"), try tx.get("patients", key: [.int(1)]))
        #expect(left == 0)
        #expect(first == nil)
      }
    }
    let left = try contents(db)
    #expect(left == [])
    #expect(try db.check().findings.map(\.message) == [])
    try db.write { tx in try tx.insert(contentsOf: good, into: "patients") }
    let kept = try contents(db)
    #expect(kept.count == 1_000)
    #expect(try db.check().findings.map(\.message) == [])
  }
}
