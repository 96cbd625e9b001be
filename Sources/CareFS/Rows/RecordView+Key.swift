extension RecordView {
  /// Appends a column to a key as a part.
  ///
  /// - Throws: `notComparable` for a JSON column, whose paths have keys of their own.
  @inline(__always)
  func appendKey(_ ordinal: Int, as part: KeyPart, to encoder: KeyEncoder) throws {
    if try isNull(ordinal) { return try encoder.appendNull(as: part) }
    let start = encoder.begin(part)
    switch part.type {
    case .int: encoder.append(int: try int(ordinal))
    case .text: encoder.append(text: try bytes(ordinal), collation: part.collation)
    case .date: encoder.append(int: Int64(try date(ordinal).days))
    case .timestamp: encoder.append(int: try timestamp(ordinal).microseconds)
    case .time: encoder.append(int: try time(ordinal).microseconds)
    case .double: encoder.append(double: try double(ordinal))
    case .bool: encoder.append(bool: try bool(ordinal))
    case .bytes: encoder.append(bytes: try bytes(ordinal))
    case .uuid: encoder.append(uuid: try uuid(ordinal))
    case .decimal: encoder.append(decimal: try decimal(ordinal))
    case .any:
      try AnyField(try bytes(ordinal)).appendKey(collation: part.collation, to: encoder)
    case .json: throw RowError.notComparable
    }
    encoder.end(part, from: start)
  }
}
