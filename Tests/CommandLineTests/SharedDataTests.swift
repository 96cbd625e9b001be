import Foundation
import Testing

@Suite("Real data") struct SharedDataTests {
  @Test("csv-spectrum: all cases read as their JSON says")
  func spectrum() throws {
    guard let folder = SharedData.path("suites/csv-spectrum") else { return }
    let shell = try Shell()
    let csvs = folder.appendingPathComponent("csvs")
    let names = try SharedData.files(in: csvs)
    #expect(names.count == 11)
    for file in names {
      let name = String(file.dropLast(4))
      let json = folder.appendingPathComponent("json/\(name).json")
      let rows = try JSONSerialization.jsonObject(with: try Data(contentsOf: json))
      // The checked-out CSV files have lost their CRLF, which their JSON still shows.
      let wanted = try #require(rows as? [[String: String]]).map { row in
        row.mapValues { $0.replacingOccurrences(of: "\r\n", with: "\n") }
      }
      let columns = try #require(wanted.first).keys.sorted()
      let text = columns.map { #"{"name":"\#($0)","type":"text","null":true}"# }
      let schema = """
        {"tables":[{"name":"t","columns":[{"name":"row","type":"int","autoincrement":true},
        \(text.joined(separator: ","))],"primaryKey":["row"]}]}
        """
      let db = shell.path("\(name).carefs")
      try shell.succeed("init", db, "--schema", try shell.file("\(name).schema.json", schema))
      try shell.succeed("import", db, "t", csvs.appendingPathComponent(file).path)
      let out = try shell.succeed("export", db, "t", "--format", "json")
      let plain = out.replacingOccurrences(of: "\\r\\n", with: "\\n")
      let found = try JSONSerialization.jsonObject(with: Data(plain.utf8)) as? [[String: Any]] ?? []
      // An empty unquoted field is null here and empty text there.
      let read = found.map { row in
        Dictionary(uniqueKeysWithValues: columns.map { ($0, row[$0] as? String ?? "") })
      }
      #expect(read == wanted, "\(name)")
      try shell.expectRoundTrip(db, tables: ["t"])
    }
  }

  @Test("FHIR resources: all load, a duplicate is refused, a path has an index")
  func fhir() throws {
    guard let source = SharedData.path("fhir/r4-examples.ndjson.gz") else { return }
    let shell = try Shell()
    let schema = """
      {"tables":[{"name":"resources","columns":[{"name":"type","type":"text"},
      {"name":"id","type":"text"},{"name":"doc","type":"json"}],"primaryKey":["type","id"],
      "indexes":[{"columns":["doc"],"path":"subject.reference"}]}]}
      """
    let db = shell.path("f.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    let run = try shell.run(
      "import", db, "resources", source.path, "--json-column", "doc", "--map",
      "type=resourceType,id=id", "--json")
    #expect(run.exit == 0, "\(run.err)")
    #expect(run.out.contains("\"inserted\":2701,"))
    let first = try shell.succeed("list", db, "resources", "--limit", "1", "--format", "ndjson")
    let again = try shell.run(
      "import", db, "resources", "-", "--format", "ndjson", "--rejects", shell.path("r"),
      input: first)
    #expect(again.exit == 1)
    #expect(try #require(try shell.read("r").first).contains("primary key"))
    let filter = #"doc.subject.reference = "Patient/example""#
    #expect(
      try shell.succeed("explain", db, "resources", "--where", filter)
        .contains("resources_doc.subject.reference"))
    let count = try shell.succeed("count", db, "resources", "--where", filter)
    let listed = try shell.succeed(
      "list", db, "resources", "--where", filter, "--format", "ndjson")
    #expect(Int(count.dropLast()) == listed.split(separator: "\n").count)
    try shell.succeed("check", db)

