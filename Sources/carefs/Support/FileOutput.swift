/// Files that are written whole or not at all.
enum FileOutput {
  /// Writes a file beside its place and moves it there when it is complete.
  static func replacing(_ path: String, _ body: (Output) throws -> Void) throws {
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
