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

  /// JSON that is none, and schemas that are none.
  @Test(arguments: [
    "", " ", "{", "{\"tables\"", "{\"tables\":", "{\"tables\" 1}", "{\"tables\": [1}",
    "{\"tables\": [] ,}", "{tables: []}", "{\"tables\": nul}", "{\"tables\": -}",
    "{\"tables\": 1.}", "{\"tables\": 1e}", "{\"tables\": \"\u{1}\"}", "{\"tables\": \"a",
    "{\"tables\": \"\\", "{\"tables\": \"\\q\"}", "{\"tables\": \"\\u12\"}",
    "{\"tables\": \"\\ud800\"}", "{\"tables\": \"\\ud800\\u0041\"}", "{\"tables\": \"\\udc00\"}",
    "{\"tables\": null}", "{\"tables\": true}", "{\"tables\": \"\"}", "{\"tables\": {}}",
    "{\"tables\": [null]}", "{\"tables\": [1, 2]}", "{\"tables\": [{\"name\": 1}]}",
    "{\"tables\": [{\"name\": \"t\"}]}", column("\"type\": \"text\", \"minLength\": -1"),
    column("\"type\": \"text\", \"minLength\": \"1\""),
    column("\"type\": \"text\", \"oneOf\": 1"), column("\"type\": \"text\", \"oneOf\": [null]"),
    column("\"type\": \"date\", \"default\": {\"now\": 1}"),
    column("\"type\": \"date\", \"default\": {\"now\": true, \"uuid\": true}"),
    column("\"type\": \"timestamp\", \"createdAt\": true, \"updatedAt\": true"),
    rest("\"unique\": [{}]"), rest("\"unique\": [{\"columns\": [1]}]"),
    rest("\"indexes\": [{}]"), rest("\"indexes\": [{\"columns\": \"id\"}]"),
    rest("\"foreignKeys\": [{}]"), rest("\"foreignKeys\": [{\"columns\": [1]}]"),
    rest("\"foreignKeys\": [{\"columns\": [\"id\"], \"references\": \"t\", \"onDelete\": \"x\"}]"),
    rest("\"checks\": [{}]"), rest("\"primaryKey\": 3"), rest("\"columns\": 3"),
  ])
  func refusesWhatIsNone(json: String) {
    let error = #expect(throws: DatabaseError.self) { try DatabaseSchema(parsing: json) }
    #expect(error?.code == .schemaMismatch)
    #expect(error?.message.contains("\n") == false)
  }

  /// A name with every escape, numbers of every form, a byte order mark.
  @Test func readsEveryFormOfJSON() throws {
    let text =
      "\u{FEFF}{\"tables\": [{\"name\": \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\", "
      + "\"columns\": [{\"name\": \"id\", \"type\": \"double\", \"max\": 1.5E+3, \"min\": -2e-1, "
      + "\"oneOf\": [1, 0.5], \"default\": 1, \"null\": false}], \"primaryKey\": [\"id\"]}]}"
    let schema = try DatabaseSchema(parsing: text)
    let name = "a\"\\/\u{8}\u{C}\n\r\té😀"
    #expect(schema.tables[0].name == name)
    #expect(schema.tables[0].columns[0].max == .number("1.5E+3"))
    #expect(schema.tables[0].columns[0].min == .number("-2e-1"))
    #expect(try DatabaseSchema(parsing: schema.json) == schema)
    // A control character may not be part of a name.
    #expect(throws: DatabaseError.self) { try schema.validate() }
  }

  static func rest(_ members: String) -> String {
    let columns = members.hasPrefix("\"columns") ? "" : "\"columns\": [], "
    let key = members.hasPrefix("\"primaryKey") ? "" : "\"primaryKey\": [\"id\"], "
    return "{\"tables\": [{\"name\": \"t\", \(columns)\(key)\(members)}]}"
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
