import CareFS
import Testing

private enum Level: String, RecordEnum { case low, high }

private struct Ward: Record {
  var id: Int64
  var name: String

  static let schema = Schema<Ward>("wards", .key(\.id, "id"), .column(\.name, "name"))

  init(id: Int64, name: String) {
    self.id = id
    self.name = name
  }

  init(row: RecordRow) throws {
    id = try row.get(0)
    name = try row.get(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, name)
  }
}

private struct Patient: Record, Equatable {
  var id: Int64
  var mrn: String
  var age: Int
  var level: Level
  var wardID: Int64?
  var notes: JSON?

  static let schema = Schema<Patient>(
    "patients", .key(\.id, "id", autoincrement: true), .column(\.mrn, "mrn"),
    .column(\.age, "age", min: 0), .column(\.level, "level"), .column(\.wardID, "ward_id"),
    .column(\.notes, "notes"), .unique(\.mrn), .index(\.wardID, \.age),
    .reference(\.wardID, to: Ward.self, onDelete: .cascade))

  struct Draft: RecordDraft {
    typealias Model = Patient
    var mrn: String
    var age: Int
    var level = Level.low
    var wardID: Int64?
    var notes: JSON?

    func encode(to row: RecordEncoder) throws {
      try row.set(1, mrn)
      try row.set(2, age)
      try row.set(3, level)
      try row.set(4, wardID)
      try row.set(5, notes)
    }
  }

  init(row: RecordRow) throws {
    id = try row.get(0)
    mrn = try row.get(1)
    age = try row.get(2)
    level = try row.get(3)
    wardID = try row.get(4)
    notes = try row.get(5)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, mrn)
    try row.set(2, age)
    try row.set(3, level)
    try row.set(4, wardID)
    try row.set(5, notes)
  }
}

private struct Link: Record, Equatable {
  typealias Key = KeyPair<String, Int64>
  var kind: String
  var target: Int64

  static let schema = Schema<Link>(
    "links", .key(\.kind, "kind"), .key(\.target, "target"))

  init(row: RecordRow) throws {
    kind = try row.get(0)
    target = try row.get(1)
  }

  init(kind: String, target: Int64) {
    self.kind = kind
    self.target = target
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(1, target)
    try row.set(0, kind)
  }
}

/// Typed records on top of the engine.
struct RecordTests {
  private func database() throws -> Database {
    try Database.inMemory(schema: [Ward.self, Patient.self, Link.self])
  }

  @Test func roundTrips() throws {
    let db = try database()
    let notes = try JSON(validating: "{\"a\": [1, 2]}")
    let ids = try db.write { tx in
      try tx.insert(Ward(id: 3, name: "West"))
      let first = try tx.insert(Patient.Draft(mrn: "A1", age: 70, wardID: 3, notes: notes))
      let second = try tx.insert(Patient.Draft(mrn: "A2", age: 30, level: .high))
      return [first, second]
    }
    #expect(ids == [1, 2])
    try db.read { tx in
      let patient = try #require(try tx.get(Patient.self, 1))
      #expect(patient.mrn == "A1" && patient.age == 70 && patient.wardID == 3)
      #expect(patient.notes == notes)
      #expect(try tx.get(Patient.self, where: \.mrn, is: "A2")?.level == .high)
      #expect(try tx.get(Patient.self, where: \.mrn, is: "A3") == nil)
      #expect(try tx.get(Patient.self, 3) == nil)
      #expect(try tx.all(Patient.self).map(\.mrn) == ["A1", "A2"])
      var ages = 0
      try tx.forEach(Patient.self) { ages += Int(try $0.int64(2)) }
      #expect(ages == 100)
    }
  }

  @Test func changesAndDeletes() throws {
    let db = try database()
    try db.write { tx in
      try tx.insert(Ward(id: 1, name: "North"))
      try tx.insert(
        contentsOf: (0..<100).map {
          Patient.Draft(mrn: "M\($0)", age: $0, wardID: $0 % 2 == 0 ? 1 : nil)
        })
      try tx.update(Patient.self, 5) { $0.mrn = "new" }
      #expect(try tx.get(Patient.self, 5)?.mrn == "new")
      #expect(try tx.get(Patient.self, where: \.mrn, is: "M4") == nil)
      let missing = #expect(throws: DatabaseError.self) {
        try tx.update(Patient.self, 500) { $0.age = 1 }
      }
      #expect(missing?.code == .notFound)
      #expect(try !tx.upsert(Patient.Draft(mrn: "new", age: 99), on: \.mrn))
      #expect(try tx.get(Patient.self, 5)?.age == 99)
      #expect(try tx.upsert(Patient.Draft(mrn: "other", age: 1), on: \.mrn))
      let refused = #expect(throws: DatabaseError.self) {
        try tx.update(Patient.self, 6) { $0.age = -1 }
      }
      #expect(refused?.code == .checkViolation)
      let counts = try tx.delete(Ward.self, 1)
      #expect(counts["patients"] == 49)
    }
    #expect(try db.read { try $0.count("patients") } == 52)
  }

  @Test func batchesNameTheElementAndKeepNothing() throws {
    let db = try database()
    try db.write { tx in
      try tx.insert(Patient.Draft(mrn: "M7", age: 1))
      for (bad, code) in [
        (Patient.Draft(mrn: "M7", age: 1), DatabaseError.Code.uniqueViolation),
        (Patient.Draft(mrn: "M3", age: 1), .uniqueViolation),
        (Patient.Draft(mrn: "x", age: -1), .checkViolation),
        (Patient.Draft(mrn: "y", age: 1, wardID: 9), .foreignKeyViolation),
      ] {
        var drafts = (0..<20).filter { $0 != 7 }.map { Patient.Draft(mrn: "M\($0)", age: $0) }
        drafts.insert(bad, at: 12)
        let error = #expect(throws: DatabaseError.self) { try tx.insert(contentsOf: drafts) }
        #expect(error?.code == code)
        #expect(error?.element == 12)
        #expect(try tx.count("patients") == 1)
        #expect(try tx.all(Patient.self).count == 1)
      }
      #expect(
        try tx.insert(contentsOf: (20..<30).map { Patient.Draft(mrn: "M\($0)", age: 1) }) == 10)
    }
  }

  @Test func compoundKeysGoInAnyOrder() throws {
    let db = try database()
    try db.write { tx in
      for target in [3, 1, 2] { try tx.insert(Link(kind: "a", target: Int64(target))) }
      let key = try tx.insert(Link(kind: "", target: 9))
      #expect(key.first == "" && key.second == 9)
      #expect(try tx.all(Link.self).map(\.target) == [9, 1, 2, 3])
      #expect(try tx.get(Link.self, KeyPair("a", 2)) == Link(kind: "a", target: 2))
      try tx.delete(Link.self, KeyPair("a", 2))
      #expect(try tx.count("links") == 3)
    }
  }

  @Test func asynchronousWritesAndReads() async throws {
    let db = try database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<64 {
        group.addTask {
          _ = try await db.write { try $0.insert(Patient.Draft(mrn: "P\(number)", age: number)) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await db.read { try $0.count("patients") } == 64)
    await #expect(throws: DatabaseError.self) {
      try await db.write { try $0.insert(Patient.Draft(mrn: "P1", age: 1)) }
    }
    try db.close()
    await #expect(throws: DatabaseError.self) { try await db.write { _ in } }
  }
}
