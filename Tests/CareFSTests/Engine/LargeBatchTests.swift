import CareFS
import Testing

/// A batch that is too large to be applied at once is one statement all the same.
@Suite struct LargeBatchTests {
  @Test func whatWasAppliedBeforeARefusalIsTakenBack() throws {
    let database = try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema("scans", columns: [ColumnSchema("id", .int), ColumnSchema("image", .bytes)])
      ]))
    let image = Value.bytes([UInt8](repeating: 7, count: 8 << 20))
    try database.write { try $0.insert(into: "scans", ["id": .int(12), "image": .bytes([1])]) }
    try database.write { tx in
      let rows: [[String: Value]] = (1...12).map { id in
        ["id": .int(Int64(id)), "image": id < 11 ? image : .bytes([2])]
      }
      let error = #expect(throws: DatabaseError.self) {
        try tx.insert(contentsOf: rows, into: "scans")
      }
      #expect(error?.code == .uniqueViolation)
      #expect(error?.element == 11)
      #expect(try tx.count("scans") == 1)
      try tx.insert(contentsOf: [rows[10]], into: "scans")
    }
    #expect(try database.read { try $0.count("scans") } == 2)
    #expect(try database.check().isSound)
  }
}
