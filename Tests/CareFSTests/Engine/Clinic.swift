import CareFS

/// A small clinic on which the engine's tests work.
enum Clinic {
  static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("full_name", .text),
        ColumnSchema("email", .text),
        ColumnSchema("gender", .text, null: true, oneOf: ["Male", "Female", "Other"]),
        ColumnSchema("status", .int, default: 0, min: 0, max: 2),
        ColumnSchema("score", .double, null: true, min: 0, max: 10),
        ColumnSchema("born", .date, null: true),
        ColumnSchema("created_at", .timestamp, default: .now),
      ], unique: [["email"]], indexes: [["full_name"], ["status", "-born"]],
      checks: [CheckSchema("named", "length(full_name) > 0")]),
    TableSchema(
      "doctors",
      columns: [ColumnSchema("id", .int), ColumnSchema("license", .text)], unique: [["license"]]),
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("patient_id", .int),
        ColumnSchema("doctor_id", .int, null: true), ColumnSchema("day", .date),
        ColumnSchema("parent_id", .int, null: true),
      ], unique: [["patient_id", "day"]], indexes: [["day"]],
      foreignKeys: [
        .init("patient_id", references: "patients", onDelete: .cascade),
        .init("doctor_id", references: "doctors", onDelete: .setNull),
        .init("parent_id", references: "visits", onDelete: .cascade),
      ]),
    TableSchema(
      "bills",
      columns: [ColumnSchema("id", .int), ColumnSchema("doctor_id", .int)],
      foreignKeys: [.init("doctor_id", references: "doctors")]),
  ])

  static func database() throws -> Database { try Database.inMemory(schema: schema) }

  static func patient(_ number: Int) -> [String: Value] {
    [
      "full_name": .text("Name \(number % 7)"), "email": .text("p\(number)@x.example"),
      "status": .int(Int64(number % 3)),
      "born": .date(CalendarDate(days: Int32(number * 37 % 20_000)) ?? .min),
    ]
  }

  static func visit(
    _ id: Int, patient: Int, day: Int, doctor: Int? = nil, parent: Int? = nil
  ) -> [String: Value] {
    [
      "id": .int(Int64(id)), "patient_id": .int(Int64(patient)),
      "day": .date(CalendarDate(days: Int32(day)) ?? .min),
      "doctor_id": doctor.map { .int(Int64($0)) } ?? .null,
      "parent_id": parent.map { .int(Int64($0)) } ?? .null,
    ]
  }
}
