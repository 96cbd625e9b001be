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

  @Test("stats tells of each table")
  func stats() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let text = try shell.succeed("stats", clinic)
    for table in ["patients", "visits", "scores"] { #expect(text.contains(table)) }
    let json = try shell.succeed("stats", clinic, "--json")
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let tables = try #require(parsed?["tables"] as? [[String: Any]])
    #expect(tables.first { $0["name"] as? String == "patients" }?["rows"] as? Int == 3)
  }
}
