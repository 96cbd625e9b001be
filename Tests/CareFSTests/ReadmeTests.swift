import CareFS
import Foundation
import Testing

/// The example of the README, word for word, so that it keeps compiling and working.
@Suite struct ReadmeTests {
  @Test func exampleWorks() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("readme-\(UUID().uuidString).carefs").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // README begins
    let patients = TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int, autoincrement: true), ColumnSchema("email", .text),
        ColumnSchema("born", .int, min: 1880),
      ],
      unique: [["email"]], indexes: [["born"]])
    let clinic = try Database(path: path, schema: DatabaseSchema([patients]))
    try clinic.write { tx in
      try tx.insert(into: "patients", ["email": .text("ada@example.org"), "born": .int(1936)])
    }
    let old = try clinic.read { tx in
      try tx.rows("patients", where: Expression.parse("born < 1960"), order: ["-born"])
    }
    try clinic.close()
    // README ends
    #expect(old.count == 1)
    #expect(old.first?["email"] == .text("ada@example.org"))
  }

  @Test func exampleIsTheReadme() throws {
    let file = URL(fileURLWithPath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let example = try between("```swift\n", "```", of: readme)
    let own = try String(contentsOf: file, encoding: .utf8)
    let code = try between("// README begins\n", "    // README ends", of: own)
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
    #expect(lines.joined(separator: "\n") == example)
  }

  private func between(_ start: String, _ end: String, of text: String) throws -> String {
    let from = try #require(text.range(of: start)).upperBound
    let to = try #require(text[from...].range(of: end)).lowerBound
    return String(text[from..<to])
  }
}
