import CareFS
import PageStore
import Testing

/// `check`, `compact` and `stats` on whole databases.
struct MaintenanceTests {
  private func filled(_ options: DatabaseOptions, path: String = "clinic.carefs") throws -> Database
  {
    let db = try Database.create(path: path, schema: Clinic.schema, options: options)
    try db.write { tx in
      let table = try tx.table("patients")
      let columns = try table.columns(["full_name", "email", "status"])
      let rows = (1...3000).lazy.map { number -> [Value] in
        [
          .text("Name \(number % 97)"), .text("p\(number)@x.example"), .int(Int64(number % 3)),
        ]
      }
      try tx.insert(contentsOf: rows, into: table, columns: columns)
      try tx.insert(into: "doctors", ["id": .int(1), "license": .text("L")])
      for id in 1...500 {
        let parent = id % 7 == 0 ? id - 1 : nil
        let visit = Clinic.visit(id, patient: id % 50 + 1, day: id, doctor: 1, parent: parent)
        try tx.insert(into: "visits", visit)
      }
    }
    return db
  }

  private func options() -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = MemoryFileSystem()
    return options
  }

  @Test func aSoundFileHasNoFindings() throws {
    let db = try filled(options())
    let report = try db.check()
    #expect(report.findings.map(\.message) == [])
    #expect(report.rows == 3501)
    #expect(report.entries == 3000 * 3 + 1 + 500 * 4)
    #expect(try db.check(quick: true).isSound)
    try db.write { _ = try $0.delete(from: "patients", where: try Expression.parse("id > 10")) }
    #expect(try db.check().findings.map(\.message) == [])
  }

  @Test func compactKeepsEverythingAndShrinks() throws {
    let options = options()
    let db = try filled(options)
    try db.write { _ = try $0.delete(from: "patients", where: try Expression.parse("id > 300")) }
    let rows = try db.read { try $0.rows("patients") }
    let visits = try db.read { try $0.rows("visits") }
    try db.close()
    let report = try Database.compact(path: "clinic.carefs", options: options)
    #expect(report.after < report.before / 2)
    let again = try Database.open(path: "clinic.carefs", options: options)
    #expect(again.schema == Clinic.schema)
    #expect(try again.read { try $0.rows("patients") } == rows)
    #expect(try again.read { try $0.rows("visits") } == visits)
    #expect(try again.check().findings.map(\.message) == [])
    // Automatic keys go on behind those that were deleted.
    let key = try again.write { try $0.insert(into: "patients", Clinic.patient(9999)) }
    #expect(key == [.int(3001)])
    #expect(try again.check().isSound)
  }

  @Test func statsAddUp() throws {
    let db = try filled(options())
    let stats = try db.stats()
    #expect(stats.tables.map(\.name) == ["patients", "doctors", "visits", "bills"])
    #expect(stats.tables[0].rows == 3000)
    #expect(stats.tables[0].tree.entries == 3000)
    #expect(stats.tables[0].indexes.map(\.tree.entries) == [3000, 3000, 3000])
    let used = stats.tables.reduce(stats.catalogBytes) { $0 + $1.bytes }
    #expect(used + stats.freeBytes <= stats.fileBytes)
    #expect(stats.tables[0].tree.fill > 0.5)
  }

  @Test func reopeningFindsTheSameSchemaAndRows() throws {
    let options = options()
    let db = try filled(options)
    let rows = try db.read { try $0.rows("patients", limit: 50) }
    try db.close()
    let again = try Database.open(path: "clinic.carefs", options: options)
    #expect(again.schema == Clinic.schema)
    #expect(again.schema.fingerprint == Clinic.schema.fingerprint)
    #expect(try again.read { try $0.rows("patients", limit: 50) } == rows)
    #expect(try again.read { try $0.count("patients") } == 3000)
    try again.close()
    var reading = options
    reading.readOnly = true
    let readOnly = try Database.open(path: "clinic.carefs", options: reading)
    let refused = #expect(throws: DatabaseError.self) { try readOnly.write { _ in } }
    #expect(refused?.code == .readOnly)
  }
}
