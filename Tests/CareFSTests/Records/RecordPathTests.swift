import CareFS
import Testing

private struct Note: Record {
  var id: Int64
  var body: JSON?

  static let schema = Schema<Note>("notes", .key(\.id, "id"), .column(\.body, "body"))

  init(id: Int64, body: JSON?) {
    self.id = id
    self.body = body
  }

  init(row: RecordRow) throws {
    id = try row.get(0)
    body = try row.get(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, body)
  }
}

private struct Pair: Record {
  var id: Int64
  var first: JSON
  var second: JSON
  var both: [JSON] { [first, second] }

  static let schema = Schema<Pair>(
    "pairs", .column(\.first, "first"), .key(\.id, "id"), .column(\.second, "second"))

  init(id: Int64, first: JSON, second: JSON) {
    self.id = id
    self.first = first
    self.second = second
  }

  init(row: RecordRow) throws {
    first = try row.get(0)
    id = try row.get(1)
    second = try row.get(2)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, first)
    try row.set(1, id)
    try row.set(2, second)
  }
}

/// Values at paths in documents of rows, read without the rest.
@Suite struct RecordPathTests {
  private func database(_ text: String?) throws -> Database {
    let database = try Database.inMemory(schema: [Note.self])
    try database.write { transaction in
      try transaction.insert(Note(id: 1, body: text.map { try JSON(validating: $0) }))
    }
    return database
  }

  private func value(_ path: String, _ database: Database, key: Int64 = 1) throws -> String? {
    try database.read { transaction in
      try transaction.json(Note.self, key, \.body, at: JSONPath.parse(path))?.text
    }
  }

  @Test func shortDocuments() throws {
    let database = try database(#"{"a": {"b": [1, "two"]}, "c": null}"#)
    #expect(try value("a.b[1]", database) == #""two""#)
    #expect(try value("a.b[*]", database) == "1")
    #expect(try value("c", database) == "null")
    #expect(try value("d", database) == nil)
    #expect(try value("a", database, key: 2) == nil)
  }

  @Test(arguments: ["first", "middle.deep", "last"])
  func longDocuments(_ path: String) throws {
    let filler = (0..<4_000).map { "\($0 &* 7919 % 10_007)" }.joined(separator: ",")
    let text =
      #"{"first": "1", "x": [\#(filler)], "middle": {"deep": "2"}, "y": [\#(filler)], "last": "3"}"#
    let database = try database(text)
    let document = try JSON(validating: text)
    #expect(try value(path, database) == document[try JSONPath.parse(path)]?.text)
  }

  /// Several documents of a row, asked in turns and in one transaction after the other.
  @Test func twoColumns() throws {
    let database = try Database.inMemory(schema: [Pair.self])
    try database.write { transaction in
      try transaction.insert(
        Pair(
          id: 1, first: try JSON(validating: #"{"a": 1}"#),
          second: try JSON(validating: #"{"a": 2}"#)))
    }
    let path = try JSONPath.parse("a")
    for _ in 0..<2 {
      let found = try database.read { transaction in
        try [\Pair.first, \Pair.second, \Pair.second, \Pair.first].map {
          try transaction.json(Pair.self, 1, $0, at: path)?.text
        }
      }
      #expect(found == ["1", "2", "2", "1"])
    }
  }

  @Test func aPropertyThatIsNoColumn() throws {
    let database = try Database.inMemory(schema: [Pair.self])
    let error = #expect(throws: DatabaseError.self) {
      try database.read { try $0.json(Pair.self, 1, \.both, at: JSONPath.parse("a")) }
    }
    #expect(error?.code == .notFound)
  }

  @Test func noDocument() throws {
    #expect(try value("a", try database(nil)) == nil)
  }

  @Test func aColumnThatIsNoDocument() throws {
    let database = try database("{}")
    #expect(throws: DatabaseError.self) {
      try database.read { try $0.json(Note.self, 1, \.id, at: JSONPath.parse("a")) }
    }
  }
}
