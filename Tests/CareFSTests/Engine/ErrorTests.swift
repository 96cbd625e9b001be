import CareFS
import Testing

/// What errors say, and what they keep to themselves.
struct ErrorTests {
  private func refused(showingValues: Bool) throws -> [DatabaseError] {
    var options = DatabaseOptions()
    options.showsValuesInErrors = showingValues
    let db = try Database.inMemory(schema: Clinic.schema, options: options)
    var errors: [DatabaseError] = []
    try db.write { tx in
      var patient = Clinic.patient(1)
      patient["email"] = .text("secret@x.example")
      patient["id"] = .int(4711)
      try tx.insert(into: "patients", patient)
      for change in [["id": .int(4711)], ["status": .int(9876)], [:]] as [[String: Value]] {
        var other = patient
        other["id"] = nil
        other.merge(change) { $1 }
        do { try tx.insert(into: "patients", other) } catch let error as DatabaseError {
          errors.append(error)
        }
      }
    }
    return errors
  }

  @Test func valuesAreNotShownByDefault() throws {
    let errors = try refused(showingValues: false)
    #expect(errors.count == 3)
    for error in errors {
      #expect(error.key == nil)
      for value in ["secret", "4711", "9876", "4712"] { #expect(!error.message.contains(value)) }
    }
  }

  @Test func keysAreShownWhenAllowed() throws {
    let errors = try refused(showingValues: true)
    #expect(errors.map(\.key) == [[.int(4711)], [.int(4712)], [.int(4713)]])
    #expect(errors[0].message.contains("4711"))
  }

  @Test func codesMatchInCatchClauses() throws {
    let db = try Clinic.database()
    do {
      try db.write { tx in _ = try tx.insert(into: "bills", ["id": .int(1), "doctor_id": .int(1)]) }
      Issue.record("an orphan was accepted")
    } catch DatabaseError.Code.uniqueViolation {
      Issue.record("taken for a duplicate")
    } catch DatabaseError.Code.foreignKeyViolation {
      // as it should be
    }
  }

  @Test func schemasBeyondTheLimitsAreRefused() throws {
    func code(_ table: TableSchema) -> DatabaseError.Code? {
      do { try DatabaseSchema([table]).validate() } catch { return (error as? DatabaseError)?.code }
      return nil
    }
    func table(columns: Int) -> TableSchema {
      TableSchema(
        "t",
        columns: [ColumnSchema("id", .int)]
          + (1..<columns).map { ColumnSchema("c\($0)", .int, null: true) })
    }
    #expect(code(table(columns: SchemaLimits.columns)) == nil)
    #expect(code(table(columns: SchemaLimits.columns + 1)) == .schemaMismatch)
    let name = String(repeating: "n", count: SchemaLimits.nameBytes)
    #expect(code(TableSchema(name, columns: [ColumnSchema("id", .int)])) == nil)
    #expect(code(TableSchema(name + "n", columns: [ColumnSchema("id", .int)])) == .schemaMismatch)
    let wide = try Database.inMemory(
      schema: DatabaseSchema([table(columns: SchemaLimits.columns)]))
    try wide.write { _ = try $0.insert(into: "t", ["id": .int(1), "c999": .int(5)]) }
    #expect(try wide.read { try $0.get("t", key: [.int(1)]) }?["c999"] == .int(5))
  }

  @Test func keysTooLongAreRefusedAndLeaveNothing() throws {
    let db = try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "t", columns: [ColumnSchema("id", .int), ColumnSchema("a", .text)], indexes: [["a"]])
      ]))
    try db.write { tx in
      let long = String(repeating: "x", count: 16_384)
      try tx.insert(into: "t", ["id": .int(1), "a": .text(long)])
      let error = #expect(throws: DatabaseError.self) {
        try tx.insert(into: "t", ["id": .int(2), "a": .text(long + long)])
      }
      #expect(error?.code == .tooLarge)
      #expect(throws: DatabaseError.self) {
        try tx.update("t", key: [.int(1)], ["a": .text(long + long)])
      }
      let rows: [[String: Value]] = [
        ["id": .int(3), "a": .text("")], ["id": .int(4), "a": .text(long + long)],
      ]
      #expect(throws: DatabaseError.self) { try tx.insert(contentsOf: rows, into: "t") }
      #expect(try tx.count("t") == 1)
      #expect(try tx.rows("t").map { $0["a"] } == [.text(long)])
    }
    #expect(try db.check().findings.map(\.message) == [])
  }
}
