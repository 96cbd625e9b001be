/// Files that are written whole or not at all.
enum FileOutput {
  /// Writes a file beside its place and moves it there when it is complete. It never takes the
  /// place of the database, of its log, or of another file that the command reads.
  static func replacing(
    _ path: String, sparing database: String, _ others: String..., body: (Output) throws -> Void
  ) throws {
    for used in [database, "\(database)-wal"] + others where SystemCall.isSame(path, used) {
      throw Failure(.usage, "\(path) is what this command works on; name another file to write")
    }
    if SystemCall.isFolder(path) {
      throw Failure(.cannotOpen, "\(path) is a folder; give the name of a file")
    }
    let part = "\(path).part-\(SystemCall.processID())"
    do {
      let output = try Output(creating: part)
      try body(output)
      try output.flush()
      try SystemCall.move(part, to: path)
    } catch {
      SystemCall.remove(part)
      throw error
    }
  }
}
