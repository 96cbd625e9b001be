import ArgumentParser
import CareFS

/// `carefs get`.
struct GetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Print one row as JSON.",
    discussion: """
      A composite key is as many arguments as it has columns.

      Example:
        carefs get clinic.carefs patients 17
        carefs get clinic.carefs doctor_specializations 3 2
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The key.")
  var key: [Word]

  func run() throws {
    let output = Output(descriptor: 1)
    try target.database.read(to: output) { tx in
      let table = try tx.table(target.name)
      let values = try KeyText.values(key.map(\.text), table.schema)
      guard let row = try tx.get(table, key: values) else {
        throw KeyText.missing(key.map(\.text), table.schema)
      }
      let writer = JSONRowWriter(columns: row.columns, layout: .lines)
      writer.row(row.values)
      try writer.take { try output.write($0) }
    }
    try output.flush()
  }
}
