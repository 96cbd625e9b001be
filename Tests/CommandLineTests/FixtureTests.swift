import Foundation
import Testing

/// Files outlive code: one that this version's first code wrote, whose writer was killed, must be
/// read for ever.
struct FixtureTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// Unpacks a fixture to a path.
  private static func unpack(_ name: String, to path: String) throws {
    try Data().write(to: URL(fileURLWithPath: path))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder.appendingPathComponent(name + ".gz").path]
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private static func restored(_ shell: Shell) throws -> (file: String, lines: [String]) {
    let file = shell.path("old.carefs")
    try unpack("version-1.carefs", to: file)
    try unpack("version-1.carefs-wal", to: file + "-wal")
    let wanted = shell.path("wanted.ndjson")
    try unpack("version-1.ndjson", to: wanted)
    let text = try String(contentsOfFile: wanted, encoding: .utf8)
    return (file, text.split(separator: "\n").map(String.init))
  }

  private static let tables = ["all_types", "patients", "notes"]

  @Test func versionOneStaysReadable() throws {
    let shell = try Shell()
    let (file, wanted) = try Self.restored(shell)
    #expect(wanted.count > 300)
    func exported() throws -> [String] {
      try Self.tables.flatMap { try shell.run("export", file, $0, "--format", "ndjson").lines }
    }
    #expect(try exported() == wanted, "read beside its log")
    try shell.expect(0, ["check", file])
    try shell.expect(0, ["insert", file, "patients", #"{"mrn": "NEW", "name": "New"}"#])
    try shell.expect(0, ["delete", file, "patients", "new"])
    #expect(try exported() == wanted, "recovered and written to")
    try shell.expect(0, ["compact", file])
    try shell.expect(0, ["check", file])
    #expect(try exported() == wanted, "rewritten")
  }

  @Test(.enabled(if: SpecReader.isReady, "python3 has no lz4 and xxhash: run make test"))
  func theReaderReadsVersionOne() throws {
    let shell = try Shell()
    let (file, wanted) = try Self.restored(shell)
    let lines = try Self.tables.flatMap { table in
      let outcome = try SpecReader.run(file, table)
      #expect(outcome.status == 0, "\(outcome.problem)")
      return outcome.output.split(separator: "\n").map(String.init)
    }
    #expect(lines == wanted)
  }
}
