import CareFS
import Foundation
import Testing

/// Error messages, findings and notes tell where something is wrong, never what the records say.
@Suite(.timeLimit(.minutes(5))) struct SilenceTests {
  private static let marker = "Zq7Marker9x"
  private static let number: Int64 = 730_193_550_214
  private static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("name", .text), ColumnSchema("email", .text),
        ColumnSchema("kind", .text, null: true, oneOf: ["a", "b"]),
        ColumnSchema("status", .int, default: 0, min: 0, max: 2),
        ColumnSchema("day", .date, null: true), ColumnSchema("at", .timestamp, null: true),
        ColumnSchema("sum", .decimal, null: true), ColumnSchema("token", .uuid, null: true),
        ColumnSchema("raw", .bytes, null: true), ColumnSchema("open", .bool, null: true),
        ColumnSchema("ratio", .double, null: true), ColumnSchema("note", .json, null: true),
      ],
      unique: [["email"]], indexes: [["name"]],
      checks: [CheckSchema("short", "length(name) < 40")]),
    TableSchema(
      "visits", columns: [ColumnSchema("id", .int), ColumnSchema("email", .text)],
      foreignKeys: [.init(["email"], references: "patients", referencedColumns: ["email"])]),
  ])

  private func expectSilent(_ text: String, _ what: String) {
    #expect(!text.contains(Self.marker), "\(what) shows a record: \(text)")
    #expect(!text.contains("\(Self.number)"), "\(what) shows a number: \(text)")
  }

  private func row(_ id: Int64) -> [String: Value] {
    ["id": .int(id), "name": .text(Self.marker), "email": .text("\(id)\(Self.marker)")]
  }

  @Test func constraintErrors() throws {
    let db = try Database.inMemory(schema: Self.schema)
    try db.write { tx in
      try tx.insert(into: "patients", row(1))
      try tx.insert(into: "visits", ["id": .int(1), "email": .text("1\(Self.marker)")])
    }
    let long = String(repeating: Self.marker, count: 8)
    let changes: [(String, [String: Value])] = [
      ("patients", row(1)),
      ("patients", ["id": .int(2), "name": .text("x"), "email": .text("1\(Self.marker)")]),
      ("patients", row(2).merging(["kind": .text(Self.marker)]) { $1 }),
      ("patients", row(2).merging(["status": .int(Self.number)]) { $1 }),
      ("patients", row(2).merging(["status": .text(Self.marker)]) { $1 }),
      ("patients", row(2).merging(["name": .text(long)]) { $1 }),
      ("patients", row(2).merging(["email": .null]) { $1 }),
      ("patients", row(2).merging(["email": .text(String(repeating: long, count: 300))]) { $1 }),
      ("visits", ["id": .int(9), "email": .text(Self.marker)]),
      ("visits", ["id": .int(9), "email": .int(Self.number)]),
    ]
    var messages: [String] = []
    func note(_ body: (WriteTransaction) throws -> Void) {
      do { try db.write { try body($0) } } catch {
        messages.append("\(error) \(String(reflecting: error))")
      }
    }
    for (table, values) in changes {
      note { try $0.insert(into: table, values) }
      note { try $0.insert(contentsOf: [values], into: table) }
      if table == "patients" {
        note { try $0.upsert(into: table, values.merging(["id": .int(3)]) { $1 }) }
      }
    }
    note { try $0.delete(from: "patients", key: [.int(1)]) }
    note { try $0.update("patients", key: [.int(1)], ["email": .text("other")]) }
    note { try $0.update("patients", key: [.int(1)], ["status": .int(Self.number)]) }
    #expect(messages.count >= 20)
    for message in messages { expectSilent(message, "an error") }
  }

  /// Every type and every format, with values that do not fit.
  @Test func importErrors() throws {
    let bench = try Bench()
    try Database.create(path: bench.path, schema: Self.schema).close()
    let marker = Self.marker
    var sources: [(String, String)] = []
    for column in [
      "id", "status", "day", "at", "sum", "token", "raw", "open", "ratio", "note", "kind",
    ] {
      let isID = column == "id"
      sources.append(
        (
          "csv",
          isID ? "id,name,email\n\(marker)!,n,e\n" : "id,name,email,\(column)\n1,n,e,\(marker)!\n"
        ))
      for value in [
        "\"\(marker)!\"", "{\"a\":\"\(marker)\"", "\(Self.number)\(Self.number)", marker,
      ] {
        sources.append(
          (
            "ndjson",
            isID
              ? "{\"id\":\(value),\"name\":\"n\",\"email\":\"e\"}\n"
              : "{\"id\":1,\"name\":\"n\",\"email\":\"e\",\"\(column)\":\(value)}\n"
          ))
        sources.append(
          (
            "json",
            isID
              ? "[{\"id\":\(value),\"name\":\"n\",\"email\":\"e\"}]"
              : "[{\"id\":1,\"name\":\"n\",\"email\":\"e\",\"\(column)\":\(value)}]"
          ))
      }
    }
    sources += [
      ("csv", "id,name,email\n1,\"\(marker)\n"), ("csv", "id,name,email\n1,\"\(marker)\"x,e\n"),
      ("csv", "id,name,email\n1,\(marker)\n"), ("csv", "id,name,email\n1,\(marker),e,\(marker)\n"),
      ("csv", "id,name,email\n1,\(marker),e\n1,\(marker),f\n"),
      ("csv", "id,name,email\n1,\(marker),\(marker)\n2,\(marker),\(marker)\n"),
      ("ndjson", "{\"id\":1,\"name\":\"\(marker)\"\n"), ("ndjson", "\"\(marker)\"\n"),
      ("ndjson", "{\"id\":1,\"name\":\"\(marker)\",\"email\":null}\n"),
      ("json", "[\"\(marker)\"]"), ("json", "{\"\(marker)\""),
    ]
    var refused = 0
    for (format, text) in sources {
      let run = try Program.run(
        Program.carefs,
        ["import", bench.path, "patients", "-", "--format", format, "--quiet"], input: text)
      if run.status != 0 { refused += 1 }
      expectSilent(run.output, "import of \(format)")
    }
    #expect(refused > sources.count * 3 / 4)
    let visits = try Program.run(
      Program.carefs, ["import", bench.path, "visits", "-", "--format", "csv"],
      input: "id,email\n1,\(marker)\n")
    #expect(visits.status == 1)
    expectSilent(visits.output, "a reference")
    for arguments in [
      ["insert", bench.path, "patients", "{\"id\":\"\(marker)\"}"],
      [
        "insert", bench.path, "patients",
        "{\"id\":1,\"name\":\"\(marker)\",\"email\":\"\(marker)\"}",
      ],
      [
        "insert", bench.path, "patients",
        "{\"id\":2,\"name\":\"\(marker)\",\"email\":\"\(marker)\"}",
      ],
      ["update", bench.path, "patients", "1", "{\"status\":\(Self.number)}"],
      ["upsert", bench.path, "patients", "{\"id\":1,\"kind\":\"\(marker)\"}"],
    ] {
      let run = try Program.run(Program.carefs, arguments)
      if run.status != 0 { expectSilent(run.output, arguments[0]) }
    }
  }

  /// Damage at any place: what is said of it, by the engine and by the command line.
  @Test func damagedFiles() throws {
    let bench = try Bench()
    let db = try Database.create(path: bench.path, schema: Self.schema, options: Bench.options())
    try db.write { tx in
      for id in 1...300 as ClosedRange<Int64> {
        var values = row(id)
        values["note"] = .json(try JSON(validating: "{\"a\":\"\(Self.marker)\",\"n\":\(id)}"))
        try tx.insert(into: "patients", values)
        try tx.insert(into: "visits", ["id": .int(id), "email": values["email"] ?? .null])
      }
    }
    let log = try #require(bench.bytes(bench.path + "-wal"))
    try db.close()
    let whole = try #require(bench.bytes(bench.path))
    var outputs = 0
    let damaged = try Bench()
    func look(_ pages: [UInt8], _ log: [UInt8]?, _ what: String) throws {
      try Data(pages).write(to: URL(fileURLWithPath: damaged.path))
      if let log { try Data(log).write(to: URL(fileURLWithPath: damaged.path + "-wal")) }
      var text = ""
      do {
        let opened = try damaged.open(readOnly: true)
        defer { try? opened.close() }
        for table in ["patients", "visits"] {
          do { _ = try opened.read { try $0.rows(table) } } catch { text += "\(error)\n" }
        }
        let report = try opened.check()
        for finding in report.findings { text += "\(finding.message)\n" }
        text += report.notes.joined(separator: "\n")
      } catch { text += "\(error)\n\(String(reflecting: error))\n" }
      if !text.isEmpty { outputs += 1 }
      expectSilent(text, what)
    }
    for place in stride(from: 100, to: whole.count, by: whole.count / 150) {
      var pages = whole
      pages[place] ^= 0x20
      try look(pages, nil, "a flip at \(place)")
    }
    for place in stride(from: 100, to: min(log.count, 1 << 17), by: 2_111) {
      var bytes = log
      bytes[place] ^= 0x20
      try look(whole, bytes, "a flip in the log at \(place)")
    }
    #expect(outputs > 100)
    var pages = whole
    for page in 3..<whole.count / 4096 { pages[page * 4096 + 2_000] ^= 1 }
    try? FileManager.default.removeItem(atPath: damaged.path + "-wal")
    try Data(pages).write(to: URL(fileURLWithPath: damaged.path))
    for arguments in [["check"], ["check", "--json"], ["stats"], ["compact"]] {
      let run = try Program.run(
        Program.carefs, [arguments[0], damaged.path] + arguments.dropFirst())
      expectSilent(run.output, arguments[0])
    }
  }
}
