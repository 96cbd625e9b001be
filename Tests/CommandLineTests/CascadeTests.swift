import Foundation
import Testing

@Suite("Long cascades", .serialized, .timeLimit(.minutes(5))) struct CascadeTests {
  /// The issue's size for an optimised program; what takes some seconds for the other.
  static var length: Int { Shell.isGiven ? 1_000_000 : 60_000 }

  @Test("a chain of rows that each refer to the one before goes in one statement")
  func chain() throws {
    let shell = try Shell()
    let length = Self.length
    let schema = #"""
      {"tables": [{"name": "links", "columns": [{"name": "id", "type": "int"},
        {"name": "before", "type": "int", "null": true}], "primaryKey": ["id"],
        "foreignKeys": [{"columns": ["before"], "references": "links", "onDelete": "cascade"}]}]}
      """#
    let db = shell.path("chain.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    var csv = "id,before\n1,\n"
    for id in 2...length { csv += "\(id),\(id - 1)\n" }
    try shell.succeed("import", db, "links", try shell.file("links.csv", csv))
    let dry = try shell.succeed("delete", db, "links", "1", "--dry-run", "--json")
    #expect(dry.contains("\"total\":\(length)}"))
    #expect(try shell.succeed("count", db, "links") == "\(length)\n")
    let start = Date()
    // With little memory for the stack and for all else.
    let script = "ulimit -s 1024; ulimit -v 4000000; exec \"$0\" delete \"$1\" links 1 --json"
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, Shell.program.path, db]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(text == "{\"deleted\":{\"links\":\(length)},\"changed\":{},\"total\":\(length)}\n")
    print("a chain of \(length) rows was deleted in \(Date().timeIntervalSince(start)) s")
    #expect(try shell.succeed("count", db, "links") == "0\n")
    try shell.succeed("check", db)
  }
}
