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
}
