import ArgumentParser
import CareFS

extension ImportOptions.Format: ExpressibleByArgument {}
extension ImportOptions.Conflict: ExpressibleByArgument {}
extension FileInput: ByteSource {}

/// `carefs import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Load rows from CSV, JSON or NDJSON.",
    discussion: """
      All rows are one transaction; constraints hold at its end, so rows may refer to later rows. \
      The first bad row stops all and nothing is kept; with --rejects bad rows go there with line, \
      column and reason, and the good ones are kept. A source that ends in .gz, or holds gzip, is \
      read as it is. - is standard input.

      Example:
        carefs import clinic.carefs patients patients.csv --rejects bad.ndjson
        carefs import clinic.carefs notes - --format ndjson --batch 1000 < n.ndjson
        carefs import f.carefs docs r4.ndjson.gz --json-column doc --map id=id
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The file to read; - is standard input.", completion: .file())
  var source: Word

  @Option(help: "csv, json or ndjson; otherwise the source's name tells.")
  var format: ImportOptions.Format?

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

  func validate() throws {
    _ = try options()
    if let batch, (Int(batch.text) ?? 0) < 1 {
      throw ValidationError("--batch needs a number of rows from 1")
    }
  }

  private func options() throws -> ImportOptions {
    guard let format = format ?? Self.format(of: source.text) else {
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
  private static func format(of name: String) -> ImportOptions.Format? {
    var name = name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".csv") { return .csv }
    if name.hasSuffix(".json") { return .json }
    return name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") ? .ndjson : nil
  }

  func run() throws {
    Interrupt.listen()
    let options = try options()
    let input = try FileInput(source.text)
    let output = Output(descriptor: 1)
    let database = try target.database.openForWriting()
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
    let report = try load(from: input, into: database, options, events)
    progress.finish()
    try database.close()
    try output.write(text(report, SystemCall.seconds() - start))
    try output.flush()
    if report.rejected > 0 { throw ExitCode(Failure.Exit.refused.rawValue) }
  }

  private func load(
    from input: FileInput, into database: Database, _ options: ImportOptions,
    _ events: ImportEvents
  ) throws -> ImportReport {
    var events = events
    let source = try GzipSource.detecting(input)
    guard let rejects else { return try load(from: source, input, into: database, options, events) }
    let file = try FileOutput(
      rejects.text, sparing: target.database.path, [self.source.text])
    events.rejected = { rejection in try file.output.line(Self.line(rejection)) }
    let tell = events.committed
    // What a durable batch rejected must not be lost when a later one fails or is interrupted.
    events.committed = { rows in
      try file.keep()
      try tell?(rows)
    }
    do {
      let report = try load(from: source, input, into: database, options, events)
      try file.keep()
      return report
    } catch {
      file.abandon()
      throw error
    }
  }

  private func load(
    from source: any ByteSource, _ input: FileInput, into database: Database,
    _ options: ImportOptions, _ events: ImportEvents
  ) throws -> ImportReport {
    do {
      return try database.importRows(into: target.name, from: source, options, events: events)
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

  private func text(_ report: ImportReport, _ seconds: Double) -> String {
    let rate = Figures.rate(report.read, seconds)
    if json {
      var object = JSONReport()
      object.add("read", report.read)
      object.add("inserted", report.inserted)
      object.add("replaced", report.replaced)
      object.add("skipped", report.skipped)
      object.add("rejected", report.rejected)
      object.add("seconds", seconds, decimals: 3)
      object.add("rows_per_second", rate)
      return object.text + "\n"
    }
    var parts = [Figures.count(report.read, "row") + " read", "\(report.inserted) inserted"]
    if onConflict == .replace { parts.append("\(report.replaced) replaced") }
    if onConflict == .skip { parts.append("\(report.skipped) skipped") }
    parts.append("\(report.rejected) rejected")
    parts.append("\(Figures.fixed(seconds, 2)) s")
    parts.append("\(rate) rows/s")
    return parts.joined(separator: ", ") + "\n"
  }
}
