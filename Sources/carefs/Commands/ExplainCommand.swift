import ArgumentParser
import CareFS

/// `carefs explain`.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how rows would be found.",
    discussion: """
      Example:
        carefs explain clinic.carefs appointments --where 'date >= "2026-01-01"' --order -date
      """)

  @OptionGroup var target: TableOfFile

  @Option(
    name: .customLong("where"), parsing: .unconditional, help: "Which rows, as an expression.")
  var condition: Word?

  @Option(parsing: .unconditional, help: "Columns to sort by, descending ones as -name.")
  var order: Word?

  func validate() throws { try ColumnWords.validate(order, "--order") }

  func run() throws {
    let text = try target.database.read { tx in
      try tx.explain(
        target.name, where: try Filter.parse(condition), order: ColumnWords.order(order))
    }
    let output = Output(descriptor: 1)
    try output.line("\(text)")
    try output.flush()
  }
}
