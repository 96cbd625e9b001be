import ArgumentParser
import CareFS

/// `carefs check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify everything in a file.",
    discussion: """
      Pages, their order, free space, every index against its rows, constraints, references and \
      documents. Opens for reading: the file is never changed, and a log left by a crash is read, \
      not replayed into it. Exits with 0 if all is well, with 1 if something was found.

      Example:
        carefs check clinic.carefs
      """)

  @OptionGroup var database: DatabaseFile

  @Flag(help: "Verify pages, free space and the order of keys alone.")
  var quick = false

  @Flag(help: "Print the findings as JSON.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func run() throws {
    Interrupt.listen()
    let output = Output(descriptor: 1)
    let isSound: Bool
    do {
      let report = try check()
      try output.write(json ? CheckText.json(report) : CheckText.lines(report))
      isSound = report.isSound
    } catch let error as DatabaseError where error.code == .corrupt {
      // So damaged that the tables cannot even be found.
      try output.write(json ? CheckText.json(error) : CheckText.lines(error))
      isSound = false
    }
    try output.flush()
    if !isSound { throw ExitCode(Failure.Exit.refused.rawValue) }
  }

  private func check() throws -> CheckReport {
    let progress = Progress("check", total: 0, unit: "steps", quiet: quiet)
    defer { progress.finish() }
    return try database.reading(reportsDamage: true) { opened in
      var steps = 0
      return try opened.check(quick: quick) { _ in
        steps += 1
        progress.update(steps)
        try Interrupt.check()
      }
    }
  }
}

/// What a check found, as text.
enum CheckText {
  static func lines(_ report: CheckReport) -> String {
    var out = ""
    for finding in report.findings { out += "\(place(finding))\(finding.message)\n" }
    for note in report.notes { out += "note: \(note)\n" }
    if report.findingCount > report.findings.count {
      out += "only the first \(report.findings.count) findings are shown\n"
    }
    let rows = Figures.count(Int(clamping: report.rows), "row")
    let entries = Figures.count(Int(clamping: report.entries), "index entry", "index entries")
    let pages = Figures.count(Int(clamping: report.pages), "page")
    return out + "\(findings(report.findingCount)) in \(rows), \(entries), \(pages)\n"
  }

  static func lines(_ error: DatabaseError) -> String {
    "\(error.message)\n\(findings(1))\n"
  }

  private static func findings(_ count: Int) -> String { Figures.count(count, "finding") }

  /// Where a finding is, as far as its message does not say so itself.
  private static func place(_ finding: CheckReport.Finding) -> String {
    var parts: [String] = []
    if let page = finding.page, !finding.message.contains("page \(page)") {
      parts.append("page \(page)")
    }
    if let table = finding.table, !finding.message.contains(table) { parts.append(table) }
    if let index = finding.index, !finding.message.contains(index) {
      parts.append("index \(index)")
    }
    if let key = finding.key {
      parts.append("key \(key.map { ValueText.json(of: $0) }.joined(separator: ", "))")
    }
    return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
  }

  static func json(_ report: CheckReport) -> String {
    var object = JSONReport()
    object.list("findings", report.findings.map(json))
    object.add("finding_count", report.findingCount)
    object.add("notes", report.notes)
    object.add("rows", report.rows)
    object.add("entries", report.entries)
    object.add("pages", report.pages)
    return object.text + "\n"
  }

  private static func json(_ finding: CheckReport.Finding) -> JSONReport {
    var object = JSONReport()
    object.add("page", raw: finding.page.map { String($0) })
    object.add("table", raw: finding.table.map(JSONReport.quote))
    object.add("index", raw: finding.index.map(JSONReport.quote))
    let key = finding.key?.map { ValueText.json(of: $0) }.joined(separator: ",")
    object.add("key", raw: key.map { "[\($0)]" })
    object.add("message", finding.message)
    return object
  }

  static func json(_ error: DatabaseError) -> String {
    var finding = JSONReport()
    finding.add("page", raw: error.page.map { String($0) })
    finding.add("message", error.message)
    var object = JSONReport()
    object.list("findings", [finding])
    object.add("finding_count", 1)
    return object.text + "\n"
  }
}
