import ArgumentParser
import CareFS

extension ImportCommand {
  func validateDump() throws {
    if let optionalSource {
      throw ValidationError(
        "an SQL dump names its tables itself: give the file and '\(optionalSource.text)' alone")
    }
    let misplaced = [
      (null != nil, "--null"), (!map.isEmpty, "--map"), (jsonColumn != nil, "--json-column"),
      (batch != nil, "--batch"),
    ]
    if let option = misplaced.first(where: \.0)?.1 {
      throw ValidationError("\(option) has no meaning for an SQL dump; leave it out")
    }
  }

  /// Loads a dump into the database, or into a new one when there is none.
  func runDump() throws {
    let dump = try DumpInput(source.text, beside: database.path)
    let isNew = !SystemCall.isThere(database.path)
    let start = SystemCall.seconds()
    let report: SQLImportReport
    if isNew {
      // What a failure leaves behind must not be taken for the database.
      let part = "\(database.path).part-\(SystemCall.processID())"
      do {
        let made = try create(part)
        report = try load(dump, into: made)
        try made.close()
        guard !SystemCall.isThere(database.path) else {
          throw Failure(.cannotOpen, "\(database.path) has been made meanwhile; load again")
        }
        try SystemCall.move(part, to: database.path)
      } catch {
        SystemCall.remove(part)
        SystemCall.remove("\(part)-wal")
        throw error
      }
    } else {
      let opened = try database.openForWriting()
      report = try load(dump, into: opened)
      try opened.close()
    }
    let output = Output(descriptor: 1)
    try output.write(text(report.rows, SystemCall.seconds() - start, tables: report.tables))
    try output.flush()
    if report.rows.rejected > 0 { throw ExitCode(Failure.Exit.refused.rawValue) }
  }

  private func create(_ path: String) throws -> Database {
    do {
      return try Database.create(path: path, schema: DatabaseSchema())
    } catch {
      throw Failure(opening: database.path, error)
    }
  }

  private func load(_ dump: DumpInput, into opened: Database) throws -> SQLImportReport {
    var options = SQLImportOptions()
    options.onConflict = onConflict
    // It is read twice.
    let progress = Progress("import", total: 2 * dump.input.size, unit: "B", quiet: quiet)
    var events = ImportEvents()
    events.progress = { _ in
      progress.update(dump.position)
      try Interrupt.check()
    }
    events.noted = { line, what in
      Message.note("\(dump.input.name), line \(line): \(what)")
    }
    return try withRejects(events) { events in
      let report = try naming(dump.input) {
        try opened.importSQL(from: dump.fromBeginning, options, events: events)
      }
      progress.finish()
      return report
    }
  }
}

/// A dump that is read more than once: a file, or a copy of what a pipe gave.
final class DumpInput {
  /// What is read.
  let input: FileInput
  private var passed = 0

  /// - Parameter database: beside which a copy is kept while it is needed.
  init(_ path: String, beside database: String) throws {
    let source = try FileInput(path)
    guard !source.rewind() else {
      input = source
      return
    }
    let copy = "\(database).dump-\(SystemCall.processID())"
    defer { SystemCall.remove(copy) }
    let output = try Output(creating: copy, named: copy)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      try chunk.withUnsafeBytes { try output.write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      try Interrupt.check()
    }
    try output.flush()
    input = try FileInput(copy, named: source.name)
  }

  /// The bytes read so far, in all passes.
  var position: Int { passed + input.position }

  /// The dump from its beginning, unpacked.
  func fromBeginning() throws -> any ByteSource {
    passed += input.position
    _ = input.rewind()
    return try GzipSource.detecting(input)
  }
}
