import CareFS
import CareFSTestSupport
import Testing

@Suite struct FullDiskTests {
  @Test func `a full disk is told with numbers and with what to do`() throws {
    let files = SimulatedFileSystem()
    var options = DatabaseOptions()
    options.fileSystem = files
    let table = TableSchema(
      "t", columns: [ColumnSchema("id", .int), ColumnSchema("text", .text)], primaryKey: ["id"])
    let database = try Database.create(
      path: "d.carefs", schema: DatabaseSchema([table]), options: options)
    func insert(_ id: Int64) throws {
      let text = String(repeating: "x", count: 50_000)
      try database.write { tx in
        _ = try tx.insert(into: "t", ["id": .int(id), "text": .text(text)])
      }
    }
    try insert(0)
    files.setCapacity(files.usedBytes + 100_000)
    var kept: Int64 = 1
    let error = #expect(throws: DatabaseError.self) {
      while kept < 100 {
        try insert(kept)
        kept += 1
      }
    }
    #expect(error?.code == .diskFull)
    let message = error?.message ?? ""
    #expect(message.contains("its log") && message.contains("make room for"), "\(message)")
    #expect(message.split(separator: " ").filter { Int($0) != nil }.count >= 2, "\(message)")
    #expect(!message.contains("\n"))
    // With room again the file opens, and holds what was acknowledged.
    files.setCapacity(nil)
    try? database.close()
    let again = try Database.open(path: "d.carefs", options: options)
    #expect(try again.read { try $0.count("t") } == Int(kept))
    #expect(try again.check().isSound)
  }

  @Test func `a closed file without room for a log says how much it needs`() throws {
    let files = SimulatedFileSystem()
    var options = DatabaseOptions()
    options.fileSystem = files
    let table = TableSchema(
      "t", columns: [ColumnSchema("id", .int), ColumnSchema("text", .text)], primaryKey: ["id"])
    func insert(_ id: Int64, _ database: Database) throws {
      let text = String(repeating: "x", count: 5_000)
      try database.write { tx in
        _ = try tx.insert(into: "t", ["id": .int(id), "text": .text(text)])
      }
    }
    let first = try Database.create(
      path: "d.carefs", schema: DatabaseSchema([table]), options: options)
    for id in 0..<20 { try insert(Int64(id), first) }
    try first.close()
    files.setCapacity(files.usedBytes + 300_000)
    let database = try Database.open(path: "d.carefs", options: options)
    var needed = 0
    for _ in 0..<2 {
      let error = #expect(throws: DatabaseError.self) { try insert(20, database) }
      #expect(error?.code == .diskFull)
      let words = (error?.message ?? "").split(separator: " ")
      let at = words.indices.first { $0 > 1 && words[$0] == "bytes" && words[$0 - 2] == "for" }
      needed = at.flatMap { Int(words[$0 - 1]) } ?? 0
      #expect(needed > 300_000, "\(words)")
      #expect(files.paths == ["d.carefs"])
      #expect(try database.read { try $0.count("t") } == 20)
    }
    // What the message names is enough.
    files.setCapacity(files.usedBytes + needed)
    for id in 20..<25 { try insert(Int64(id), database) }
    try database.close()
    let again = try Database.open(path: "d.carefs", options: options)
    #expect(try again.read { try $0.count("t") } == 25)
    #expect(try again.check().isSound)
    try again.close()
  }
}
