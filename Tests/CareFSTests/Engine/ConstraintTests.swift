import CareFS
import Testing

/// Every kind of constraint refuses the row that breaks it, names table and column, and leaves
/// nothing behind.
struct ConstraintTests {
  private static let day: Value = .date(CalendarDate(days: 3) ?? .min)

  @Test(
    arguments: [
      ("patients", ["full_name": .text("B"), "email": .text("a")], "email", "uniqueViolation"),
      ("patients", ["email": .text("b")], "full_name", "notNullViolation"),
      ("patients", ["email": .text("b"), "full_name": .null], "full_name", "notNullViolation"),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "gender": .text("X")], "gender",
        "checkViolation"
      ),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "status": .int(3)], "status",
        "checkViolation"
      ),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "score": .double(10.5)], "score",
        "checkViolation"
      ),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "status": .text("one")],
        "status", "typeMismatch"
      ),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "extra": .int(1)], "extra",
        "notFound"
      ),
      (
        "patients", ["id": .int(1), "full_name": .text("B"), "email": .text("b")], "id",
        "uniqueViolation"
      ),
      ("patients", ["full_name": .text(""), "email": .text("b")], "full_name", "checkViolation"),
      (
        "patients", ["full_name": .text("B"), "email": .text("b"), "score": .double(.nan)], "score",
        "typeMismatch"
      ),
      (
        "visits", ["id": .int(2), "patient_id": .int(99), "day": day], "patient_id",
        "foreignKeyViolation"
      ),
      (
        "visits",
        ["id": .int(2), "patient_id": .int(1), "day": .date(CalendarDate(days: 1) ?? .min)],
        "day", "uniqueViolation"
      ),
      (
        "visits", ["id": .int(2), "patient_id": .int(1), "day": day, "parent_id": .int(77)],
        "parent_id", "foreignKeyViolation"
      ),
      (
        "visits", ["id": .int(2), "patient_id": .null, "day": day], "patient_id", "notNullViolation"
      ),
    ] as [(String, [String: Value], String, String)])
  func refuses(table: String, row: [String: Value], column: String, code: String) throws {
    let db = try Clinic.database()
    try db.write { tx in
      try tx.insert(into: "patients", ["full_name": .text("A"), "email": .text("a")])
      try tx.insert(into: "visits", Clinic.visit(1, patient: 1, day: 1))
      let error = #expect(throws: DatabaseError.self) { try tx.insert(into: table, row) }
      #expect(error?.code.name == code)
      #expect(error?.table == table)
      let message = try #require(error?.message)
      #expect(message.contains(table) && message.contains(column), "\(message)")
      #expect(!message.contains("\n"))
      #expect(try tx.count("patients") == 1)
      #expect(try tx.rows("visits").count == 1)
      #expect(try tx.rows("patients").count == 1)
    }
    try db.write { tx in
      // Nothing of a refused row is in an index either.
      try tx.insert(into: "patients", ["full_name": .text("B"), "email": .text("b")])
      try tx.insert(into: "visits", Clinic.visit(2, patient: 1, day: 3))
    }
  }

  @Test func rowsMayReferToThemselves() throws {
    let db = try Clinic.database()
    try db.write { tx in
      try tx.insert(into: "patients", Clinic.patient(1))
      try tx.insert(into: "visits", Clinic.visit(1, patient: 1, day: 1, parent: 1))
    }
    let counts = try db.write { try $0.delete(from: "visits", key: [.int(1)]) }
    #expect(counts.total == 1)
  }

  @Test func nullsAreDistinctInUniqueConstraints() throws {
    let schema = DatabaseSchema([
      TableSchema(
        "t",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("a", .int, null: true), ColumnSchema("b", .int),
        ], unique: [["a", "b"]])
    ])
    let db = try Database.inMemory(schema: schema)
    try db.write { tx in
      try tx.insert(into: "t", ["id": .int(1), "b": .int(1)])
      try tx.insert(into: "t", ["id": .int(2), "b": .int(1)])
      try tx.insert(into: "t", ["id": .int(3), "a": .int(1), "b": .int(1)])
      #expect(throws: DatabaseError.self) {
        try tx.insert(into: "t", ["id": .int(4), "a": .int(1), "b": .int(1)])
      }
      #expect(try tx.count("t") == 3)
    }
  }

  @Test func deferredReferencesAreCheckedAtCommit() throws {
    func table(_ name: String, _ other: String, deferred: Bool) -> TableSchema {
      TableSchema(
        name, columns: [ColumnSchema("id", .int), ColumnSchema("other", .int)],
        foreignKeys: [.init("other", references: other, deferred: deferred)])
    }
    let db = try Database.inMemory(
      schema: DatabaseSchema([table("a", "b", deferred: true), table("b", "a", deferred: false)]))
    try db.write { tx in
      try tx.insert(into: "a", ["id": .int(1), "other": .int(2)])
      try tx.insert(into: "b", ["id": .int(2), "other": .int(1)])
    }
    let error = #expect(throws: DatabaseError.self) {
      try db.write { _ = try $0.insert(into: "a", ["id": .int(3), "other": .int(9)]) }
    }
    #expect(error?.code == .foreignKeyViolation)
    #expect(try db.read { try $0.count("a") } == 1)
  }

  @Test func lengthsAndPatterns() throws {
    let db = try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "t",
          columns: [
            ColumnSchema("id", .int),
            ColumnSchema("code", .text, null: true, minLength: 2, maxLength: 3),
            ColumnSchema("mail", .text, null: true, pattern: "%_@_%"),
            ColumnSchema("price", .decimal, null: true, min: "0.10", max: "9.99"),
          ])
      ]))
    func insert(_ id: Int64, _ values: [String: Value]) throws {
      try db.write { _ = try $0.insert(into: "t", values.merging(["id": .int(id)]) { a, _ in a }) }
    }
    try insert(
      1,
      [
        "code": .text("üüü"), "mail": .text("a@b"),
        "price": .decimal(#require(ExactDecimal("0.1"))),
      ])
    for values in [
      ["code": .text("a")], ["code": .text("abcd")], ["mail": .text("@b")],
      ["price": .decimal(try #require(ExactDecimal("0.09")))],
      ["price": .decimal(try #require(ExactDecimal("10")))],
    ] as [[String: Value]] {
      let error = #expect(throws: DatabaseError.self) { try insert(2, values) }
      #expect(error?.code == .checkViolation)
      #expect(error?.message.contains(values.keys.first ?? "") == true)
    }
  }
}
