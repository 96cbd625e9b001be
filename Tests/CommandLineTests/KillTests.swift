import Foundation
import Testing

@Suite("Killed writers", .serialized, .timeLimit(.minutes(5))) struct KillTests {
  @Test("what was acknowledged is there after kill -9, again and again")
  func kill9() throws {
    let shell = try Shell()
    let batch = 20
    let source = shell.folder.appendingPathComponent("rows.ndjson")
    var rows = ""
    for id in 1...40_000 {
      let text = String(repeating: "x", count: id % 300)
      rows += #"{"id":\#(id),"full_name":"N \#(id)","email":"\#(id)@x","note":{"t":"\#(text)"}}"#
      rows += "\n"
    }
    try Data(rows.utf8).write(to: source)
    var random = SystemRandomNumberGenerator()
    var sum = 0
    for round in 0..<20 {
      let clinic = try shell.clinic("\(round).carefs")
      let acknowledged = try killed(
        ["import", clinic, "patients", source.path, "--batch", String(batch)],
        after: Double.random(in: 0...0.15, using: &random))
      try shell.succeed("check", clinic)
      let count = try #require(Int(try shell.succeed("count", clinic, "patients").dropLast()))
      #expect(count >= acknowledged, "\(acknowledged) rows were acknowledged, \(count) are there")
      #expect(count % batch == 0, "\(count) rows: a part of a commit")
      // All rows up to the last one: none is missing between them.
      #expect(
        try shell.succeed("count", clinic, "patients", "--where", "id <= \(count)")
          == "\(count)\n")
      try shell.succeed("insert", clinic, "patients", #"{"full_name":"after","email":"after"}"#)
      try shell.succeed("check", clinic)
      sum += acknowledged
      for name in [clinic, clinic + "-wal"] { try? FileManager.default.removeItem(atPath: name) }
    }
    print("killed 20 writers: all of \(sum) acknowledged rows were there")
    #expect(sum > 0)
  }

  /// Runs a load, kills it some time after it has acknowledged the first batch, and gives the rows
  /// that it acknowledged.
  private func killed(_ arguments: [String], after seconds: Double) throws -> Int {
    let process = Process()
    let output = Pipe()
    process.executableURL = Shell.program
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    var told = output.fileHandleForReading.availableData
    Thread.sleep(forTimeInterval: seconds)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    told += output.fileHandleForReading.readDataToEndOfFile()
    // A line that is cut off in its middle acknowledges nothing.
    let lines = String(decoding: told, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast()
    let last = lines.last { $0.hasPrefix("committed ") }
    return try #require(last.flatMap { Int($0.dropFirst(10)) }, "nothing was acknowledged")
  }
}
