/// What reads the documents that rows refer to by cells.
protocol DocumentLoader: AnyObject {
  /// The whole document of a cell. Valid until the next call.
  func load(_ cell: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer

  /// Visits the values at a path in the JSON document of a cell, until `body` returns false. The
  /// second argument is the text of the value, valid during the call.
  func forEachMatch(
    _ path: JSONPath, in cell: UnsafeRawBufferPointer,
    _ body: (JSONKind, UnsafeRawBufferPointer) throws -> Bool
  ) throws
}

extension DocumentLoader {
  func forEachMatch(
    _ path: JSONPath, in cell: UnsafeRawBufferPointer,
    _ body: (JSONKind, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    let document = try load(cell)
    if path.isMultiple {
      for match in try path.matches(in: document) {
        let text = UnsafeRawBufferPointer(rebasing: document[match.range])
        guard try body(match.kind, text) else { return }
      }
    } else if let match = try path.find(in: document) {
      _ = try body(match.kind, UnsafeRawBufferPointer(rebasing: document[match.range]))
    }
  }
}
