import ArgumentParser
import CareFS

/// The database that a command works on.
struct DatabaseFile: ParsableArguments {
  @Argument(help: "The database.", completion: .file(extensions: ["carefs"]))
  var file: Word

  var path: String { file.text }

  /// How long a command waits for another process that writes.
  private static let patience = 5.0

  /// Opens for reading; nothing on the disk changes.
  func openForReading() throws -> Database {
    do {
      return try openUnwrapped()
    } catch {
      throw Failure(opening: path, error)
    }
  }

  /// Opens for reading and throws the engine's own error.
  func openUnwrapped() throws -> Database {
    var options = DatabaseOptions()
    options.readOnly = true
    return try Database.open(path: path, options: options)
  }

  /// Opens for writing, waiting a little for another writer.
  func openForWriting() throws -> Database {
    try patiently { try Database.open(path: $0) }
  }

  /// Does what needs the file for itself, waiting a little for another writer.
  func patiently<R>(_ body: (String) throws -> R) throws -> R {
    let start = SystemCall.seconds()
    while true {
      do {
        return try body(path)
      } catch DatabaseError.Code.busy where SystemCall.seconds() - start < Self.patience {
        SystemCall.sleep(milliseconds: 50)
        try Interrupt.check()
      } catch {
        throw Failure(opening: path, error)
      }
    }
  }

  /// Reads a snapshot.
  func read<R>(_ body: (ReadTransaction) throws -> R) throws -> R {
    let database = try openForReading()
    let result = try database.read(body)
    try database.close()
    return result
  }

  /// Writes in one transaction.
  func write<R>(_ body: (WriteTransaction) throws -> R) throws -> R {
    let database = try openForWriting()
    let result = try database.write(body)
    try database.close()
    return result
  }
}

/// A database and one of its tables.
struct TableOfFile: ParsableArguments {
  @OptionGroup var database: DatabaseFile

  @Argument(help: "The table.")
  var table: Word

  var name: String { table.text }
}
