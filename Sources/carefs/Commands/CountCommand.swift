import ArgumentParser
import CareFS

/// `carefs count`.
struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count rows.",
    discussion: """
      Prints the number alone.

      Example:
        carefs count clinic.carefs patients --where 'status = 0 and city = "Leeds"'
      """)

  @OptionGroup var target: TableOfFile

  @Option(
    name: .customLong("where"), parsing: .unconditional, help: "Which rows, as an expression.")
  var condition: Word?

  func run() throws {
    let count = try target.database.read { tx in
      try tx.count(target.name, where: try Filter.parse(condition))
    }
    let output = Output(descriptor: 1)
    try output.line(String(count))
    try output.flush()
  }
}
