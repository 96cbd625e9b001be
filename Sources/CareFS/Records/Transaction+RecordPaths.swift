extension RecordRow {
  /// The value at a path in a json column, the first one where there are several; nil if there is
  /// none.
  ///
  /// Of a long document only the parts up to the value are read and expanded.
  public func json(_ column: Int, at path: JSONPath) throws -> JSON? {
    let ordinal = ordinal(column)
    if try view.isNull(ordinal) { return nil }
    guard let documents = view.documents else { throw RowError.noDocuments }
    var found: JSON?
    try documents.forEachMatch(path, in: try view.cell(ordinal)) { _, text in
      found = JSON(validated: Array(text))
      return false
    }
    return found
  }
}

extension Transaction {
  /// The value at a path in a json column of the row with a key, the first one where there are
  /// several; nil if there is no such row or no such value.
  ///
  /// Of a long document only the parts up to the value are read and expanded.
  public func json<R: Record>(
    _ type: R.Type, _ key: R.Key, _ column: PartialKeyPath<R>, at path: JSONPath
  ) throws -> JSON? {
    let place = try place(column)
    guard let row = try enterRow(type, key) else { return nil }
    defer { leaveRow() }
    do { return try row.json(place, at: path) } catch { throw DatabaseError.reported(error) }
  }

  /// Where the column of a property stands; the last one is at hand.
  private func place<R: Record>(_ path: PartialKeyPath<R>) throws -> Int {
    if let last = lastColumn, last.path === path { return last.place }
    let place = try R.schema.place(path)
    lastColumn = (path, place)
    return place
  }
}
