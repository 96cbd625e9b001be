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
    do {
      return try again { try body(path) }
    } catch {
      throw Failure(opening: path, error)
    }
  }

  /// Tries until the file is free, or patience ends.
  private func again<R>(_ body: () throws -> R) throws -> R {
    let start = SystemCall.seconds()
    while true {
      do {
        return try body()
      } catch DatabaseError.Code.busy where SystemCall.seconds() - start < Self.patience {
        SystemCall.sleep(milliseconds: 50)
        try Interrupt.check()
      }
    }
  }

  /// Opens for reading and looks at the database.
  ///
  /// Beside a writer in another process parts of what was there at the start may be gone when they
  /// are read. Then all is read again, unless some of it has been printed.
  ///
  /// - Parameter reportsDamage: Whether damage that shows when the file is opened is thrown as it
  ///   is, not as a file that cannot be opened.
  func reading<R>(
    to output: Output? = nil, reportsDamage: Bool = false, _ body: (Database) throws -> R
  ) throws -> R {
    try again {
      let database: Database
      do {
        database = try openForReading()
      } catch {
        let code = (error as? DatabaseError)?.code
        if code == .busy || (code == .corrupt && reportsDamage) { throw error }
        throw Failure(opening: path, error)
      }
      do {
        let result = try body(database)
        try database.close()
        return result
      } catch let error as DatabaseError where error.code == .busy && output?.rewind() == false {
        throw Failure(error)
      }
    }
  }

  /// Reads a snapshot.
  func read<R>(to output: Output? = nil, _ body: (ReadTransaction) throws -> R) throws -> R {
    try reading(to: output) { try $0.read(body) }
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
