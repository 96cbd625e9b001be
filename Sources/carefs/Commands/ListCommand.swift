import ArgumentParser
import CareFS

/// `carefs list`.
struct ListCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json, ndjson }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print rows.",
    discussion: """
      In the order of the keys, or as --order says.

      Example:
        carefs list clinic.carefs appointments --where 'status = "Scheduled"' --order -date,id
        carefs list clinic.carefs patients --columns id,full_name --limit 20 --format csv
      """)

  @OptionGroup var target: TableOfFile

  @Option(
    name: .customLong("where"), parsing: .unconditional, help: "Which rows, as an expression.")
  var condition: Word?

  @Option(parsing: .unconditional, help: "Columns to sort by, descending ones as -name.")
  var order: Word?

  @Option(parsing: .unconditional, help: "The most rows to print.")
  var limit: Word?

  @Option(help: "The columns to print: a,b.")
  var columns: Word?

  @Option(help: "table, csv, json or ndjson.")
  var format = Format.table

  func validate() throws {
    try ColumnWords.validate(order, "--order")
    try ColumnWords.validate(columns, "--columns")
    if let limit, (Int(limit.text) ?? -1) < 0 {
      throw ValidationError("--limit needs a number of rows from 0")
    }
  }

  func run() throws {
    var options = ExportOptions(
      format: ExportOptions.Format(rawValue: format.rawValue) ?? .csv,
      where: try Filter.parse(condition))
    options.order = ColumnWords.order(order)
    options.limit = limit.flatMap { Int($0.text) }
    options.columns = ColumnWords.names(columns)
    let output = Output(descriptor: 1)
    try target.database.read(to: output) { tx in
      if format == .table {
        try printTable(tx, options, to: output)
      } else {
        try tx.export(target.name, options) { try output.write($0) }
      }
    }
    try output.flush()
  }

  private func printTable(
    _ tx: ReadTransaction, _ options: ExportOptions, to output: Output
  ) throws {
    let schema = try tx.table(target.name).schema
    let names = options.columns ?? schema.columns.map(\.name)
    let right = names.map { name in
      switch schema.column(name)?.type {
      case .int, .double, .decimal: true
      default: false
      }
    }
    var table = TextTable(names, right: right, style: Style.allows(1))
    try tx.forEachText(target.name, options) { row in
      try table.add(row.map { $0 ?? "" }, to: output)
    }
    try table.flush(to: output)
  }
}
