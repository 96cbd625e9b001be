import ArgumentParser
import CareFS

/// `carefs delete`.
struct DeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete rows with everything that hangs on them.",
    discussion: """
      Prints the rows removed from each table. With --dry-run nothing is removed.

      Example:
        carefs delete clinic.carefs patients 17 --dry-run
        carefs delete clinic.carefs appointments --where 'date < "2020-01-01"'
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The key of the row.")
  var key: [Word] = []

  @Option(
    name: .customLong("where"), parsing: .unconditional, help: "Which rows, as an expression.")
  var condition: Word?

  @Flag(help: "Only count what would go.")
  var dryRun = false

  @Flag(help: "Print the counts as JSON.")
  var json = false

  func validate() throws {
    if key.isEmpty == (condition == nil) { throw ValidationError("give either a key or --where") }
  }

  func run() throws {
    let counts = try target.database.write { tx in
      let table = try tx.table(target.name)
      if let condition {
        return try tx.delete(
          from: target.name, where: try Expression.parse(condition.text), dryRun: dryRun)
      }
      let words = key.map(\.text)
      let counts = try tx.delete(
        from: target.name, key: try KeyText.values(words, table.schema), dryRun: dryRun)
      if counts.total == 0 { throw KeyText.missing(words, table.schema) }
      return counts
    }
    let output = Output(descriptor: 1)
    try output.write(json ? DeleteText.json(counts) : DeleteText.lines(counts, dryRun))
    try output.flush()
  }
}

/// What a deletion did, as text.
enum DeleteText {
  static func lines(_ counts: DeleteCounts, _ dryRun: Bool) -> String {
    var out = ""
    for entry in counts.entries {
      if entry.deleted > 0 {
        out += "\(entry.table): \(entry.deleted) \(dryRun ? "would be deleted" : "deleted")\n"
      }
      if entry.changed > 0 {
        out += "\(entry.table): \(entry.changed) \(dryRun ? "would lose" : "lost") a reference\n"
      }
    }
    return out + "total: \(counts.total) \(dryRun ? "would be deleted" : "deleted")\n"
  }

  static func json(_ counts: DeleteCounts) -> String {
    var report = JSONReport()
    report.object("deleted") { report in
      for entry in counts.entries where entry.deleted > 0 { report.add(entry.table, entry.deleted) }
    }
    report.object("changed") { report in
      for entry in counts.entries where entry.changed > 0 { report.add(entry.table, entry.changed) }
    }
    report.add("total", counts.total)
    return report.text + "\n"
  }
}
