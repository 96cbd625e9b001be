import ArgumentParser
import CareFS

/// The forms in which tables are written.
enum TargetFormat: String, CaseIterable, ExpressibleByArgument {
  case csv, json, ndjson, sql

  /// The form of one table's rows; nil for a dump.
  var rows: ExportOptions.Format? { ExportOptions.Format(rawValue: rawValue) }
}

/// `carefs export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write tables as CSV, JSON, NDJSON or SQL.",
    discussion: """
      A consistent snapshot, in the order of the keys, every column in the schema's order. Without \
      tables all are written. Several go to a folder, one file each (-o DIR), or as one JSON object, \
      or as one SQL dump.

      The SQL makes the tables and loads the rows: sqlite3 new.db < dump.sql, psql -f dump.sql, or \
      carefs import. What SQL has no words for (documents' indexes, patterns beyond LIKE) stands in \
      a comment that carefs reads. References to tables that are not written are left out.

      Example:
        carefs export clinic.carefs patients --format csv -o patients.csv
        carefs export clinic.carefs --format ndjson -o backup
        carefs export clinic.carefs --format sql | sqlite3 clinic.db
        carefs export clinic.carefs visits --format json --where 'day >= "2026-01-01"'
      """)

  @OptionGroup var database: DatabaseFile

  @Argument(help: "The tables; none is all.")
  var tables: [Word] = []

  @Option(help: "csv, json, ndjson or sql.")
  var format: TargetFormat

  @Option(
    name: .customLong("where"), parsing: .unconditional, help: "Which rows, as an expression.")
  var condition: Word?

  @Option(name: .shortAndLong, help: "The file to write, or the folder.", completion: .file())
  var output: Word?

  @Flag(help: "Show no progress.")
  var quiet = false

  func run() throws {
    Interrupt.listen()
    let standard = Output(descriptor: 1)
    try database.read(to: standard) { tx in
      let names = tables.isEmpty ? tx.schema.tables.map(\.name) : tables.map(\.text)
      for name in names { _ = try tx.table(name) }
      if names.count == 1 || format == .sql || (format == .json && !isFolder) {
        try writeStream(names, tx, standard)
      } else if let output {
        let paths = try names.map { try path(of: $0, in: output.text) }
        try SystemCall.makeFolder(output.text)
        for (name, path) in zip(names, paths) { try writeFile(path, name, tx) }
      } else {
        throw Failure(
          .usage, "several tables as \(format.rawValue) need a folder: give -o DIR, or one table")
      }
    }
    try standard.flush()
  }

  private var isFolder: Bool {
    output.map { $0.text.hasSuffix("/") || SystemCall.isFolder($0.text) } ?? false
  }

  /// One stream: a table by itself, or an object of several.
  private func writeStream(
    _ names: [String], _ tx: ReadTransaction, _ standard: Output
  ) throws {
    guard let output, output.text != "-" else { return try write(names, tx, to: standard) }
    guard !isFolder || names.count == 1 else {
      throw Failure(.usage, "\(output.text) is a folder; an SQL dump is one file: give -o FILE")
    }
    if isFolder { try SystemCall.makeFolder(output.text) }
    let path = isFolder ? try path(of: names[0], in: output.text) : output.text
    try FileOutput.replacing(path, sparing: database.path) { try write(names, tx, to: $0) }
  }

  /// The file of a table in a folder, which the table's name must not lead out of.
  private func path(of table: String, in folder: String) throws -> String {
    if table.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) {
      throw Failure(
        .usage, "table \"\(table)\" cannot name a file; export it by itself with -o FILE")
    }
    return "\(folder)\(folder.hasSuffix("/") ? "" : "/")\(table).\(format.rawValue)"
  }

  private func writeFile(_ path: String, _ name: String, _ tx: ReadTransaction) throws {
    try FileOutput.replacing(path, sparing: database.path) { try write([name], tx, to: $0) }
  }

  private func write(_ names: [String], _ tx: ReadTransaction, to output: Output) throws {
    let progress = Progress("export", total: 0, unit: "B", quiet: quiet)
    var written = 0
    let sink = { (bytes: UnsafeRawBufferPointer) in
      try output.write(bytes)
      written += bytes.count
      progress.update(written)
      try Interrupt.check()
    }
    defer { progress.finish() }
    guard let rows = format.rows else {
      try tx.exportSQL(names, where: try Filter.parse(condition), to: sink)
      return
    }
    if names.count == 1 {
      try tx.export(
        names[0], ExportOptions(format: rows, where: try Filter.parse(condition)), to: sink)
    } else {
      try tx.exportObject(names, where: try Filter.parse(condition), to: sink)
    }
  }
}