    // Each document is, byte for byte, what its line was.
    let lines = try DataSet.bytes(source).split(separator: UInt8(ascii: "\n"))
    var wanted = Set(lines.map { String(decoding: $0, as: UTF8.self) })
    #expect(wanted.count == 2701)
    let out = shell.folder.appendingPathComponent("out.ndjson")
    try shell.succeed("export", db, "resources", "--format", "ndjson", "-o", out.path)
    for line in try Data(contentsOf: out).split(separator: UInt8(ascii: "\n")) {
      let document = try #require(line.range(of: Data("\"doc\":".utf8)))
      wanted.remove(String(decoding: line[document.upperBound...].dropLast(), as: UTF8.self))
    }
    #expect(wanted.isEmpty)
    try shell.expectRoundTrip(
      db, tables: ["resources"], formats: Shell.isGiven ? ["csv", "json", "ndjson"] : ["csv"])
  }

  @Test("JSONTestSuite: all of y_ load and come back, all of n_ are refused")
  func jsonSuite() throws {
    guard let folder = SharedData.path("suites/JSONTestSuite/test_parsing") else { return }
    let shell = try Shell()
    let schema = """
      {"tables":[{"name":"docs","columns":[{"name":"id","type":"int","autoincrement":true},
      {"name":"doc","type":"json"}],"primaryKey":["id"]}]}
      """
    let db = shell.path("j.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    var counts: [Character: Int] = [:]
    var loaded = 0
    for file in try SharedData.files(in: folder) where file.hasSuffix(".json") {
      let run = try shell.run(
        "import", db, "docs", folder.appendingPathComponent(file).path, "--json-column", "doc")
      let kind = file.first ?? "i"
      counts[kind, default: 0] += 1
      #expect(run.exit == 0 || run.exit == 1, "\(file): \(run.err)")
      if kind == "y" { #expect(run.exit == 0, "\(file): \(run.err)") }
      if kind == "n" { #expect(run.exit == 1, "\(file) is accepted") }
      if run.exit == 0 { loaded += 1 }
    }
    #expect(counts["y"] == 95 && counts["n"] == 188)
    print("JSONTestSuite: \(loaded) of \(counts) loaded")
    try shell.expectRoundTrip(db, tables: ["docs"])
  }

  @Test("Chinook with its foreign keys")
  func chinook() throws {
    guard let source = SharedData.path("relational/ChinookData.json") else { return }
    var bytes = try Data(contentsOf: source)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    let all = try #require(
      try JSONSerialization.jsonObject(with: bytes) as? [String: [[String: Any]]])
    let shell = try Shell()
    let db = shell.path("c.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", ChinookSchema.json))
    for table in ChinookSchema.order {
      let rows = try #require(all[table])
      let file = shell.folder.appendingPathComponent("\(table).json")
      try JSONSerialization.data(withJSONObject: rows).write(to: file)
      try shell.succeed("import", db, table, file.path)
      #expect(try shell.succeed("count", db, table) == "\(rows.count)\n")
    }
    try shell.expectRoundTrip(db, tables: ChinookSchema.order)
    try shell.fail(1, "delete", db, "Artist", "1")
    #expect(try shell.succeed("delete", db, "Playlist", "1").contains("PlaylistTrack: 3290"))
    try shell.succeed("check", db)
  }
}

/// The tables of Chinook, with its keys and references.
enum ChinookSchema {
  /// The tables, each after those to which it refers.
  static let order = [
    "Artist", "Album", "Employee", "Customer", "Genre", "MediaType", "Track", "Invoice",
    "InvoiceLine", "Playlist", "PlaylistTrack",
  ]

  static var json: String {
    let tables = [
      table("Artist", "ArtistId:int Name:text?"),
      table("Album", "AlbumId:int Title:text ArtistId:int", "ArtistId:Artist"),
      table(
        "Employee",
        "EmployeeId:int LastName:text FirstName:text Title:text? ReportsTo:int? BirthDate:text? "
          + "HireDate:text? Address:text? City:text? State:text? Country:text? PostalCode:text? "
          + "Phone:text? Fax:text? Email:text?", "ReportsTo:Employee"),
      table(
        "Customer",
        "CustomerId:int FirstName:text LastName:text Company:text? Address:text? City:text? "
          + "State:text? Country:text? PostalCode:text? Phone:text? Fax:text? Email:text "
          + "SupportRepId:int?", "SupportRepId:Employee"),
      table("Genre", "GenreId:int Name:text?"),
      table("MediaType", "MediaTypeId:int Name:text?"),
      table(
        "Track",
        "TrackId:int Name:text AlbumId:int? MediaTypeId:int GenreId:int? Composer:text? "
          + "Milliseconds:int Bytes:int? UnitPrice:decimal",
        "AlbumId:Album MediaTypeId:MediaType GenreId:Genre"),
      table(
        "Invoice",
        "InvoiceId:int CustomerId:int InvoiceDate:text BillingAddress:text? BillingCity:text? "
          + "BillingState:text? BillingCountry:text? BillingPostalCode:text? Total:decimal",
        "CustomerId:Customer"),
      table(
        "InvoiceLine",
        "InvoiceLineId:int InvoiceId:int TrackId:int UnitPrice:decimal Quantity:int",
        "InvoiceId:Invoice TrackId:Track"),
      table("Playlist", "PlaylistId:int Name:text?"),
      table(
        "PlaylistTrack", "PlaylistId:int TrackId:int", "PlaylistId:Playlist! TrackId:Track",
        key: ["PlaylistId", "TrackId"]),
    ]
    return "{\"tables\":[\(tables.joined(separator: ","))]}"
  }

  /// A table from words: `name:type`, with `?` where null is allowed, and `column:table`, with
  /// `!` where the rows go with the row that they refer to.
  private static func table(
    _ name: String, _ columns: String, _ references: String = "", key: [String]? = nil
  ) -> String {
    func pairs(_ text: String) -> [(String, String)] {
      text.split(separator: " ").map { word in
        let parts = word.split(separator: ":").map(String.init)
        return (parts[0], parts[1])
      }
    }
    let columnTexts = pairs(columns).map { column, type in
      let null = type.hasSuffix("?")
      let plain = null ? String(type.dropLast()) : type
      return #"{"name":"\#(column)","type":"\#(plain)"\#(null ? #","null":true"# : "")}"#
    }
    let keyTexts = pairs(references).map { column, target in
      let cascades = target.hasSuffix("!")
      let plain = cascades ? String(target.dropLast()) : target
      let action = cascades ? "cascade" : "restrict"
      return #"{"columns":["\#(column)"],"references":"\#(plain)","onDelete":"\#(action)"}"#
    }
    let keys = (key ?? ["\(name)Id"]).map { "\"\($0)\"" }.joined(separator: ",")
    return """
      {"name":"\(name)","columns":[\(columnTexts.joined(separator: ","))],"primaryKey":[\(keys)],
      "foreignKeys":[\(keyTexts.joined(separator: ","))]}
      """
  }
}
