import ArgumentParser
import CareFS

/// The forms that a source may have.
enum SourceFormat: String, CaseIterable, ExpressibleByArgument {
  case csv, json, ndjson, sql

  /// The form of a source of one table's rows; nil for a dump.
  var rows: ImportOptions.Format? { ImportOptions.Format(rawValue: rawValue) }
}

extension ImportOptions.Conflict: ExpressibleByArgument {}
extension FileInput: ByteSource {}

/// `carefs import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Load rows from CSV, JSON or NDJSON, or a whole SQL dump.",
    discussion: """
      All rows are one transaction; constraints hold at its end, so rows may refer to later rows. \
      The first bad row stops all and nothing is kept; with --rejects bad rows go there with line, \
      column and reason, and the good ones are kept. A source that ends in .gz, or holds gzip, is \
      read as it is. - is standard input.

      An SQL dump names its tables itself: of sqlite3 (.dump), of PostgreSQL (pg_dump --inserts) or \
      of export --format sql. Its tables, keys, references, checks and indexes are made with its \
      rows, in one transaction, in a new file or beside what a file holds. What has no place here, \
      such as views and triggers, is passed over with a note.

      Example:
        carefs import clinic.carefs patients patients.csv --rejects bad.ndjson
        carefs import clinic.carefs notes - --format ndjson --batch 1000 < n.ndjson
        carefs import f.carefs docs r4.ndjson.gz --json-column doc --map id=id
        sqlite3 old.db .dump | carefs import new.carefs --format sql -
      """)

  @OptionGroup var database: DatabaseFile

  @Argument(help: "The table; left out for an SQL dump.")
  var table: Word

  @Argument(help: "The file to read; - is standard input.", completion: .file())
  var optionalSource: Word?

  @Option(help: "csv, json, ndjson or sql; otherwise the source's name tells.")
  var format: SourceFormat?

  @Option(parsing: .unconditional, help: "The unquoted CSV field that stands for null.")
  var null: Word?

  @Option(help: "What happens to rows that are there already: fail, skip or replace.")
  var onConflict = ImportOptions.Conflict.fail

  @Option(help: "Where bad rows go, as NDJSON.", completion: .file())
  var rejects: Word?

  @Option(help: ArgumentHelp("Fields of the source for columns.", valueName: "col=field,..."))
  var map: [Word] = []

  @Option(help: ArgumentHelp("The column that takes each whole document.", valueName: "col"))
  var jsonColumn: Word?

  @Option(help: ArgumentHelp("Commit every so many rows.", valueName: "rows"))
  var batch: Word?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  /// The source, which is the only argument behind the file where it is a dump.
  var source: Word { optionalSource ?? table }

  var isDump: Bool {
    guard let optionalSource else { return (format ?? Self.format(of: table.text)) == .sql }
    return (format ?? Self.format(of: optionalSource.text)) == .sql
  }

  func validate() throws {
    if isDump { return try validateDump() }
    guard optionalSource != nil else {
      throw ValidationError("Missing expected argument '<source>'")
    }
    _ = try options()
    if let batch, (Int(batch.text) ?? 0) < 1 {
      throw ValidationError("--batch needs a number of rows from 1")
    }
  }

  private func options() throws -> ImportOptions {
    guard let format = (format ?? Self.format(of: source.text))?.rows else {
      throw ValidationError("\(source.text): say what it is with --format csv, json or ndjson")
    }
    var options = ImportOptions(format: format)
    options.null = null?.text
    options.onConflict = onConflict
    options.jsonColumn = jsonColumn?.text
    options.batchRows = batch.flatMap { Int($0.text) }
    for pair in map.flatMap({ $0.text.split(separator: ",") }) {
      guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
        throw ValidationError("--map needs column=field, not '\(pair)'")
      }
      let field = String(pair[pair.index(after: equals)...])
      options.mapping.append((column: String(pair[..<equals]), field: field))
    }
    return options
  }

  /// The form that the end of a name tells.
  private static func format(of name: String) -> SourceFormat? {
    var name = name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".json") { return .json }
    if name.hasSuffix(".sql") { return .sql }
    return name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") ? .ndjson : nil
  }

  func run() throws {
    Interrupt.listen()
    if isDump { return try runDump() }
    let options = try options()
    let input = try FileInput(source.text)
    let output = Output(descriptor: 1)
    let database = try self.database.openForWriting()
    let start = SystemCall.seconds()
    let progress = Progress("import", total: input.size, unit: "B", quiet: quiet)
    var events = ImportEvents()
    events.progress = { _ in
      progress.update(input.position)
      try Interrupt.check()
    }
    if options.batchRows != nil {
      events.committed = { rows in
        try output.line("committed \(rows)")
        try output.flush()
      }
    }
    let report = try withRejects(events) { events in
      let source = try GzipSource.detecting(input)
      return try naming(input) {
        try database.importRows(into: table.text, from: source, options, events: events)
      }
    }
    progress.finish()
    try database.close()
    try output.write(text(report, SystemCall.seconds() - start))
    try output.flush()
    if report.rejected > 0 { throw ExitCode(Failure.Exit.refused.rawValue) }
  }

  /// Loads with the bad rows going to their file, which is kept as far as what it tells of is.
  func withRejects<R>(_ events: ImportEvents, _ load: (ImportEvents) throws -> R) throws -> R {
    guard let rejects else { return try load(events) }
    var events = events
    let file = try FileOutput(rejects.text, sparing: database.path, [source.text])
    events.rejected = { rejection in try file.output.line(Self.line(rejection)) }
    let tell = events.committed
    // What a durable batch rejected must not be lost when a later one fails or is interrupted.
    events.committed = { rows in
      try file.keep()
      try tell?(rows)
    }
    do {
      let report = try load(events)
      try file.keep()
      return report
    } catch {
      file.abandon()
      throw error
    }
  }

  /// Puts the source's name before the line of an error.
  func naming<R>(_ input: FileInput, _ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as DatabaseError where error.message.hasPrefix("line ") {
      var error = error
      error.message = "\(input.name), \(error.message)"
      throw error
    } catch let error as FormatError {
      throw Failure(.refused, "\(input.name), \(error)")
    }
  }

  private static func line(_ rejection: ImportRejection) -> String {
    var report = JSONReport()
    report.add("line", rejection.line)
    report.add("column", raw: rejection.column.map(JSONReport.quote))
    report.add("reason", rejection.reason)
    return report.text
  }

  func text(_ report: ImportReport, _ seconds: Double, tables: Int? = nil) -> String {
    let rate = Figures.rate(report.read, seconds)
    if json {
      var object = JSONReport()
      if let tables { object.add("tables", tables) }
      object.add("read", report.read)
      object.add("inserted", report.inserted)
      object.add("replaced", report.replaced)
      object.add("skipped", report.skipped)
      object.add("rejected", report.rejected)
      object.add("seconds", seconds, decimals: 3)
      object.add("rows_per_second", rate)
      return object.text + "\n"
    }
    var parts = tables.map { [Figures.count($0, "table") + " made"] } ?? []
    parts += [Figures.count(report.read, "row") + " read", "\(report.inserted) inserted"]
    if onConflict == .replace { parts.append("\(report.replaced) replaced") }
    if onConflict == .skip { parts.append("\(report.skipped) skipped") }
    parts.append("\(report.rejected) rejected")
    parts.append("\(Figures.fixed(seconds, 2)) s")
    parts.append("\(rate) rows/s")
    return parts.joined(separator: ", ") + "\n"
  }
}
