import CareFS
import Testing

/// References to unique columns, over several columns, and by indexes made for them.
struct ReferenceTests {
  private func database() throws -> Database {
    try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "wards",
          columns: [
            ColumnSchema("id", .int), ColumnSchema("code", .text, null: true),
            ColumnSchema("site", .int), ColumnSchema("floor", .int),
          ], unique: [["code"], ["site", "-floor"]]),
        TableSchema(
          "beds",
          columns: [
            ColumnSchema("id", .int), ColumnSchema("ward", .text, null: true),
            ColumnSchema("at_floor", .int, null: true), ColumnSchema("at_site", .int, null: true),
          ],
          foreignKeys: [
            .init(["ward"], references: "wards", referencedColumns: ["code"], onDelete: .setNull),
            .init(
              ["at_floor", "at_site"], references: "wards", referencedColumns: ["floor", "site"],
              onDelete: .cascade),
          ]),
      ]))
  }

  @Test func uniqueColumnsServeAsParents() throws {
    let db = try database()
    try db.write { tx in
      for id in 1...3 {
        try tx.insert(
          into: "wards",
          [
            "id": .int(Int64(id)), "code": .text("W\(id)"), "site": .int(1),
            "floor": .int(Int64(id)),
          ])
      }
      try tx.insert(into: "beds", ["id": .int(1), "ward": .text("W1")])
      try tx.insert(into: "beds", ["id": .int(2), "at_floor": .int(2), "at_site": .int(1)])
      try tx.insert(into: "beds", ["id": .int(3), "at_floor": .int(9)])
      for (values, column) in [
        (["id": .int(4), "ward": .text("W9")], "ward"),
        (["id": .int(4), "at_floor": .int(1), "at_site": .int(2)], "at_floor"),
      ] as [([String: Value], String)] {
        let error = #expect(throws: DatabaseError.self) { try tx.insert(into: "beds", values) }
        #expect(error?.code == .foreignKeyViolation)
        #expect(error?.message.contains(column) == true)
      }
      // The value referred to may not change while someone refers to it.
      #expect(throws: DatabaseError.self) {
        try tx.update("wards", key: [.int(1)], ["code": .text("X")])
      }
      #expect(throws: DatabaseError.self) {
        try tx.update("wards", key: [.int(1)], ["code": .null])
      }
      try tx.update("wards", key: [.int(3)], ["code": .text("X")])
      try tx.update("beds", key: [.int(1)], ["ward": .text("X")])
      try tx.update("wards", key: [.int(1)], ["code": .text("Y")])
      #expect(try tx.delete(from: "wards", key: [.int(3)])["beds"] == 0)
      #expect(try tx.get("beds", key: [.int(1)])?["ward"] == .null)
      #expect(try tx.delete(from: "wards", key: [.int(2)])["beds"] == 1)
      #expect(try tx.count("beds") == 2)
    }
    #expect(try db.check().findings.map(\.message) == [])
  }

  @Test func batchesMayReferToLaterRows() throws {
    let db = try Clinic.database()
    try db.write { tx in
      try tx.insert(into: "patients", Clinic.patient(1))
      let rows = [3, 2, 1].map {
        Clinic.visit($0, patient: 1, day: $0, parent: $0 < 3 ? $0 + 1 : nil)
      }
      #expect(try tx.insert(contentsOf: rows.reversed(), into: "visits") == 3)
      let error = #expect(throws: DatabaseError.self) {
        try tx.insert(
          contentsOf: [
            Clinic.visit(4, patient: 1, day: 4, parent: 5),
            Clinic.visit(5, patient: 2, day: 5, parent: 4),
          ], into: "visits")
      }
      #expect(error?.element == 1)
      #expect(try tx.count("visits") == 3)
    }
    #expect(try db.check().findings.map(\.message) == [])
  }
}
