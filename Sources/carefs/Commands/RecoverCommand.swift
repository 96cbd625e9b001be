import ArgumentParser
import CareFS

/// `carefs recover`.
struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Save every readable row of a damaged file into a new one.",
    discussion: """
      Reads what is sound of the file and of its log, and writes it into OUT, which must not exist. \
      The damaged file stays as it is. Prints what was saved and what was lost, table by table. \
      Rows that the new file cannot hold, as their parent or a part of them is lost, go to \
      OUT.rejects.ndjson, a line each with table, reason and row.

      Exit codes: 0 everything was saved; 1 something was lost.

      Example:
        carefs recover clinic.carefs saved.carefs
      """)

  @OptionGroup var database: DatabaseFile

  @Argument(help: "The new file.", completion: .file(extensions: ["carefs"]))
  var output: Word

  @Option(help: "Where refused rows go; OUT.rejects.ndjson unless given.", completion: .file())
  var rejects: Word?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func run() throws {
    Interrupt.listen()
    let progress = Progress("recover", total: 0, unit: "rows", quiet: quiet)
    let refusals = RefusedRows(
      path: rejects?.text ?? output.text + ".rejects.ndjson", sparing: database.path)
    var events = RecoverEvents()
    events.progress = { _, rows in
      progress.update(rows)
      try Interrupt.check()
    }
    events.refused = { try refusals.add($0) }
    let report: RecoverReport
    do {
      report = try Database.recover(path: database.path, into: output.text, events: events)
      try refusals.keep()
    } catch {
      refusals.abandon()
      throw Failure(opening: database.path, error)
    }
    progress.finish()
    let standard = Output(descriptor: 1)
    if json { try standard.line(object(report).text) } else { try write(report, to: standard) }
    try standard.flush()
    if refusals.count > 0 {
      Message.note("\(refusals.count) rows went to \(refusals.path)")
    }
    if !report.isComplete { throw ExitCode(1) }
  }

  private func write(_ report: RecoverReport, to output: Output) throws {
    var table = TextTable(
      ["table", "saved", "refused", "lost"], right: [false, true, true, true],
      style: Style.allows(1), isWhole: true)
    for entry in report.tables {
      let lost = entry.counted == nil ? "?" : Figures.grouped(Int(clamping: entry.lost))
      let row = [entry.name, Figures.grouped(entry.saved), Figures.grouped(entry.refused), lost]
      try table.add(row, to: output)
    }
    try table.flush(to: output)
    for page in report.pages.prefix(20) { try output.line(page.reason) }
    if report.unreadablePages > 0 {
      try output.line("\(Figures.grouped(report.unreadablePages)) pages in use could not be read")
    }
    for note in report.notes { try output.line("note: \(note)") }
    try output.line(report.isComplete ? "everything was saved" : "not everything could be saved")
  }

  private func object(_ report: RecoverReport) -> JSONReport {
    var object = JSONReport()
    object.list(
      "tables",
      report.tables.map { entry in
        var table = JSONReport()
        table.add("name", entry.name)
        table.add("saved", entry.saved)
        table.add("refused", entry.refused)
        table.add("lost", raw: entry.counted.map { _ in String(entry.lost) })
        return table
      })
    object.add("unreadable_pages", report.unreadablePages)
    object.add("notes", report.notes)
    object.add("complete", report.isComplete)
    return object
  }
}

/// The file of refused rows, made when there is one.
private final class RefusedRows {
  let path: String
  private let database: String
  private var file: FileOutput?
  private(set) var count = 0

  init(path: String, sparing database: String) {
    self.path = path
    self.database = database
  }

  func add(_ refusal: RecoverRefusal) throws {
    let file = try file ?? FileOutput(path, sparing: database)
    self.file = file
    count += 1
    var line = JSONReport()
    line.add("table", refusal.table)
    line.add("reason", refusal.reason)
    line.add("row", raw: refusal.row)
    try file.output.line(line.text)
  }

  func keep() throws { try file?.keep() }

  func abandon() { file?.abandon() }
}
