#if canImport(FoundationEssentials)
  import struct FoundationEssentials.UUID
#else
  import struct Foundation.UUID
#endif

/// Puts the values of a dump's rows into rows of the engine.
struct SQLField {
  let schema: TableSchema
  /// Whether numbers and texts stand as SQLite keeps them.
  let isSQLite: Bool
  /// Whether any values are JSON, as a dump of CareFS has them.
  let isOwn: Bool
  private let completed = ByteBuffer(capacity: 64)

  init(_ schema: TableSchema, isSQLite: Bool, isOwn: Bool) {
    self.schema = schema
    self.isSQLite = isSQLite
    self.isOwn = isOwn
  }

  /// Sets a column to a value. A null leaves an automatic key to the engine.
  @inline(__always)
  func set(
    _ ordinal: Int, _ cell: SQLCell, _ text: UnsafeRawBufferPointer, on row: RowAssembler
  ) throws {
    let column = schema.columns[ordinal]
    switch cell.kind {
    case .missing: return
    case .null: if !column.autoincrement { try row.setNull(ordinal) }
    case .integer where column.type == .int:
      if let value = NumberScan.plainInt(text) { return try row.setInt(ordinal, value) }
      try other(ordinal, column, cell, text, on: row)
    default: try other(ordinal, column, cell, text, on: row)
    }
  }

  private func other(
    _ ordinal: Int, _ column: ColumnSchema, _ cell: SQLCell, _ text: UnsafeRawBufferPointer,
    on row: RowAssembler
  ) throws {
    do {
      switch (cell.kind, column.type) {
      case (.text, .text), (.text, .uuid), (.text, .date), (.text, .time):
        try row.set(ordinal, try ValueText.parse(text, as: column.type))
      case (.text, .json):
        try row.set(ordinal, try ValueText.parse(text, as: .json))
      case (.text, .decimal):
        try row.set(ordinal, try ValueText.parse(text, as: .decimal))
      case (.text, .timestamp): try row.set(ordinal, try timestamp(text))
      case (.text, .any): try row.set(ordinal, try any(text))
      case (.text, .bool): try row.setBool(ordinal, try truth(text))
      case (.text, .bytes) where !isSQLite: try row.setBytes(ordinal, try bytea(text))
      case (.blob, .bytes): try row.setBytes(ordinal, text)
      case (.blob, .uuid) where text.count == 16:
        completed.clear()
        HexText.encode(text, to: completed)
        try row.set(ordinal, .uuid(try Self.uuid(completed)))
      case (.integer, .int), (.integer, .double), (.real, .double), (.integer, .decimal):
        try row.set(ordinal, try ValueText.parse(text, as: column.type))
      case (.real, .decimal): try row.set(ordinal, try ValueText.parse(exact(text), as: .decimal))
      case (.integer, .json): try row.set(ordinal, try ValueText.parse(text, as: .json))
      case (.real, .json): try row.set(ordinal, try ValueText.parse(exact(text), as: .json))
      case (.integer, .any), (.real, .any):
        let text = cell.kind == .real ? exact(text) : text
        guard let number = NumberText(text: text) else { throw ValueTextError.form(.any) }
        try row.set(ordinal, .any(.number(number)))
      case (.integer, .bool): try row.setBool(ordinal, try truth(text))
      case (.yes, .bool), (.no, .bool): try row.setBool(ordinal, cell.kind == .yes)
      case (.yes, .any), (.no, .any): try row.set(ordinal, .any(.bool(cell.kind == .yes)))
      default:
        throw ValueTextError(column.type, "\(cell.article) in a column of type \(column.type.name)")
      }
    } catch let error as ValueTextError {
      throw ImportFault.unreadable(schema, ordinal, error.description)
    }
  }

  /// SQLite writes more digits of a number than tell it from its neighbours; the shortest that do
  /// are meant. Elsewhere every digit counts.
  private func exact(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard isSQLite, !isOwn, let value = NumberScan.double(text) else { return text }
    completed.clear()
    completed.append(value.description)
    return completed.bytes
  }

  private func timestamp(_ text: UnsafeRawBufferPointer) throws(ValueTextError) -> Value {
    if let value = Timestamp(text: text) { return .timestamp(value) }
    guard text.count < 64, TextScan.invalidUTF8(text) == nil,
      let value = Timestamp(SQLTimestamp.complete(RawBytes.string(text)))
    else { throw .form(.timestamp) }
    return .timestamp(value)
  }

  private func any(_ text: UnsafeRawBufferPointer) throws(ValueTextError) -> Value {
    guard isOwn else {
      guard TextScan.invalidUTF8(text) == nil else { throw ValueTextError(.any, "not UTF-8") }
      return .any(.text(RawBytes.string(text)))
    }
    return try ValueText.parse(text, as: .any)
  }

  private func truth(_ text: UnsafeRawBufferPointer) throws(ValueTextError) -> Bool {
    switch RawBytes.string(text) {
    case "1", "t", "true", "TRUE": return true
    case "0", "f", "false", "FALSE": return false
    default: throw ValueTextError(.bool, "not 0, 1, true or false")
    }
  }

  /// `\x0102`, as PostgreSQL writes bytes.
  private func bytea(_ text: UnsafeRawBufferPointer) throws(ValueTextError)
    -> UnsafeRawBufferPointer
  {
    completed.clear()
    guard text.count >= 2, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x"),
      HexText.decode(UnsafeRawBufferPointer(rebasing: text[2...]), to: completed)
    else { throw ValueTextError(.bytes, "not bytes such as '\\x0102'") }
    return completed.bytes
  }

  private static func uuid(_ digits: ByteBuffer) throws(ValueTextError) -> UUID {
    let text = digits.string
    var parts: [Substring] = []
    var rest = text[...]
    for count in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    guard let uuid = UUID(uuidString: parts.joined(separator: "-")) else { throw .form(.uuid) }
    return uuid
  }
}
