import CareFS
import CareFSTestSupport

/// A small schema that several workloads share, and a transaction that always works on it.
struct Family: Sendable {
  let name: String
  let schema: DatabaseSchema
  /// The same with more tables, columns and indexes; opening a file with it adds them.
  var wider: DatabaseSchema?
  /// One more transaction after recovery, with a number that none had before.
  let goOn: @Sendable (MirroredTransaction, Int) throws -> Void

  var model: ModelDatabase { ModelDatabase(schema) }

  static let all = [plain, clinic, tree, diamond, circle, kinds]

  static func text(_ number: Int, _ length: Int = 12) -> Value {
    .text(String(repeating: "abcdefgh-\(number) ", count: length / 10 + 1))
  }

  static func int(_ number: Int) -> Value { .int(Int64(number)) }

  /// The least key of rows that are numbered.
  static func first(_ rows: [[Value]: [Value]]) -> [Value]? {
    let numbers = rows.keys.compactMap { key in
      if case .int(let number)? = key.first { number } else { nil }
    }
    return numbers.min().map { [.int($0)] }
  }

  // MARK: plain

  /// One table without any index.
  static let plain = Family(
    name: "plain",
    schema: DatabaseSchema([
      TableSchema(
        "items",
        columns: [ColumnSchema("id", .int), ColumnSchema("text", .text, null: true)])
    ]),
    wider: DatabaseSchema([
      TableSchema(
        "items",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("text", .text, null: true),
          ColumnSchema("rank", .int, default: 7), ColumnSchema("note", .json, null: true),
        ],
        indexes: [["text"], ["rank", "-id"]]),
      TableSchema(
        "parts",
        columns: [ColumnSchema("id", .int), ColumnSchema("item", .int)],
        foreignKeys: [ForeignKeySchema("item", references: "items", onDelete: .cascade)]),
    ]),
    goOn: { tx, number in
      let rows = try tx.model.table("items").rows
      if let key = first(rows) { try tx.update("items", key: key, ["text": .text("after")]) }
      try tx.insert(into: "items", ["id": int(9_000 + number), "text": text(9)])
    })

  static func item(_ number: Int, _ length: Int = 12) -> [String: Value] {
    ["id": int(number), "text": text(number, length)]
  }

  // MARK: clinic

  /// Patients with a unique number, documents and automatic keys, and their visits.
  static let clinic = Family(
    name: "clinic", schema: DatabaseSchema(clinicTables(isWide: false)),
    wider: DatabaseSchema(clinicTables(isWide: true)),
    goOn: { tx, number in
      let key = try tx.insert(
        into: "patients", ["mrn": .text("after-\(number)"), "age": int(33), "notes": note(3)])
      try tx.insert(into: "visits", ["patient_id": key[0], "day": int(5)])
      if let other = first(try tx.model.table("patients").rows), other != key {
        try tx.delete(from: "patients", key: other)
      }
    })

  private static func clinicTables(isWide: Bool) -> [TableSchema] {
    var patients = TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("mrn", .text),
        ColumnSchema("age", .int, null: true, min: 0, max: 150),
        ColumnSchema("notes", .json, null: true), ColumnSchema("photo", .bytes, null: true),
      ],
      unique: [["mrn"]],
      indexes: [["age", "-id"], IndexSchema(["notes"], path: "meta.kind")])
    var visits = TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("patient_id", .int),
        ColumnSchema("day", .int),
        ColumnSchema("status", .text, default: "open", oneOf: ["open", "done"]),
      ],
      indexes: [["patient_id", "-day"]],
      foreignKeys: [ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)])
    if isWide {
      patients.columns.append(ColumnSchema("ward", .text, default: "north"))
      patients.indexes += [["ward"], IndexSchema(["notes"], path: "tags[*]")]
      visits.indexes.append(IndexSchema(["day"], where: "status = \"open\""))
    }
    return [patients, visits]
  }

  static func patient(_ number: Int, notes: Value = .null) -> [String: Value] {
    ["mrn": .text("A\(number)"), "age": int(number % 90), "notes": notes]
  }

  /// A JSON document of about `bytes` bytes that does not compress away.
  static func note(_ number: Int, _ bytes: Int = 60) -> Value {
    var random = SeededRandom(UInt64(number) &* 31 &+ UInt64(bytes))
    var text = #"{"meta":{"kind":"k\#(number % 3)"},"tags":[\#(number),"t"],"text":""#
    while text.utf8.count < bytes { text += String(random.next(), radix: 36) }
    guard let json = try? JSON(validating: text + "\"}") else { return .null }
    return .json(json)
  }

  static func photo(_ number: Int, _ bytes: Int) -> Value {
    var random = SeededRandom(UInt64(number) &+ 500)
    return .bytes((0..<bytes).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }
}
