import CareFS
import CareFSTestSupport
import PageStore
import Testing

/// What a process that dies while it creates a database leaves.
struct CreationTests {
  private static let schema = DatabaseSchema([
    TableSchema("notes", columns: [ColumnSchema("id", .int), ColumnSchema("text", .text)])
  ])

  private static func options(_ files: SimulatedFileSystem) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = files
    options.tuning = { $0.segmentSize = 16 << 10 }
    return options
  }

  @Test func aCreationThatWasCutShortIsSaidOrDoneAgain() throws {
    let files = SimulatedFileSystem()
    let whole = try Database.create(
      path: "a.carefs", schema: Self.schema, options: Self.options(files))
    let created = files.operationCount
    try whole.close()
    var adopted = 0
    var refused = 0
    for operation in 0..<created {
      let left = files.crash(after: operation, keeping: .everything)
      let options = Self.options(left)
      do {
        try Database.open(path: "a.carefs", options: options).close()
      } catch let error as DatabaseError {
        #expect([.notADatabase, .notFound].contains(error.code), "\(operation): \(error)")
      }
      do {
        let db = try Database(path: "a.carefs", schema: Self.schema, options: options)
        try db.write { tx in
          _ = try tx.insert(into: "notes", ["id": .int(1), "text": .text("here")])
        }
        #expect(try db.check().isSound)
        try db.close()
        adopted += 1
      } catch let error as DatabaseError {
        // Before its header is whole, a file cannot be told from one that is not ours.
        #expect(error.code == .notADatabase, "\(operation): \(error)")
        #expect(error.message.contains("if its creation was interrupted, remove it"))
        refused += 1
      }
    }
    #expect(adopted > refused)
  }

  @Test func createRefusesAFileThatHoldsSomething() throws {
    let files = SimulatedFileSystem()
    let options = Self.options(files)
    try Database.create(path: "a.carefs", schema: Self.schema, options: options).close()
    #expect(throws: DatabaseError.self) {
      try Database.create(path: "a.carefs", schema: Self.schema, options: options)
    }
  }
}
