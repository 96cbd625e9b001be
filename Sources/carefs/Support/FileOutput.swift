/// A file that is written beside its place and takes it when it is complete.
///
/// It never takes the place of the database, of its log, or of another file that the command
/// reads.
final class FileOutput {
  /// Where its bytes go.
  let output: Output
  private let path: String
  private let part: String
  /// The bytes that stay whatever happens; nil before the file is in its place.
  private var kept: Int?

  /// - Parameter others: files that the command reads beside the database.
  init(_ path: String, sparing database: String, _ others: [String] = []) throws {
    for used in [database, "\(database)-wal"] + others where SystemCall.isSame(path, used) {
      throw Failure(.usage, "\(path) is what this command works on; name another file to write")
    }
    if SystemCall.isFolder(path) {
      throw Failure(.cannotOpen, "\(path) is a folder; give the name of a file")
    }
    self.path = path
    part = "\(path).part-\(SystemCall.processID())"
    output = try Output(creating: part, named: path)
  }

  /// Puts the file into its place with what is written so far, which stays whatever comes.
  func keep() throws {
    try output.flush()
    if kept == nil { try SystemCall.move(part, to: path) }
    kept = output.sent
  }

  /// Takes back what was written since the file was last kept; all of it if it never was.
  func abandon() {
    if let kept {
      output.cut(to: kept)
    } else {
      SystemCall.remove(part)
    }
  }

  /// Writes a file whole or not at all.
  static func replacing(
    _ path: String, sparing database: String, body: (Output) throws -> Void
  ) throws {
    let file = try FileOutput(path, sparing: database)
    do {
      try body(file.output)
      try file.keep()
    } catch {
      file.abandon()
      throw error
    }
  }
}
