import ArgumentParser
import CareFS
import CareModel

/// `carefs init`.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Create a database from a schema.",
    discussion: """
      Refuses a file that is there already. The new file can be read by its owner alone.

      Example:
        carefs init clinic.carefs --model hospital
        carefs schema clinic.carefs --format json > schema.json
        carefs init copy.carefs --schema schema.json
      """)

  @OptionGroup var database: DatabaseFile

  @Option(
    help: "A file with the schema as JSON; - is standard input.",
    completion: .file(extensions: ["json"]))
  var schema: Word?

  @Option(
    help: ArgumentHelp(
      "A schema that comes with carefs: \(CareModel.names.joined(separator: ", "))."),
    completion: .list(CareModel.names))
  var model: String?

  func validate() throws {
    if (schema == nil) == (model == nil) {
      throw ValidationError("give either --schema or --model")
    }
    if let model, CareModel.schema(named: model) == nil {
      let names = CareModel.names.joined(separator: ", ")
      throw ValidationError("there is no model '\(model)'; the models are \(names)")
    }
  }

  func run() throws {
    let wanted: DatabaseSchema
    if let model, let known = CareModel.schema(named: model) {
      wanted = known
    } else {
      let input = try FileInput(schema?.text ?? "-")
      wanted = try DatabaseSchema(parsing: try input.readAll())
    }
    // A refused schema is told apart from a file that cannot be made.
    try wanted.validate()
    if wanted.tables.isEmpty {
      throw Failure(.refused, "schema: it has no tables; see Example in `carefs init --help`")
    }
    if SystemCall.isThere(database.path) {
      throw Failure(
        .cannotOpen, "\(database.path) is there already and stays as it is; give another name")
    }
    do {
      try Database.create(path: database.path, schema: wanted).close()
    } catch {
      throw Failure(opening: database.path, error)
    }
  }
}
