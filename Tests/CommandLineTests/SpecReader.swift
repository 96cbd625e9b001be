import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs Spec/reader.py.
enum SpecReader {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The interpreter that `make test` names, else the one of its environment, else the system's.
  static let python: String = {
    if let named = ProcessInfo.processInfo.environment["CAREFS_PYTHON"] { return named }
    let made = root.appendingPathComponent(".build-python/bin/python3").path
    return FileManager.default.isExecutableFile(atPath: made) ? made : "python3"
  }()

  /// Whether the packages that the reader needs are there. `make test` sees to it, so there a
  /// missing one fails the tests.
  static let isReady: Bool = {
    if ProcessInfo.processInfo.environment["CAREFS_PYTHON"] != nil { return true }
    return (try? start(["-c", "import lz4.block, xxhash"]).status == 0) ?? false
  }()

  struct Outcome {
    let status: Int32
    let output: String
    let problem: String
  }

  static func run(_ file: String, _ table: String) throws -> Outcome {
    try start([root.appendingPathComponent("Spec/reader.py").path, file, table])
  }

  /// Expects the reader's lines to be those of the export.
  static func expectSameLines(_ shell: Shell, _ file: String, _ table: String, rows: Int) throws {
    let reader = try run(file, table)
    let export = try shell.run("export", file, table, "--format", "ndjson")
    #expect(reader.status == 0, "\(reader.problem)")
    #expect(export.exit == 0, "\(export.err)")
    #expect(export.out.utf8.count { $0 == UInt8(ascii: "\n") } == rows)
    if reader.output != export.out {
      let pairs = zip(reader.output.split(separator: "\n"), export.out.split(separator: "\n"))
      let first = pairs.first { $0 != $1 }
      Issue.record(
        "reader: \(first?.0.prefix(400) ?? "-")\nexport: \(first?.1.prefix(400) ?? "-")")
    }
  }

  private static func start(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let folder = FileManager.default.temporaryDirectory
    let out = folder.appendingPathComponent("reader-\(UUID().uuidString)")
    let err = folder.appendingPathComponent("reader-\(UUID().uuidString)")
    for url in [out, err] { try Data().write(to: url) }
    defer { for url in [out, err] { try? FileManager.default.removeItem(at: url) } }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try String(contentsOf: out, encoding: .utf8),
      problem: try String(contentsOf: err, encoding: .utf8))
  }

  /// Starts an import that commits every ten rows, kills it after some, and gives the log's size.
  static func killImport(
    _ shell: Shell, _ file: String, _ table: String, _ rows: [String]
  ) throws -> Int {
    let process = Process()
    process.executableURL = Shell.program
    process.arguments = ["import", file, table, "-", "--format", "ndjson", "--batch", "10"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The input stays open, so the import cannot end before it is killed.
    try input.fileHandleForWriting.write(
      contentsOf: Data((rows.joined(separator: "\n") + "\n").utf8))
    var said = ""
    while said.split(separator: "\n").count < 2 {
      let part = output.fileHandleForReading.availableData
      if part.isEmpty { break }
      said += String(decoding: part, as: UTF8.self)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(said.contains("committed 20"), "no commit before the kill: \(said)")
    let facts = try FileManager.default.attributesOfItem(atPath: file + "-wal")
    return (facts[.size] as? Int) ?? 0
  }
}
