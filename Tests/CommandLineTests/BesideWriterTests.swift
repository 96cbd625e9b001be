import Foundation
import Testing

@Suite("Beside a writer in another process", .serialized, .timeLimit(.minutes(2)))
struct BesideWriterTests {
  @Test("readers see whole batches, or are asked to try again; never damage")
  func readers() throws {
    let shell = try Shell()
    let schema = #"""
      {"tables": [{"name": "t", "columns": [{"name": "id", "type": "int"},
        {"name": "group", "type": "int"}, {"name": "text", "type": "text"}], "primaryKey": ["id"],
        "indexes": [{"columns": ["group"]}]}]}
      """#
    let db = shell.path("t.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    let source = shell.folder.appendingPathComponent("t.ndjson")
    // Enough for several checkpoints, which put newer pages into the page file.
    var random = SystemRandomNumberGenerator()
    var rows = Data()
    for id in 0..<1000 {
      var text = ""
      while text.utf8.count < 60_000 { text += String(random.next() as UInt64, radix: 36) }
      rows.append(Data("{\"id\":\(id),\"group\":\(id % 7),\"text\":\"\(text)\"}\n".utf8))
    }
    try rows.write(to: source)
    let process = Process()
    process.executableURL = Shell.program
    process.arguments = ["import", db, "t", source.path, "--batch", "10"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var whole = 0
    var rounds = 0
    let commands = [
      ["count", db, "t"], ["check", db], ["stats", db], ["list", db, "t", "--columns", "id"],
      ["count", db, "t", "--where", "group >= 0"],
      ["export", db, "t", "--format", "csv", "-o", shell.path("out.csv")],
      ["get", db, "t", "0"], ["list", db, "t", "--where", "group = 3", "--columns", "id,group"],
    ]
    var named = 0
    while process.isRunning {
      for command in commands {
        let run = try shell.run(command)
        rounds += 1
        if run.exit == 0 || (command[0] == "get" && run.exit == 1) {
          whole += 1
          if command[0] == "count", let count = Int(run.out.dropLast()) { #expect(count % 10 == 0) }
        } else {
          #expect(
            run.exit == 3 && run.err.contains("again"), "\(command): \(run.err)\(run.out)")
          if run.err.contains("process \(process.processIdentifier) ") { named += 1 }
        }
      }
    }
    print("beside a writer: \(rounds) reads, \(rounds - whole) asked to try again, \(named) named")
    #expect(process.terminationStatus == 0)
    #expect(whole > rounds / 2)
    // The writer gives its lock up a moment before it ends.
    #expect(rounds - whole - named <= 1)
    #expect(try shell.succeed("count", db, "t") == "1000\n")
    try shell.succeed("check", db)
  }
}
