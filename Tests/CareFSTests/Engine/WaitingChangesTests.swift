import CareFSTestSupport
import Testing

@testable import CareFS

/// Many changes in one transaction, whose index entries wait for each other: whoever looks finds them,
/// and what is undone leaves nothing.
@Suite struct WaitingChangesTests {
  private static let schema = DatabaseSchema([
    TableSchema("wards", columns: [ColumnSchema("id", .int), ColumnSchema("floor", .int)]),
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("mail", .text), ColumnSchema("status", .int),
        ColumnSchema("city", .text, null: true), ColumnSchema("ward", .int, null: true),
      ],
      unique: [["mail"]],
      indexes: [.init(["status"]), .init(["city"]), .init(["city", "status"])],
      foreignKeys: [.init("ward", references: "wards", onDelete: .cascade)]),
  ])

  private func database(_ count: Int) throws -> Database {
    let db = try Database.inMemory(schema: Self.schema)
    try db.write { tx in
      try tx.insert(
        contentsOf: (1...10).map { ["id": .int($0), "floor": .int($0 % 3)] }, into: "wards")
      try tx.insert(
        contentsOf: (1...Int64(count)).map { id in
          [
            "id": .int(id), "mail": .text("m\(id)"), "status": .int(id % 5),
            "city": .text("c\(id % 7)"), "ward": .int(id % 10 + 1),
          ]
        }, into: "patients")
    }
    return db
  }

  private func count(_ tx: Transaction, _ condition: String) throws -> Int {
    try tx.count("patients", where: try Expression.parse(condition))
  }

  private func update(
    _ tx: WriteTransaction, _ ids: ClosedRange<Int64>, _ values: [String: Value]
  ) throws {
    for id in ids { try tx.update("patients", key: [.int(id)], values) }
  }

  @Test func aQueryFindsWhatWaits() throws {
    let db = try database(400)
    try db.write { tx in
      try update(tx, 1...200, ["status": .int(9), "city": .text("here")])
      let (moved, inCity) = (try count(tx, "status = 9"), try count(tx, "city = 'here'"))
      #expect(moved == 200)
      #expect(inCity == 200)
      for id in 1...100 as ClosedRange<Int64> {
        try tx.delete(from: "patients", key: [.int(id)])
      }
      #expect(try count(tx, "status = 9") == 100)
    }
    #expect(try db.read { try count($0, "status = 9") } == 100)
    #expect(try db.check().findings.map(\.message) == [])
  }

  /// Changes of rows by a query that goes on: as without waiting, it meets rows that move ahead of it.
  @Test func anOpenQueryMeetsWhatItChanges() throws {
    let db = try database(400)
    try db.write { tx in
      try update(tx, 1...60, ["status": .int(2)])
      var visits = 0
      try tx.scan("patients", where: try Expression.parse("status >= 3")) { row in
        visits += 1
        guard case .int(3) = try row.value("status") else { return true }
        let id = try row.value("id")
        _ = try tx.update("patients", key: [id], ["status": .int(8)])
        return true
      }
      #expect(visits == 136 + 68)
    }
    #expect(try db.read { try count($0, "status = 8") } == 68)
    #expect(try db.check().findings.map(\.message) == [])
  }

  @Test func whatWaitedGoesWithItsSavepoint() throws {
    let db = try database(300)
    struct Stop: Error {}
    try db.write { tx in
      try update(tx, 1...50, ["status": .int(7)])
      #expect(throws: Stop.self) {
        try tx.savepoint {
          try update(tx, 40...120, ["status": .int(8)])
          throw Stop()
        }
      }
      try update(tx, 51...90, ["status": .int(7)])
    }
    #expect(try db.read { try count($0, "status = 7") } == 90)
    #expect(try db.read { try count($0, "status = 8") } == 0)
    #expect(try db.check().findings.map(\.message) == [])
  }

  /// A refused row leaves no entry among those that wait.
  @Test func aRefusalLeavesNothingWaiting() throws {
    let db = try database(200)
    try db.write { tx in
      try update(tx, 1...80, ["status": .int(6)])
      let error = #expect(throws: DatabaseError.self) {
        try tx.update(
          "patients", key: [.int(81)],
          ["mail": .text("m5"), "status": .int(6), "city": .text("nowhere")])
      }
      #expect(error?.code == .uniqueViolation)
      let second = #expect(throws: DatabaseError.self) {
        try tx.insert(
          into: "patients",
          ["id": .int(500), "mail": .text("m9"), "status": .int(6), "city": .text("nowhere")])
      }
      #expect(second?.code == .uniqueViolation)
      let long = #expect(throws: DatabaseError.self) {
        try tx.update(
          "patients", key: [.int(82)], ["city": .text(String(repeating: "x", count: 20_000))])
      }
      #expect(long?.code == .tooLarge)
    }
    #expect(try db.read { try count($0, "status = 6") } == 80)
    #expect(try db.read { try count($0, "city = 'nowhere'") } == 0)
    #expect(try db.check().findings.map(\.message) == [])
  }

  /// Deleting a ward looks at the index of its patients, of which some have just moved.
  @Test func aCascadeFindsRowsThatMoved() throws {
    let db = try database(300)
    try db.write { tx in
      try update(tx, 1...90, ["ward": .int(4), "status": .int(1)])
      let gone = try tx.delete(from: "wards", key: [.int(4)])
      #expect(gone["patients"] == 90 + 21)
    }
    #expect(try db.read { try $0.count("patients") } == 300 - 111)
    #expect(try db.check().findings.map(\.message) == [])
  }

  /// Random changes against the same ones in transactions of their own.
  @Test(arguments: [1, 2, 3])
  func manyChangesEqualSingleOnes(seed: UInt64) throws {
    let (together, alone) = (try database(250), try database(250))
    var random = SeededRandom(seed)
    var steps: [(WriteTransaction) throws -> Void] = []
    for _ in 0..<600 {
      let id = Value.int(Int64(1 + random.below(260)))
      let status = Value.int(Int64(random.below(4)))
      let city: Value = random.below(9) == 0 ? .null : .text("c\(random.below(5))")
      switch random.below(10) {
      case 0: steps.append { try $0.delete(from: "patients", key: [id]) }
      case 1:
        let mail = Value.text("n\(random.below(40))")
        steps.append {
          try $0.upsert(
            into: "patients", ["id": id, "mail": mail, "status": status, "city": city])
        }
      case 2: steps.append { tx in _ = try tx.update("patients", key: [id], ["city": city]) }
      default:
        steps.append { try $0.update("patients", key: [id], ["status": status, "city": city]) }
      }
    }
    try together.write { tx in for step in steps { try? step(tx) } }
    for step in steps { try? alone.write { try step($0) } }
    let rows = try [together, alone].map { db in
      try db.read { tx in try tx.rows("patients").map(\.values) }
    }
    #expect(rows[0] == rows[1])
    #expect(try together.check().findings.map(\.message) == [])
  }
}
