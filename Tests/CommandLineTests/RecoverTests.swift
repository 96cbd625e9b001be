import Foundation
import Testing

@Suite("recover") struct RecoverTests {
  private func clinic(_ shell: Shell) throws -> String {
    let file = shell.path("clinic.carefs")
    try shell.expect(0, ["init", file, "--model", "hospital"])
    let rows = (1...2000).map { "{\"name\": \"Specialization number \($0)\"}" }
    try shell.file("rows.ndjson", rows.joined(separator: "\n"))
    try shell.expect(
      0, ["import", file, "specializations", shell.path("rows.ndjson"), "--format", "ndjson"])
    return file
  }

  @Test("a sound file is saved whole")
  func sound() throws {
    let shell = try Shell()
    let file = try clinic(shell)
    let out = shell.path("saved.carefs")
    let report = try shell.succeed("recover", file, out, "--json")
    #expect(report.contains("\"complete\":true"), "\(report)")
    let before = try shell.succeed("export", file, "specializations", "--format", "ndjson")
    let after = try shell.succeed("export", out, "specializations", "--format", "ndjson")
    #expect(before == after)
    try shell.expect(0, ["check", out])
    #expect(!FileManager.default.fileExists(atPath: out + ".rejects.ndjson"))
    let mode = try FileManager.default.attributesOfItem(atPath: out)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // The new file is there now.
    try shell.expect(3, ["recover", file, out])
  }

  @Test("of a damaged one the rest is saved, and what is lost is counted")
  func damaged() throws {
    let shell = try Shell()
    let file = try clinic(shell)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let marker = Data("Specialization number 1000".utf8)
    let place = try #require(bytes.range(of: marker)).lowerBound
    bytes[place] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    try shell.expect(1, ["check", file])
    let out = shell.path("saved.carefs")
    let run = try shell.run("recover", file, out)
    #expect(run.exit == 1, "\(run)")
    #expect(run.out.contains("not everything could be saved"))
    let saved = try shell.succeed("count", out, "specializations")
    let count = try #require(Int(saved.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(count > 1500 && count < 2000)
    try shell.expect(0, ["check", out])
  }

  @Test("what is no database, or missing, is told apart")
  func wrong() throws {
    let shell = try Shell()
    try shell.file("text.carefs", "hello, this is no database")
    try shell.expect(3, ["recover", shell.path("text.carefs"), shell.path("a.carefs")])
    try shell.expect(3, ["recover", shell.path("missing.carefs"), shell.path("a.carefs")])
    try shell.expect(2, ["recover", shell.path("text.carefs")])
    #expect(!FileManager.default.fileExists(atPath: shell.path("a.carefs")))
  }
}
