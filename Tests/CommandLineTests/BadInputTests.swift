import Foundation
import Testing

@Suite("Bad input", .serialized, .timeLimit(.minutes(2))) struct BadInputTests {
  @Test("each bad source is a clear error, and the file stays as it was")
  func sources() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let before = try shell.succeed("export", clinic, "--format", "json")
    let invalid = shell.folder.appendingPathComponent("invalid.csv")
    try Data(
      [0x66, 0x75, 0x6C, 0x6C] + Array("_name,email\n".utf8) + [0xC3, 0x28, 0x2C, 0x61, 10]
    )
    .write(to: invalid)
    #expect(try shell.fail(1, "import", clinic, "patients", invalid.path).contains("UTF-8"))
    let header = try shell.file("header.csv", "")
    #expect(try shell.fail(1, "import", clinic, "patients", header).contains("empty"))
    let twice = try shell.file("twice.csv", "email,email\n")
    #expect(try shell.fail(1, "import", clinic, "patients", twice).contains("twice"))
    let type = try shell.file("type.ndjson", #"{"full_name":5,"email":"e"}"#)
    #expect(try shell.fail(1, "import", clinic, "patients", type).contains("patients.full_name"))
    let broken = try shell.file("broken.json", "[{\"full_name\":\"a\",")
    #expect(try shell.fail(1, "import", clinic, "patients", broken).contains("line 1"))
    let list = try shell.file("list.ndjson", "[1]")
    #expect(try shell.fail(1, "import", clinic, "patients", list).contains("object"))
    let gzip = shell.folder.appendingPathComponent("broken.csv.gz")
    try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]).write(to: gzip)
    #expect(try shell.fail(1, "import", clinic, "patients", gzip.path).contains("gzip"))
    try shell.fail(1, "import", clinic, "nowhere", type)
    #expect(try shell.succeed("export", clinic, "--format", "json") == before)
    try shell.succeed("check", clinic)
  }

  @Test("whatever is wrong with a header is told with its file, and exits with 1")
  func headers() throws {
    let shell = try Shell()
    let schema = #"""
      {"tables": [{"name": "t", "columns": [{"name": "id", "type": "int"},
        {"name": "Id", "type": "int", "null": true}], "primaryKey": ["id"]}]}
      """#
    let db = shell.path("t.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    let headers = [("", "empty"), ("id,id\n", "twice"), ("ID\n", "may mean"), ("shoe\n", "shoe")]
    for (text, word) in headers {
      let message = try shell.fail(1, "import", db, "t", try shell.file("h.csv", text))
      #expect(message.contains("h.csv, line 1: ") && message.contains(word), "\(message)")
    }
    let mapped = try shell.fail(
      1, "import", db, "t", try shell.file("h.csv", "id\n1\n"), "--map", "Id=number")
    #expect(mapped.contains("h.csv, line 1: ") && mapped.contains("number"))
  }

  @Test(
    "a number that JSON does not have is told so", arguments: [".5", "1.", "0x1", "nan", "1e999"])
  func numbers(_ text: String) throws {
    let shell = try Shell()
    let schema = #"""
      {"tables": [{"name": "t", "columns": [{"name": "id", "type": "int"},
        {"name": "d", "type": "double"}], "primaryKey": ["id"]}]}
      """#
    let db = shell.path("t.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("s.json", schema))
    let message = try shell.fail(1, "import", db, "t", try shell.file("n.csv", "id,d\n1,\(text)\n"))
    #expect(message.contains(text == "1e999" ? "beyond a double" : "not a JSON number"))
  }

  @Test("a truncated file is refused")
  func truncated() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: clinic))
    for length in [1, 100, 4096, 8192, 8193, bytes.count / 2, bytes.count - 1] {
      let cut = shell.path("cut-\(length)")
      try bytes.prefix(length).write(to: URL(fileURLWithPath: cut))
      let run = try shell.run("check", cut)
      #expect(run.exit == 1 || run.exit == 3, "\(length): \(run.out)\(run.err)")
    }
  }

  @Test("a full disk is an error of its own, and nothing is kept")
  func fullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else {
      print("skipped: no /dev/full")
      return
    }
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let script = "exec \"$0\" list \"$1\" patients > /dev/full"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, Shell.program.path, clinic]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 4)
  }

  @Test("a reader that has seen enough ends the command quietly")
  func closedPipe() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let rows = (1...4000).map { "{\"full_name\":\"Name \($0)\",\"email\":\"\($0)@x.example\"}\n" }
    try shell.succeed("import", clinic, "patients", "-", "--format", "ndjson", input: rows.joined())
    let err = shell.path("err")
    let script = "{ \"$0\" list \"$1\" patients; echo exit $? >> \"$2\"; } 2>> \"$2\" | head -n 1"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, Shell.program.path, clinic, err]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(try shell.read("err") == ["exit 0"])
  }

  @Test("Ctrl-C during a load keeps nothing of it and leaves the file whole")
  func interrupted() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    let process = Process()
    let input = Pipe()
    let errors = Pipe()
    process.executableURL = Shell.program
    process.arguments = ["import", clinic, "patients", "-", "--format", "ndjson"]
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    input.fileHandleForWriting.write(Data("{\"full_name\":\"a\",\"email\":\"a\"}\n".utf8))
    Thread.sleep(forTimeInterval: 0.5)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    let message = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
    #expect(message.contains("interrupted"))
    #expect(try shell.succeed("count", clinic, "patients") == "0\n")
    try shell.succeed("check", clinic)
  }

  @Test("what durable batches rejected stays on Ctrl-C, and later rejections go")
  func interruptedRejects() throws {
    let shell = try Shell()
    let clinic = try shell.clinic()
    try shell.file("r", "old\n")
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = Shell.program
    process.arguments = [
      "import", clinic, "patients", "-", "--format", "ndjson", "--batch", "2", "--rejects",
      shell.path("r"),
    ]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    input.fileHandleForWriting.write(
      Data(
        """
        {"full_name":"a","email":"a"}
        {"full_name":"b","email":"a"}
        {"full_name":"c","email":"c"}
        {"full_name":"d"}

        """.utf8))
    var told = Data()
    while told.range(of: Data("committed 2\n".utf8)) == nil {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      told += more
    }
    #expect(try shell.read("r").count == 2)
    input.fileHandleForWriting.write(Data("{\"full_name\":\"e\"}\n".utf8))
    Thread.sleep(forTimeInterval: 0.3)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let lines = try shell.read("r")
    #expect(lines.count == 2 && lines[0].contains(#""line":2"#) && lines[1].contains(#""line":4"#))
    #expect(try shell.succeed("count", clinic, "patients") == "2\n")
    let left = try FileManager.default.contentsOfDirectory(atPath: shell.folder.path)
    #expect(!left.contains { $0.contains("part") }, "\(left)")
  }

  @Test("a second writer is refused and told who the first one is; readers go on")
  func locked() throws {
    let shell = try Shell()
    let clinic = try shell.filledClinic()
    let process = Process()
    let input = Pipe()
    process.executableURL = Shell.program
    process.arguments = ["import", clinic, "patients", "-", "--format", "ndjson"]
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: 0.5)
    let message = try shell.fail(3, "delete", clinic, "patients", "1")
    #expect(message.contains(String(process.processIdentifier)))
    #expect(try shell.succeed("count", clinic, "patients") == "3\n")
    // Closing its input would not do: other children of this process may hold the pipe too.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try shell.succeed("delete", clinic, "patients", "1")
  }
}
