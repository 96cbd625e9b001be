import CareFS

/// Small schemas that together use what files can hold.
enum SeedSchemas {
  static let all = [plain, clinic, kinds, tree]

  private static let plain = DatabaseSchema([
    TableSchema(
      "items", columns: [ColumnSchema("id", .int), ColumnSchema("text", .text, null: true)])
  ])

  private static let clinic = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("mrn", .text),
        ColumnSchema("age", .int, null: true, min: 0, max: 150),
        ColumnSchema("notes", .json, null: true), ColumnSchema("photo", .bytes, null: true),
      ],
      unique: [["mrn"]],
      indexes: [["age", "-id"], IndexSchema(["notes"], path: "tags[*]")]),
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("patient_id", .int),
        ColumnSchema("day", .date, null: true),
      ],
      indexes: [IndexSchema(["day"], where: "patient_id > 2")],
      foreignKeys: [ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)]),
  ])

  /// A column of each type, and keys that go both ways.
  static let kinds = DatabaseSchema([
    TableSchema(
      "kinds",
      columns: [
        ColumnSchema("name", .text, collation: .nocase), ColumnSchema("number", .int),
        ColumnSchema("amount", .decimal, null: true), ColumnSchema("ratio", .double, null: true),
        ColumnSchema("flag", .bool, null: true), ColumnSchema("day", .date, null: true),
        ColumnSchema("clock", .time, null: true), ColumnSchema("moment", .timestamp, null: true),
        ColumnSchema("code", .uuid, null: true), ColumnSchema("any", .any, null: true),
        ColumnSchema("document", .json, null: true), ColumnSchema("bytes", .bytes, null: true),
      ],
      primaryKey: ["name", "number"], unique: [["amount", "number"]],
      indexes: [["-moment", "flag"], ["code"]],
      checks: [CheckSchema("small", "number < 100000")])
  ])

  private static let tree = DatabaseSchema([
    TableSchema(
      "nodes",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("parent", .int, null: true),
        ColumnSchema("label", .text, default: "leaf"),
      ],
      foreignKeys: [ForeignKeySchema("parent", references: "nodes", onDelete: .setNull)])
  ])
}
