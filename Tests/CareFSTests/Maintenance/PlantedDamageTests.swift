import BTree
import PageStore
import Testing

@testable import CareFS

/// `check` finds each kind of disagreement that is planted into a sound file.
struct PlantedDamageTests {
  private func database() throws -> Database {
    let db = try Clinic.database()
    try db.write { tx in
      for number in 1...50 { try tx.insert(into: "patients", Clinic.patient(number)) }
      try tx.insert(into: "doctors", ["id": .int(1), "license": .text("L")])
      for id in 1...50 {
        try tx.insert(into: "visits", Clinic.visit(id, patient: id, day: id, doctor: 1))
      }
    }
    #expect(try db.check().isSound)
    return db
  }

  /// Changes trees behind the engine's back.
  private func plant(_ db: Database, _ body: (WriteTransaction) throws -> Void) throws {
    try db.write { try body($0) }
  }

  private func findings(_ db: Database) throws -> String {
    let report = try db.check()
    #expect(!report.isSound)
    return report.findings.map { "\($0.message) [\($0.index ?? "")]" }.joined(separator: "\n")
  }

  @Test func aMissingEntry() throws {
    let db = try database()
    try plant(db) { tx in
      let editor = try tx.writer(tx.table("patients").plan).editors[1]
      let cursor = try tx.cursor(tx.table("patients").plan, index: 1)
      #expect(try cursor.seekFirst())
      let key = Array(cursor.key)
      #expect(try key.withUnsafeBytes { try editor.delete($0) })
    }
    let text = try findings(db)
    #expect(text.contains("lacks the entry of a row") && text.contains("patients_full_name"))
  }

  @Test func anEntryOfNoRow() throws {
    let db = try database()
    try plant(db) { tx in
      let writer = try tx.writer(tx.table("patients").plan)
      let cursor = try tx.cursor(tx.table("patients").plan, index: 1)
      #expect(try cursor.seekLast())
      var key = Array(cursor.key)
      key[key.count - 1] = 0x77
      let empty = UnsafeRawBufferPointer(start: nil, count: 0)
      #expect(try key.withUnsafeBytes { try writer.editors[1].insert($0, empty) })
    }
    #expect(try findings(db).contains("has an entry of no row"))
  }

  @Test func aUniqueEntryThatLeadsElsewhere() throws {
    let db = try database()
    try plant(db) { tx in
      let writer = try tx.writer(tx.table("patients").plan)
      let cursor = try tx.cursor(tx.table("patients").plan, index: 0)
      #expect(try cursor.seekFirst())
      let key = Array(cursor.key)
      #expect(try cursor.next())
      let other = Array(try cursor.loadValue())
      _ = try key.withUnsafeBytes { key in
        try other.withUnsafeBytes { try writer.editors[0].insert(key, $0, ifPresent: .replace) }
      }
    }
    #expect(try findings(db).contains("leads to another row"))
  }

  @Test func aReferenceToNothing() throws {
    let db = try database()
    try plant(db) { tx in
      let writer = try tx.writer(tx.table("patients").plan)
      let encoder = KeyEncoder()
      encoder.append(int: 7)
      #expect(try writer.load(encoder.key))
      try writer.removeOld()
    }
    let text = try findings(db)
    #expect(text.contains("visits_patient_id_reference") && text.contains("not there"))
  }

  @Test func wrongCounters() throws {
    let db = try database()
    try plant(db) { tx in try tx.writer(tx.table("doctors").plan).countRows(1) }
    #expect(try findings(db).contains("counts 2 rows, there are 1"))
  }

  @Test func aTreeOfNobody() throws {
    let db = try database()
    try plant(db) { tx in _ = try Tree.create(id: 999, in: tx.pages) }
    #expect(try findings(db).contains("belongs to no tree"))
  }

  @Test func aRowThatBreaksItsCheck() throws {
    let db = try database()
    try plant(db) { tx in
      let writer = try tx.writer(tx.table("patients").plan)
      let encoder = KeyEncoder()
      encoder.append(int: 7)
      #expect(try writer.load(encoder.key))
      try writer.beginUpdate()
      try writer.assembler.set(5, .double(99))
      try writer.assembler.joinKey()
      let row = try writer.assembler.builder.finish()
      _ = try writer.rows.insert(encoder.key, row, ifPresent: .replace)
    }
    #expect(try findings(db).contains("score"))
  }
}
