import ArgumentParser
import CareFS

/// `carefs insert`.
struct InsertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "insert",
    abstract: "Insert a row.",
    discussion: """
      The row is a JSON object; - reads it from standard input. A column that is not named takes \
      its default. Prints the key of the new row.

      Example:
        carefs insert clinic.carefs specializations '{"name": "Neurology"}'
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The row as a JSON object.")
  var row: Word

  func run() throws {
    let text = try RowText.text(row)
    let printed = try target.database.write { tx in
      let table = try tx.table(target.name)
      let key = try tx.insert(into: target.name, try RowText.fields(text, table.schema))
      return KeyText.json(key, table.schema)
    }
    let output = Output(descriptor: 1)
    try output.line(printed)
    try output.flush()
  }
}

/// `carefs upsert`.
struct UpsertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upsert",
    abstract: "Insert a row, or update the one with its key.",
    discussion: """
      Of a row that is there only the columns that the JSON object names change. Prints inserted or \
      updated.

      Example:
        carefs upsert clinic.carefs specializations '{"id": 4, "name": "Neurology"}'
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The row as a JSON object.")
  var row: Word

  func run() throws {
    let text = try RowText.text(row)
    let printed = try target.database.write { tx in
      let table = try tx.table(target.name)
      let isNew = try tx.upsert(into: target.name, try RowText.fields(text, table.schema))
      return isNew ? "inserted" : "updated"
    }
    let output = Output(descriptor: 1)
    try output.line(printed)
    try output.flush()
  }
}

/// `carefs update`.
struct UpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change columns of one row.",
    discussion: """
      Only the columns that the JSON object names change.

      Example:
        carefs update clinic.carefs patients 17 '{"status": 1, "phone": null}'
      """)

  @OptionGroup var target: TableOfFile

  @Argument(help: "The key, then the changes as a JSON object.")
  var keyAndChanges: [Word]

  func validate() throws {
    if keyAndChanges.count < 2 { throw ValidationError("missing the changes as a JSON object") }
  }

  func run() throws {
    let words = keyAndChanges.dropLast().map(\.text)
    guard let last = keyAndChanges.last else { return }
    let text = try RowText.text(last)
    try target.database.write { tx in
      let table = try tx.table(target.name)
      let key = try KeyText.values(words, table.schema)
      let changes = try RowText.fields(text, table.schema)
      guard try tx.update(target.name, key: key, changes) else {
        throw KeyText.missing(words, table.schema)
      }
    }
  }
}
