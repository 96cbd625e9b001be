import CareFS
import Testing

/// What goes when a row goes.
struct DeleteTests {
  @Test func cascadesAndSetsNull() throws {
    let db = try Clinic.database()
    try db.write { tx in
      for number in 1...3 { try tx.insert(into: "patients", Clinic.patient(number)) }
      try tx.insert(into: "doctors", ["id": .int(1), "license": .text("L")])
      for id in 1...9 {
        try tx.insert(into: "visits", Clinic.visit(id, patient: id % 3 + 1, day: id, doctor: 1))
      }
      try tx.insert(into: "bills", ["id": .int(1), "doctor_id": .int(1)])
    }
    try db.write { tx in
      let dry = try tx.delete(from: "patients", key: [.int(2)], dryRun: true)
      #expect(dry["patients"] == 1)
      #expect(dry["visits"] == 3)
      #expect(try tx.count("visits") == 9)
      #expect(try tx.delete(from: "patients", key: [.int(2)]) == dry)
      #expect(try tx.count("visits") == 6)
      #expect(try tx.delete(from: "patients", key: [.int(2)]).total == 0)
      let refused = #expect(throws: DatabaseError.self) {
        try tx.delete(from: "doctors", key: [.int(1)])
      }
      #expect(refused?.code == .foreignKeyViolation)
      #expect(refused?.message.contains("bills") == true)
      // The refused deletion had set references to null; all of it is undone.
      #expect(try tx.rows("visits").allSatisfy { $0["doctor_id"] == .int(1) })
      try tx.delete(from: "bills", key: [.int(1)])
      let counts = try tx.delete(from: "doctors", key: [.int(1)])
      #expect(counts.entries.first { $0.table == "visits" }?.changed == 6)
      #expect(try tx.rows("visits").allSatisfy { $0["doctor_id"] == .null })
    }
  }

  private static func graph(
    _ actions: [(child: String, column: String, parent: String, action: DeleteAction)],
    _ tables: [String]
  ) throws -> Database {
    try Database.inMemory(
      schema: DatabaseSchema(
        tables.map { name in
          let own = actions.filter { $0.child == name }
          return TableSchema(
            name,
            columns: [ColumnSchema("id", .int)]
              + own.map { ColumnSchema($0.column, .int, null: true, default: 0) },
            foreignKeys: own.map { .init($0.column, references: $0.parent, onDelete: $0.action) })
        }))
  }

  @Test func cyclesEnd() throws {
    let db = try Self.graph(
      [("a", "b", "b", .cascade), ("b", "a", "a", .cascade), ("a", "self", "a", .cascade)],
      ["a", "b"])
    try db.write { tx in
      try tx.insert(into: "a", ["id": .int(1), "b": .null, "self": .int(1)])
      try tx.insert(into: "b", ["id": .int(1), "a": .int(1)])
      try tx.update("a", key: [.int(1)], ["b": .int(1)])
      let counts = try tx.delete(from: "a", key: [.int(1)])
      #expect(counts["a"] == 1)
      #expect(counts["b"] == 1)
      #expect(try tx.count("a") == 0)
    }
  }

  @Test func diamondsAreDeletedOnce() throws {
    let db = try Self.graph(
      [
        ("left", "top", "top", .cascade), ("right", "top", "top", .cascade),
        ("bottom", "l", "left", .cascade), ("bottom", "r", "right", .cascade),
      ], ["top", "left", "right", "bottom"])
    try db.write { tx in
      try tx.insert(into: "top", ["id": .int(1)])
      try tx.insert(into: "left", ["id": .int(1), "top": .int(1)])
      try tx.insert(into: "right", ["id": .int(1), "top": .int(1)])
      for id in 1...10 {
        try tx.insert(into: "bottom", ["id": .int(Int64(id)), "l": .int(1), "r": .int(1)])
      }
      let counts = try tx.delete(from: "top", key: [.int(1)])
      #expect(counts.entries.map(\.deleted) == [1, 1, 1, 10])
      #expect(try tx.count("bottom") == 0)
    }
  }

  @Test func restrictAllowsWhatTheSameStatementDeletes() throws {
    let db = try Self.graph(
      [
        ("child", "p", "parent", .cascade), ("note", "c", "child", .restrict),
        ("note", "p", "parent", .cascade),
      ], ["parent", "child", "note"])
    try db.write { tx in
      try tx.insert(into: "parent", ["id": .int(1)])
      try tx.insert(into: "child", ["id": .int(1), "p": .int(1)])
      try tx.insert(into: "note", ["id": .int(1), "c": .int(1), "p": .int(1)])
      #expect(throws: DatabaseError.self) { try tx.delete(from: "child", key: [.int(1)]) }
      #expect(try tx.delete(from: "parent", key: [.int(1)]).total == 3)
    }
  }

  @Test func setDefaultNeedsTheDefaultRow() throws {
    let db = try Self.graph([("child", "p", "parent", .setDefault)], ["parent", "child"])
    try db.write { tx in
      for id in 0...2 { try tx.insert(into: "parent", ["id": .int(Int64(id))]) }
      try tx.insert(into: "child", ["id": .int(1), "p": .int(1)])
      try tx.insert(into: "child", ["id": .int(2), "p": .int(1)])
      #expect(try tx.delete(from: "parent", key: [.int(1)]).entries.count == 2)
      #expect(try tx.rows("child").allSatisfy { $0["p"] == .int(0) })
      let refused = #expect(throws: DatabaseError.self) {
        try tx.delete(from: "parent", key: [.int(0)])
      }
      #expect(refused?.code == .foreignKeyViolation)
      #expect(try tx.count("parent") == 2)
    }
  }

  @Test func longChainsTakeNoStack() throws {
    let db = try Clinic.database()
    let length = 100_000
    let counts = try db.write { tx in
      try tx.insert(into: "patients", Clinic.patient(1))
      let table = try tx.table("visits")
      let rows = (1...length).lazy.map { id -> [Value] in
        let parent: Value = id == 1 ? .null : .int(Int64(id - 1))
        return [.int(Int64(id)), .int(1), .date(CalendarDate(days: Int32(id)) ?? .min), parent]
      }
      let columns = try table.columns(["id", "patient_id", "day", "parent_id"])
      try tx.insert(contentsOf: rows, into: table, columns: columns)
      return try tx.delete(from: "visits", key: [.int(1)])
    }
    #expect(counts["visits"] == length)
    #expect(try db.read { try $0.count("visits") } == 0)
  }
}
