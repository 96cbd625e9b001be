import Foundation
import Testing

@Suite("check, compact, stats") struct MaintenanceTests {
  @Test("a whole file is clean, a damaged one is not")
  func check() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    #expect(try shell.succeed("check", clinic).contains("0 findings"))
    #expect(try shell.succeed("check", clinic, "--json").contains("\"findings\":[]"))
    let url = URL(fileURLWithPath: clinic)
    var bytes = try Data(contentsOf: url)
    // One flipped bit in each page but the headers.
    for place in stride(from: 8192 * 3 + 700, to: bytes.count, by: 8192) { bytes[place] ^= 4 }
    let copy = shell.path("damaged.carefs")
    try bytes.write(to: URL(fileURLWithPath: copy))
    let run = try shell.run("check", copy)
    #expect(run.exit == 1 || run.exit == 3, "\(run.out) \(run.err)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == bytes)
  }

  @Test("compact shrinks a file and keeps its rows")
  func compact() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = (1...3000).map { "{\"full_name\":\"Name \($0)\",\"email\":\"\($0)@x.example\"}\n" }
    try shell.succeed(
      "import", clinic, "patients", "-", "--format", "ndjson", input: rows.joined())
    try shell.succeed("delete", clinic, "patients", "--where", "id > 100")
    let before = try shell.succeed("export", clinic, "patients", "--format", "ndjson")
    let report = try shell.succeed("compact", clinic, "--json")
    #expect(report.contains("\"before\":"))
    #expect(try shell.succeed("export", clinic, "patients", "--format", "ndjson") == before)
    try shell.succeed("check", clinic)
    let left = try FileManager.default.contentsOfDirectory(atPath: shell.folder.path)
    #expect(!left.contains { $0.contains("compact") }, "\(left)")
  }

  @Test("compact works in small steps, and into a copy")
  func compactOtherwise() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = (1...3000).map { "{\"full_name\":\"Name \($0)\",\"email\":\"\($0)@x.example\"}\n" }
    try shell.succeed(
      "import", clinic, "patients", "-", "--format", "ndjson", input: rows.joined())
    try shell.succeed("delete", clinic, "patients", "--where", "id < 2000")
    let before = try shell.succeed("export", clinic, "patients", "--format", "ndjson")
    let size = { try FileManager.default.attributesOfItem(atPath: clinic)[.size] as? Int ?? 0 }
    let full = try size()
    try shell.succeed("compact", clinic, "--into", shell.path("copy.carefs"))
    #expect(try size() == full)
    try shell.succeed("compact", clinic, "--online", "--budget", "8192")
    try shell.succeed("compact", clinic, "--online")
    #expect(try size() < full)
    for file in [clinic, shell.path("copy.carefs")] {
      #expect(try shell.succeed("export", file, "patients", "--format", "ndjson") == before)
      try shell.succeed("check", file)
    }
    try shell.fail(3, "compact", clinic, "--into", shell.path("copy.carefs"))
  }

  @Test("the columns of stats stay under their heads, whatever the names")
  func columns() throws {
    let shell = try Shell()
    let name = String(repeating: "long_name_", count: 9)
    let schema = """
      {"tables": [{"name": "\(name)", "columns": [{"name": "id", "type": "int"}],
        "primaryKey": ["id"]}, {"name": "b", "columns": [{"name": "id", "type": "int"}],
        "primaryKey": ["id"]}]}
      """
    let db = shell.path("s.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    let lines = try shell.run("stats", db).lines
    let head = try #require(lines.firstIndex { $0.hasPrefix("tree ") })
    let rows = lines[head...].filter { !$0.hasPrefix(" ") }
    #expect(rows.count == 4)
    #expect(Set(rows.map(\.count)).count == 1, "\(lines)")
  }

  @Test("one finding is not findings")
  func plural() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let url = URL(fileURLWithPath: clinic)
    var bytes = try Data(contentsOf: url)
    // The first page of the catalog: nothing can be found without it.
    bytes[3 * 8192 + 700] ^= 4
    try bytes.write(to: url)
    #expect(try shell.run("check", clinic).out.hasSuffix("\n1 finding\n"))
  }

  @Test("stats tells of each table")
  func stats() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let text = try shell.succeed("stats", clinic)
    for table in ["patients", "visits", "scores"] { #expect(text.contains(table)) }
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  patients_full_name ") })
    let json = try shell.succeed("stats", clinic, "--json")
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let tables = try #require(parsed?["tables"] as? [[String: Any]])
    #expect(tables.first { $0["name"] as? String == "patients" }?["rows"] as? Int == 3)
  }
}
