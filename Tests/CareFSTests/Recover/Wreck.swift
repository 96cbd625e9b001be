import CareFS
import CareFSTestSupport

/// A small database on a simulated disk, to be damaged and recovered.
struct Wreck {
  static let path = "wreck.carefs"
  static let log = "wreck.carefs-wal"
  static let pageSize = 4096

  let files: SimulatedFileSystem
  /// What the database held: the lines of an export, by table.
  let lines: [String: Set<String>]

  static let schema = DatabaseSchema(
    Clinic.schema.tables + [
      TableSchema(
        "notes",
        columns: [
          ColumnSchema("id", .int, autoincrement: true),
          ColumnSchema("patient_id", .int, null: true), ColumnSchema("text", .text),
          ColumnSchema("body", .json, null: true),
        ],
        foreignKeys: [ForeignKeySchema("patient_id", references: "patients", onDelete: .cascade)])
    ])

  static func options(_ files: SimulatedFileSystem) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.pageSize = pageSize
    options.fileSystem = files
    options.tuning = { pager in
      pager.segmentSize = 16 << 10
      pager.hasBackgroundCheckpoints = false
    }
    return options
  }

  /// - Parameter closes: Whether the file was closed; otherwise all is in the log alone.
  init(patients: Int = 120, closes: Bool = true) throws {
    let files = SimulatedFileSystem()
    let database = try Database.create(
      path: Self.path, schema: Self.schema, options: Self.options(files))
    for start in stride(from: 1, through: patients, by: 20) {
      try database.write { tx in
        for number in start..<min(start + 20, patients + 1) {
          try tx.insert(into: "patients", Clinic.patient(number))
          try tx.insert(into: "notes", Self.note(number))
          try tx.insert(into: "visits", Clinic.visit(number, patient: number, day: number))
        }
      }
    }
    lines = try Self.lines(of: database)
    if closes { try database.close() }
    self.files = files.copy()
  }

  private static func note(_ number: Int) throws -> [String: Value] {
    // Every 20th text continues in pages of its own, every 30th document in blocks.
    let text = String(repeating: "note \(number) ", count: number % 20 == 0 ? 900 : 3)
    let words = (0..<(number % 30 == 0 ? 8_000 : 5)).map { "\"\(number * $0 * 7919 % 65_521)\"" }
    let body = "{\"n\": \(number), \"w\": [\(words.joined(separator: ","))]}"
    return [
      "patient_id": .int(Int64(number)), "text": .text(text),
      "body": .json(try JSON(validating: body)),
    ]
  }

  static func lines(of database: Database) throws -> [String: Set<String>] {
    try database.read { tx in
      var all: [String: Set<String>] = [:]
      for table in tx.schema.tables {
        var bytes: [UInt8] = []
        try tx.export(table.name, ExportOptions(format: .ndjson)) { bytes.append(contentsOf: $0) }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
          String(decoding: $0, as: UTF8.self)
        }
        all[table.name] = Set(lines)
      }
      return all
    }
  }

  struct Outcome {
    var report: RecoverReport
    var refused: [RecoverRefusal]
    var lines: [String: Set<String>]
    var files: SimulatedFileSystem
  }

  /// Damages a copy of the disk and recovers the file from it.
  func recover(_ damage: (SimulatedFileSystem) -> Void) throws -> Outcome {
    let files = self.files.copy()
    damage(files)
    var refused: [RecoverRefusal] = []
    var events = RecoverEvents()
    events.refused = { refused.append($0) }
    let report = try Database.recover(
      path: Self.path, into: "saved.carefs", options: Self.options(files), events: events)
    let saved = try Database.open(path: "saved.carefs", options: Self.options(files))
    let check = try saved.check()
    guard check.isSound else { throw Unsound(findings: check.findings.map(\.message)) }
    let lines = try Self.lines(of: saved)
    try saved.close()
    return Outcome(report: report, refused: refused, lines: lines, files: files)
  }

  struct Unsound: Error { var findings: [String] }

  /// The pages of the file.
  var pageCount: Int { (files.contents(of: Self.path)?.count ?? 0) / Self.pageSize }

  /// Spoils a byte in the middle of a page.
  static func spoil(_ page: Int, _ files: SimulatedFileSystem) {
    files.flip(path, at: page * pageSize + 2000, mask: 0x10)
  }

  var rowCount: Int { lines.values.reduce(0) { $0 + $1.count } }
}
