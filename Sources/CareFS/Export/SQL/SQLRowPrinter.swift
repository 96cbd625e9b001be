/// Prints records of one table as rows of an `insert`, straight from their bytes.
final class SQLRowPrinter {
  private let types: [ColumnType]
  private let plain: RecordPrinter
  private let scratch = ByteBuffer(capacity: 256)

  init(_ schema: TableSchema) {
    types = schema.columns.map(\.type)
    plain = RecordPrinter(schema, columns: Array(schema.columns.indices))
  }

  /// Appends `(value,value)`.
  func append(_ record: RecordView, to out: ByteBuffer) throws {
    for ordinal in types.indices {
      out.append(UInt8(ascii: ordinal == 0 ? "(" : ","))
      try append(ordinal, of: record, to: out)
    }
    out.append(UInt8(ascii: ")"))
  }

  private func append(_ ordinal: Int, of record: RecordView, to out: ByteBuffer) throws {
    if try record.isNull(ordinal) { return out.append("NULL") }
    switch types[ordinal] {
    case .int, .double: try plain.appendPlain(ordinal, of: record, to: out)
    case .bool: out.append(try record.bool(ordinal) ? "TRUE" : "FALSE")
    case .text, .json: SQLText.append(literal: try record.bytes(ordinal), to: out)
    case .any:
      scratch.clear()
      try plain.appendPlain(ordinal, of: record, to: scratch)
      SQLText.append(literal: scratch.bytes, to: out)
    case .bytes: SQLText.append(blob: try record.bytes(ordinal), to: out)
    case .date, .time, .timestamp, .uuid, .decimal:
      out.append(UInt8(ascii: "'"))
      try plain.appendPlain(ordinal, of: record, to: out)
      out.append(UInt8(ascii: "'"))
    }
  }
}
