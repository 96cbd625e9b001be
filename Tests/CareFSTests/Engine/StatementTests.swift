import CareFS
import Testing

private struct Stop: Error {
  static func now() throws { throw Stop() }
}

/// Inserting, reading, changing and deleting single rows.
struct StatementTests {
  @Test func insertsAndReads() throws {
    let db = try Clinic.database()
    let keys = try db.write { tx in
      try (1...20).map { try tx.insert(into: "patients", Clinic.patient($0)) }
    }
    #expect(keys.map { $0[0] } == (1...20).map { .int($0) })
    let row = try #require(try db.read { try $0.get("patients", key: [.int(7)]) })
    #expect(row["email"] == .text("p7@x.example"))
    #expect(row["gender"] == .null)
    #expect(row["status"] == .int(1))
    #expect(row["created_at"]?.type == .timestamp)
    #expect(try db.read { try $0.get("patients", key: [.int(21)]) } == nil)
    #expect(try db.read { try $0.count("patients") } == 20)
    let found = try db.read { try $0.get("patients", unique: ["email": .text("p3@x.example")]) }
    #expect(found?["id"] == .int(3))
  }

  @Test func updates() throws {
    let db = try Clinic.database()
    try db.write { tx in
      for number in 1...5 { try tx.insert(into: "patients", Clinic.patient(number)) }
      #expect(
        try tx.update("patients", key: [.int(2)], ["email": .text("new"), "score": .double(3)]))
      #expect(try !tx.update("patients", key: [.int(9)], ["email": .text("x")]))
    }
    let row = try db.read { try $0.get("patients", key: [.int(2)]) }
    #expect(row?["email"] == .text("new"))
    #expect(row?["score"] == .double(3))
    #expect(row?["full_name"] == .text("Name 2"))
    #expect(try db.read { try $0.get("patients", unique: ["email": .text("p2@x.example")]) } == nil)
    try db.write { tx in
      // The old value is free again, the new one is taken.
      try tx.update("patients", key: [.int(3)], ["email": .text("p2@x.example")])
      let error = #expect(throws: DatabaseError.self) {
        try tx.update("patients", key: [.int(4)], ["email": .text("new")])
      }
      #expect(error?.code == .uniqueViolation)
    }
    #expect(
      try db.read { try $0.get("patients", key: [.int(4)]) }?["email"] == .text("p4@x.example"))
  }

  @Test func changesKeys() throws {
    let db = try Clinic.database()
    try db.write { tx in
      try tx.insert(into: "doctors", ["id": .int(1), "license": .text("L1")])
      try tx.insert(into: "doctors", ["id": .int(2), "license": .text("L2")])
      try tx.update("doctors", key: [.int(1)], ["id": .int(5)])
      #expect(try tx.get("doctors", key: [.int(1)]) == nil)
      #expect(try tx.get("doctors", unique: ["license": .text("L1")])?["id"] == .int(5))
      let error = #expect(throws: DatabaseError.self) {
        try tx.update("doctors", key: [.int(2)], ["id": .int(5)])
      }
      #expect(error?.code == .uniqueViolation)
      try tx.insert(into: "bills", ["id": .int(1), "doctor_id": .int(5)])
      let refused = #expect(throws: DatabaseError.self) {
        try tx.update("doctors", key: [.int(5)], ["id": .int(6)])
      }
      #expect(refused?.code == .foreignKeyViolation)
      #expect(try tx.get("doctors", key: [.int(5)]) != nil)
    }
    #expect(try db.read { try $0.count("doctors") } == 2)
  }

  @Test func upserts() throws {
    let db = try Clinic.database()
    try db.write { tx throws in
      #expect(try tx.upsert(into: "doctors", ["id": .int(1), "license": .text("A")]))
      #expect(try !tx.upsert(into: "doctors", ["id": .int(1), "license": .text("B")]))
      #expect(try tx.get("doctors", key: [.int(1)])?["license"] == .text("B"))
      #expect(
        try !tx.upsert(into: "doctors", ["id": .int(7), "license": .text("B")], on: ["license"]))
      #expect(try tx.get("doctors", key: [.int(7)])?["license"] == .text("B"))
      #expect(try tx.count("doctors") == 1)
      #expect(throws: DatabaseError.self) {
        try tx.upsert(into: "visits", ["id": .int(1)], on: ["doctor_id"])
      }
    }
  }

  @Test func automaticKeysAreNeverGivenTwice() throws {
    let db = try Clinic.database()
    try db.write { tx in
      for number in 1...3 { try tx.insert(into: "patients", Clinic.patient(number)) }
      try tx.delete(from: "patients", key: [.int(3)])
    }
    try db.write { tx in
      #expect(try tx.insert(into: "patients", Clinic.patient(4)) == [.int(4)])
      var explicit = Clinic.patient(5)
      explicit["id"] = .int(100)
      try tx.insert(into: "patients", explicit)
      #expect(try tx.insert(into: "patients", Clinic.patient(6)) == [.int(101)])
      var last = Clinic.patient(7)
      last["id"] = .int(.max)
      try tx.insert(into: "patients", last)
      let error = #expect(throws: DatabaseError.self) {
        try tx.insert(into: "patients", Clinic.patient(8))
      }
      #expect(error?.code == .tooLarge)
    }
  }

  @Test func throwingRollsBackAndSavepointsNest() throws {
    let db = try Clinic.database()
    var stops = 0
    do {
      try db.write { tx in
        try tx.insert(into: "patients", Clinic.patient(1))
        try Stop.now()
      }
    } catch is Stop { stops += 1 }
    #expect(try db.read { try $0.count("patients") } == 0)
    try db.write { tx in
      try tx.insert(into: "patients", Clinic.patient(1))
      do {
        try tx.savepoint {
          try tx.insert(into: "patients", Clinic.patient(2))
          try tx.savepoint { _ = try tx.insert(into: "patients", Clinic.patient(3)) }
          try Stop.now()
        }
      } catch is Stop { stops += 1 }
      #expect(try tx.count("patients") == 1)
      try tx.savepoint { _ = try tx.insert(into: "patients", Clinic.patient(4)) }
    }
    #expect(stops == 2)
    let emails = try db.read { try $0.rows("patients") }.map { $0["email"] }
    #expect(emails == [.text("p1@x.example"), .text("p4@x.example")])
  }

  @Test func refusesMisuse() throws {
    let db = try Clinic.database()
    var kept: WriteTransaction?
    try db.write { tx in
      kept = tx
      let error = #expect(throws: DatabaseError.self) { try db.write { _ in } }
      #expect(error?.code == .misuse)
    }
    #expect(throws: DatabaseError.self) { try kept?.insert(into: "patients", Clinic.patient(1)) }
    #expect(throws: DatabaseError.self) { try db.read { try $0.get("nobody", key: [.int(1)]) } }
    #expect(throws: DatabaseError.self) { try db.read { try $0.get("patients", key: []) } }
    #expect(throws: DatabaseError.self) {
      try db.read { try $0.get("patients", key: [.text("a")]) }
    }
    try db.close()
    try db.close()
    let closed = #expect(throws: DatabaseError.self) { try db.read { try $0.count("patients") } }
    #expect(closed?.code == .closed)
  }
}
