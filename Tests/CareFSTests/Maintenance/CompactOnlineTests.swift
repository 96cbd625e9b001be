import CareFS
import CareFSTestSupport
import Testing

/// Compaction in small transactions, beside readers and writers, and cut off anywhere.
@Suite struct CompactOnlineTests {
  /// A database of which three rows in four were deleted.
  private static func emptied(_ files: SimulatedFileSystem) throws -> Database {
    let database = try Database.create(
      path: Wreck.path, schema: Wreck.schema, options: Wreck.options(files))
    try database.write { tx in
      for number in 1...400 {
        try tx.insert(into: "patients", Clinic.patient(number))
        try tx.insert(
          into: "notes",
          [
            "patient_id": .int(Int64(number)),
            "text": .text(String(repeating: "x\(number)", count: number % 9 == 0 ? 3000 : 30)),
          ])
      }
    }
    try database.write { tx in
      for number in 1...300 { try tx.delete(from: "patients", key: [.int(Int64(number))]) }
    }
    return database
  }

  @Test func theEndIsGivenBack() throws {
    let files = SimulatedFileSystem()
    let database = try Self.emptied(files)
    let lines = try Wreck.lines(of: database)
    let report = try database.compact()
    #expect(report.after < report.before / 2, "\(report)")
    #expect(try Wreck.lines(of: database) == lines)
    #expect(try database.check().isSound)
    try database.close()
    #expect(files.contents(of: Wreck.path)?.count == Int(report.after))
    // There is nothing left to do.
    let again = try Database.open(path: Wreck.path, options: Wreck.options(files))
    let second = try again.compact()
    #expect(second.after == report.after)
    try again.close()
  }

  @Test func aBudgetIsKeptAndTheRestFollows() throws {
    let files = SimulatedFileSystem()
    let database = try Self.emptied(files)
    let lines = try Wreck.lines(of: database)
    var sizes: [UInt64] = []
    for _ in 0..<100 {
      var moved = 0
      let report = try database.compact(budget: 40_000) { moved = $0 }
      #expect(moved <= 40_000)
      sizes.append(report.after)
      if moved == 0 { break }
    }
    #expect(sizes.count > 3)
    #expect(sizes.last ?? .max < sizes[0])
    #expect(try Wreck.lines(of: database) == lines)
    #expect(try database.check().isSound)
    try database.close()
  }

  @Test func aReaderKeepsItsSnapshot() throws {
    let files = SimulatedFileSystem()
    let database = try Self.emptied(files)
    let lines = try Wreck.lines(of: database)
    try database.read { before in
      let report = try database.compact()
      try database.write { tx in
        for number in 301...400 { try tx.delete(from: "patients", key: [.int(Int64(number))]) }
      }
      #expect(report.after <= report.before)
      #expect(try before.count("patients") == lines["patients"]?.count)
      var bytes: [UInt8] = []
      try before.export("notes", ExportOptions(format: .ndjson)) { bytes.append(contentsOf: $0) }
      let found = bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
      #expect(Set(found) == lines["notes"])
    }
    #expect(try database.check().isSound)
    try database.close()
  }

  @Test func aPowerCutAnywhereLeavesTheFileWhole() throws {
    let files = SimulatedFileSystem()
    let database = try Self.emptied(files)
    let lines = try Wreck.lines(of: database)
    let start = files.operationCount
    try database.compact()
    let end = files.operationCount
    #expect(end - start > 20)
    for operation in start...end {
      for keeping: Survival in [.nothing, .everything] {
        let disk = files.crash(after: operation, keeping: keeping)
        let reopened = try Database.open(path: Wreck.path, options: Wreck.options(disk))
        #expect(try reopened.check().isSound, "operation \(operation), \(keeping)")
        #expect(try Wreck.lines(of: reopened) == lines, "operation \(operation), \(keeping)")
        try reopened.close()
      }
    }
    try database.close()
  }

  @Test func aPackedCopyIsADatabaseOfItsOwn() throws {
    let files = SimulatedFileSystem()
    let database = try Self.emptied(files)
    let lines = try Wreck.lines(of: database)
    try database.close()
    let before = files.contents(of: Wreck.path)
    let report = try Database.compact(
      path: Wreck.path, into: "copy.carefs", options: Wreck.options(files))
    #expect(report.after < report.before)
    #expect(files.contents(of: Wreck.path) == before)
    let copy = try Database.open(path: "copy.carefs", options: Wreck.options(files))
    #expect(try Wreck.lines(of: copy) == lines)
    #expect(try copy.check().isSound)
    try copy.close()
    let error = #expect(throws: DatabaseError.self) {
      try Database.compact(path: Wreck.path, into: "copy.carefs", options: Wreck.options(files))
    }
    #expect(error?.code == .exists)
  }
}
