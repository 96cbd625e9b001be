import CareFS
import Foundation
import Testing

/// A folder of its own on the real file system, a database in it, and programs that are run there.
final class Bench {
  let folder: String
  var path: String { folder + "/clinic.carefs" }

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("carefs-security-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    folder = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("name", .text), ColumnSchema("email", .text),
        ColumnSchema("status", .int, default: 0, min: 0, max: 2),
        ColumnSchema("note", .json, null: true),
      ],
      unique: [["email"]], indexes: [["name"]]),
    TableSchema(
      "visits", columns: [ColumnSchema("id", .int), ColumnSchema("patient", .int)],
      foreignKeys: [.init("patient", references: "patients")]),
  ])

  /// Small limits, so that checkpoints and spills happen early.
  static func options(readOnly: Bool = false) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.readOnly = readOnly
    options.pageSize = 4096
    options.cacheBytes = 1 << 20
    options.tuning = {
      $0.segmentSize = 64 << 10
      $0.checkpointLogBytes = 256 << 10
    }
    return options
  }

  func create() throws -> Database {
    try Database.create(path: path, schema: Self.schema, options: Self.options())
  }

  func open(_ other: String? = nil, readOnly: Bool = false) throws -> Database {
    try Database.open(path: other ?? path, options: Self.options(readOnly: readOnly))
  }

  /// A closed database with rows 1 to 20.
  func fill() throws {
    let db = try create()
    try Self.insert(1...20, into: db)
    try db.close()
  }

  static func insert(_ ids: ClosedRange<Int>, into db: Database) throws {
    try db.write { tx in
      for id in ids {
        try tx.insert(
          into: "patients",
          ["id": .int(Int64(id)), "name": .text("N\(id)"), "email": .text("\(id)@x")])
      }
    }
  }

  /// Expects a sound database with so many rows.
  func expectRows(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let db = try open()
    #expect(try db.check().findings.map(\.message) == [], sourceLocation: sourceLocation)
    #expect(try db.read { try $0.count("patients") } == count, sourceLocation: sourceLocation)
    try db.close()
  }

  /// The names in the folder.
  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
  }

  func bytes(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) }
  }

  /// The error of an operation; nil when there was none.
  static func failure(_ body: () throws -> Void) -> DatabaseError? {
    do {
      try body()
      return nil
    } catch let error as DatabaseError {
      return error
    } catch {
      return DatabaseError(.misuse, "an error of another kind: \(error)")
    }
  }
}

/// Programs that were built with the tests.
enum Program {
  static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
  static var probe: String { folder.appendingPathComponent("CareTorture").path }
  static var carefs: String { folder.appendingPathComponent("carefs").path }

  struct Outcome {
    var status: Int32
    var output: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// Runs a program to its end, at most a minute; both streams are in the output.
  static func run(_ program: String, _ arguments: [String], input: String = "") throws -> Outcome {
    let process = Process()
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("carefs-output-\(UUID().uuidString)")
    let source = file.appendingPathExtension("in")
    defer { for url in [file, source] { try? FileManager.default.removeItem(at: url) } }
    try Data().write(to: file)
    try Data(input.utf8).write(to: source)
    let output = try FileHandle(forWritingTo: file)
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: source)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let limit = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: limit)
    process.waitUntilExit()
    limit.cancel()
    return Outcome(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }
}
