import Foundation
import Testing

/// What a command writes never takes the place of what it reads.
@Suite("Output safety") struct OutputSafetyTests {
  @Test("neither the database, its log nor the source can be named as the file to write")
  func sparing() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let source = try shell.file("p.csv", "full_name,email\nD,d@x\n,\n")
    try FileManager.default.createSymbolicLink(
      atPath: shell.path("link"), withDestinationPath: clinic)
    for used in [clinic, shell.path("link")] {
      try shell.fail(2, "export", clinic, "patients", "--format", "csv", "-o", used)
      try shell.fail(2, "import", clinic, "patients", source, "--rejects", used)
    }
    try shell.fail(2, "import", clinic, "patients", source, "--rejects", source)
    #expect(try shell.read("p.csv").first == "full_name,email")
    #expect(try shell.succeed("count", clinic, "patients") == "3\n")
    try shell.succeed("check", clinic)
  }

  @Test("a table's name does not lead out of the folder that is exported to")
  func folder() throws {
    let shell = try Shell()
    let schema = try shell.file(
      "s.json",
      #"""
      {"tables": [{"name": "../out", "columns": [{"name": "id", "type": "int"}],
        "primaryKey": ["id"]}, {"name": "b", "columns": [{"name": "id", "type": "int"}],
        "primaryKey": ["id"]}]}
      """#)
    let file = shell.path("a.carefs")
    try shell.succeed("init", file, "--schema", schema)
    let folder = shell.path("all")
    #expect(try shell.fail(2, "export", file, "--format", "csv", "-o", folder).contains("../out"))
    #expect(!FileManager.default.fileExists(atPath: shell.path("out.csv")))
    try shell.succeed("export", file, "../out", "--format", "csv", "-o", shell.path("one.csv"))
  }

  @Test(
    "with its standard streams closed a command writes nothing meant for them into the database",
    arguments: [("<&- >&-", 4), (">&- 2>&-", 4), ("<&- >&- 2>&-", 4), ("<&- 2>&-", 1)])
  func closedStreams(_ closing: String, exit: Int32) throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    try shell.file("p.csv", "full_name,email\nD,d@x\nE,d@x\nF,f@x\n")
    let header = try Data(contentsOf: URL(fileURLWithPath: clinic)).prefix(4096)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = shell.folder
    // Stopped half way, so that no later write hides what came into the first page.
    process.arguments = [
      "-c", "exec \"$0\" import a.carefs patients p.csv --batch 1 \(closing)", Shell.program.path,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == exit)
    let now = try Data(contentsOf: URL(fileURLWithPath: clinic)).prefix(4096)
    #expect(
      now.range(of: Data("committed".utf8)) == nil && now.range(of: Data("carefs:".utf8)) == nil)
    #expect(header.count == now.count)
    try shell.succeed("check", clinic)
    #expect(try shell.succeed("count", clinic, "patients") == "1\n")
  }

  @Test("an argument that is not UTF-8 is refused, not stored as something else")
  func bytes() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      #"exec "$0" insert "$1" patients "$(printf '{"full_name":"a\377","email":"e"}')" 2>&-"#,
      Shell.program.path, clinic,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(try shell.succeed("count", clinic, "patients") == "0\n")
  }

  @Test("rows that cannot be read as rows count as read, and are rejected")
  func readRows() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let csv = try shell.file("p.csv", "full_name,email\nD,d@x\nE\nF,f@x,1\nG,g@x\n")
    let run = try shell.run(
      "import", clinic, "patients", csv, "--rejects", shell.path("bad"), "--json")
    #expect(run.exit == 1)
    #expect(run.out.contains(#""read":4,"inserted":2"#), "\(run.out)")
    #expect(run.out.contains(#""rejected":2"#))
  }
}
