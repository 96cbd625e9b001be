import CareFS
import CareFSTestSupport
import Testing

/// Outcomes of writes, errors too, rest on what is durable.
@Suite struct OutcomeTests {
  private struct Refused: Error {}

  private func open(_ files: SimulatedFileSystem) throws -> Database {
    let table = TableSchema(
      "people", columns: [ColumnSchema("id", .int), ColumnSchema("email", .text)],
      primaryKey: ["id"], unique: [["email"]])
    return try Database(path: "p.carefs", schema: DatabaseSchema([table]), options: options(files))
  }

  private func options(_ files: SimulatedFileSystem) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = files
    options.tuning = { $0.segmentSize = 16 << 10 }
    return options
  }

  private func insert(_ tx: WriteTransaction, _ id: Int64, _ email: String) throws {
    _ = try tx.insert(into: "people", ["id": .int(id), "email": .text(email)])
  }

  /// Whether a power cut right now leaves the row.
  private func survives(_ id: Int64, _ files: SimulatedFileSystem) throws -> Bool {
    let after = try Database.open(
      path: "p.carefs", options: options(files.crash(keeping: .nothing)))
    defer { try? after.close() }
    return try after.read { try $0.get("people", key: [.int(id)]) != nil }
  }

  @Test func `a violation is not told before the row that it met is durable`() throws {
    let files = SimulatedFileSystem()
    let db = try open(files)
    try db.write { try insert($0, 1, "one") }
    _ = try db.writeWithoutWaiting { try insert($0, 2, "two") }
    #expect(try !survives(2, files))
    let error = #expect(throws: DatabaseError.self) { try db.write { try insert($0, 3, "two") } }
    #expect(error?.code == .uniqueViolation)
    #expect(try survives(2, files))
    // Nor what a closure throws for itself, on the grounds of what it read.
    _ = try db.writeWithoutWaiting { try insert($0, 4, "four") }
    #expect(throws: Refused.self) {
      try db.write { tx in
        if try tx.get("people", key: [.int(4)]) != nil { throw Refused() }
      }
    }
    #expect(try survives(4, files))
    // Nor what a write found that changed nothing.
    _ = try db.writeWithoutWaiting { try insert($0, 5, "five") }
    #expect(try db.write { try $0.count("people") } == 4)
    #expect(try survives(5, files))
    try db.close()
  }

  @Test func `a violation of a task waits as well`() async throws {
    let files = SimulatedFileSystem()
    let db = try open(files)
    try await db.write {
      _ = try $0.insert(into: "people", ["id": .int(1), "email": .text("one")])
    }
    _ = try db.writeWithoutWaiting { try insert($0, 2, "two") }
    let error = await #expect(throws: DatabaseError.self) {
      try await db.write {
        _ = try $0.insert(into: "people", ["id": .int(3), "email": .text("two")])
      }
    }
    #expect(error?.code == .uniqueViolation)
    #expect(try survives(2, files))
    try db.close()
  }

  /// What a failed sync may have lost refuses no one: the outcome is that the handle is poisoned.
  @Test func `after a failed sync every write answers that the handle is poisoned`() async throws {
    let files = SimulatedFileSystem()
    let db = try open(files)
    try await db.write {
      _ = try $0.insert(into: "people", ["id": .int(1), "email": .text("one")])
    }
    let pending = try db.writeWithoutWaiting { try insert($0, 2, "two") }
    files.inject(InjectedFault([.sync], of: "p.carefs-wal", effect: .forgets))
    func expectPoisoned(_ what: String, _ body: () throws -> Void) {
      let error = #expect(throws: DatabaseError.self, "\(what)", performing: body)
      #expect(error?.code == .poisoned, "\(what)")
    }
    expectPoisoned("the first refusal") { try db.write { try insert($0, 3, "two") } }
    expectPoisoned("a violation") { try db.write { try insert($0, 3, "one") } }
    expectPoisoned("a closure that throws") { try db.write { _ in throw Refused() } }
    expectPoisoned("a write of nothing") { try db.write { _ in } }
    let ofTask = await #expect(throws: DatabaseError.self) {
      try await db.write { (_: WriteTransaction) throws -> Int in throw Refused() }
    }
    #expect(ofTask?.code == .poisoned)
    #expect(throws: (any Error).self) { try pending.wait() }
    // What is durable can still be read.
    #expect(try await db.read { try $0.count("people") } == 1)
    #expect(throws: (any Error).self) { try db.close() }
    #expect(try survives(1, files))
  }
}
