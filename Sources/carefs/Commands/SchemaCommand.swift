import ArgumentParser
import CareFS

/// `carefs schema`.
struct SchemaCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, dot }

  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the schema.",
    discussion: """
      As json it is what init reads. As dot it draws tables and references with Graphviz.

      Example:
        carefs schema clinic.carefs
        carefs schema clinic.carefs --format dot | dot -Tsvg > clinic.svg
      """)

  @OptionGroup var database: DatabaseFile

  @Option(help: "text, json or dot.")
  var format = Format.text

  func run() throws {
    let schema = try database.read { $0.schema }
    let output = Output(descriptor: 1)
    switch format {
    case .text: try output.write(SchemaText.render(schema))
    case .json: try output.write(schema.json)
    case .dot: try output.write(SchemaGraph.render(schema))
    }
    try output.flush()
  }
}
