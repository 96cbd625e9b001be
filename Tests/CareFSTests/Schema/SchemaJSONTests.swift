import CareFS
import Testing

/// The JSON form of schemas: what it reads, refuses and prints.
struct SchemaJSONTests {
  static let appointments = """
    { "tables": [ {
        "name": "appointments",
        "columns": [
          {"name": "id", "type": "int", "autoincrement": true},
          {"name": "patient_id", "type": "int"},
          {"name": "date", "type": "date"},
          {"name": "status", "type": "text", "oneOf": ["Scheduled", "Confirmed"],
           "default": "Scheduled"},
          {"name": "score", "type": "double", "null": true, "min": 0, "max": 10.50},
          {"name": "notes", "type": "json", "null": true, "default": {"a": [1, "\\u00e9"]}},
          {"name": "created_at", "type": "timestamp", "default": {"now": true}} ],
        "primaryKey": ["id"],
        "unique": [ {"columns": ["patient_id", "-date"]} ],
        "indexes": [ {"columns": ["date"]}, {"columns": ["notes"], "path": "meta.specialty"},
          {"columns": ["date"], "where": "status = \\"Scheduled\\""} ],
        "foreignKeys": [
          {"columns": ["patient_id"], "references": "patients", "onDelete": "cascade"} ],
        "checks": [ {"name": "short_notes", "expression": "length(status) < 20"} ] },
      { "name": "patients", "columns": [ {"name": "id", "type": "int"} ],
        "primaryKey": ["id"] } ] }
    """

  @Test func readsPrintsAndReadsAgain() throws {
    let schema = try DatabaseSchema(parsing: Self.appointments)
    try schema.validate()
    #expect(schema.tables.map(\.name) == ["appointments", "patients"])
    let table = try #require(schema.table("appointments"))
    #expect(table.columns[0].autoincrement)
    #expect(table.columns[3].defaultValue == "Scheduled")
    #expect(table.columns[4].max == .number("10.50"))
    #expect(table.columns[6].defaultValue == .now)
    #expect(table.unique[0].columns == ["patient_id", "-date"])
    #expect(table.unique[0].columns[1].descending)
    #expect(table.foreignKeys[0].onDelete == .cascade)
    let again = try DatabaseSchema(parsing: schema.json)
    #expect(again == schema)
    #expect(again.json == schema.json)
  }

  @Test func swiftAndJSONGiveTheSameSchema() throws {
    let swift = DatabaseSchema([
      TableSchema(
        "cases",
        columns: [
          ColumnSchema("id", .uuid, default: .uuid),
          ColumnSchema("level", .int, default: 1, min: 0, max: 3),
          ColumnSchema("kind", .text, null: true, oneOf: ["a", "b"], collation: .nocase),
          ColumnSchema("at", .timestamp, automatic: .updatedAt),
        ], indexes: [["kind", "-level"], IndexSchema(["level"], where: "level > 1")])
    ])
    try swift.validate()
    #expect(try DatabaseSchema(parsing: swift.json) == swift)
  }

  @Test(arguments: [
    ("[]", "object"), ("{}", "tables"), ("{\"tables\": 3}", "array"),
    ("{\"tables\": [], \"x\": 1}", "\"x\""), ("{\"tables\": [{}]}", "\"name\" is missing"),
    ("{\"tables\": []} x", "line 1"), ("{\"tables\": [], \"tables\": []}", "twice"),
    (column("\"type\": \"integer\""), "integer"),
    (column("\"type\": \"int\", \"nul\": true"), "nul"),
    (column("\"type\": \"int\", \"null\": 1"), "null"),
    (column("\"type\": \"text\", \"collation\": \"C\""), "collation"),
    (column("\"type\": \"date\", \"default\": {\"later\": true}"), "later"),
  ])
  func refusesMalformedSchemas(json: String, word: String) {
    let error = #expect(throws: DatabaseError.self) { try DatabaseSchema(parsing: json) }
    #expect(error?.code == .schemaMismatch)
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\n") == false)
  }

  static func column(_ members: String) -> String {
    "{\"tables\": [{\"name\": \"t\", \"columns\": [{\"name\": \"id\", \(members)}], "
      + "\"primaryKey\": [\"id\"]}]}"
  }

  @Test func nestingIsLimited() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: DatabaseError.self) { try DatabaseSchema(parsing: deep) }
  }
}
