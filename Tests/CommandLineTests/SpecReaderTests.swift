import Foundation
import Testing

/// Spec/reader.py, written from Spec/format.md alone, must print what `carefs export` prints.
@Suite(.enabled(if: SpecReader.isReady, "python3 has no lz4 and xxhash: run make test"))
struct SpecReaderTests {
  @Test func everyColumnType() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.allTypesSchema)
    try shell.load(file, "all_types", SpecSamples.allTypesRows())
    try SpecReader.expectSameLines(shell, file, "all_types", rows: SpecSamples.allTypesCount)
  }

  @Test(arguments: ["text_keys", "number_keys", "bytes_keys", "uuid_keys"])
  func keysOfEveryType(_ table: String) throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.keySchema)
    let rows = SpecSamples.keyRows(table)
    try shell.load(file, table, rows)
    try SpecReader.expectSameLines(shell, file, table, rows: rows.count)
  }

  @Test func documentsOfEverySize() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    let rows = SpecSamples.documentRows()
    try shell.load(file, "documents", rows)
    try SpecReader.expectSameLines(shell, file, "documents", rows: rows.count)
    try shell.expect(0, ["delete", file, "documents", "--where", "id <= 40"])
    try SpecReader.expectSameLines(shell, file, "documents", rows: rows.count - 40)
  }

  @Test func afterCompact() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    let rows = SpecSamples.documentRows()
    try shell.load(file, "documents", rows)
    try shell.expect(0, ["compact", file])
    try SpecReader.expectSameLines(shell, file, "documents", rows: rows.count)
  }

  @Test func emptyTable() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    try SpecReader.expectSameLines(shell, file, "documents", rows: 0)
  }

  @Test func unreplayedLog() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    try shell.load(file, "documents", Array(SpecSamples.documentRows().prefix(60)))
    let log = try SpecReader.killImport(shell, file, "documents", SpecSamples.laterRows())
    #expect(log > 0, "a killed writer left no log")
    let reader = try SpecReader.run(file, "documents")
    // The export reads the log too, and must not have changed what the reader saw.
    let export = try shell.run("export", file, "documents", "--format", "ndjson")
    #expect(reader.status == 0, "\(reader.problem)")
    #expect(reader.output == export.out)
    #expect(export.lines.count > 60, "nothing of the log was committed")
  }

  @Test func logOfTwoKills() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    _ = try SpecReader.killImport(shell, file, "documents", SpecSamples.laterRows())
    _ = try SpecReader.killImport(shell, file, "documents", SpecSamples.laterRows(after: 100))
    let reader = try SpecReader.run(file, "documents")
    let export = try shell.run("export", file, "documents", "--format", "ndjson")
    #expect(reader.status == 0, "\(reader.problem)")
    #expect(reader.output == export.out)
    #expect(export.lines.count >= 40)
  }

  @Test func damageIsNamed() throws {
    let shell = try Shell()
    let file = try shell.make(SpecSamples.documentSchema)
    try shell.load(file, "documents", SpecSamples.documentRows())
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    bytes[3 * 8192 + 100] ^= 1
    try bytes.write(to: URL(fileURLWithPath: file))
    let reader = try SpecReader.run(file, "documents")
    #expect(reader.status == 1)
    #expect(reader.problem.contains("page 3 is damaged"))
  }
}

extension Shell {
  /// A new database with a schema.
  func make(_ schema: String) throws -> String {
    let file = path("spec.carefs")
    try expect(0, ["init", file, "--schema", try self.file("schema.json", schema)])
    return file
  }

  /// Imports lines of JSON.
  func load(_ file: String, _ table: String, _ rows: [String]) throws {
    let text = rows.joined(separator: "\n") + "\n"
    try expect(0, ["import", file, table, "-", "--format", "ndjson"], input: text)
  }

  /// Runs and expects an exit code.
  func expect(_ code: Int32, _ arguments: [String], input: String? = nil) throws {
    let run = try run(arguments, input: input)
    try #require(run.exit == code, "carefs \(arguments.joined(separator: " ")): \(run.err)")
  }
}
