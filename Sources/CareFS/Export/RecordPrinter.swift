/// Prints the records of one table as JSON objects or CSV lines, straight from their bytes.
final class RecordPrinter {
  private let types: [ColumnType]
  private let columns: [Int]
  /// `{"first":`, `,"second":` and so on.
  private let prefixes: [[UInt8]]
  private let names: [String]
  private let scratch = ByteBuffer(capacity: 256)

  /// - Parameter columns: The ordinals of the columns to print, in that order.
  init(_ schema: TableSchema, columns: [Int]) {
    types = schema.columns.map(\.type)
    self.columns = columns
    names = columns.map { schema.columns[$0].name }
    prefixes = names.enumerated().map { index, name in
      let text = ByteBuffer()
      text.append(UInt8(ascii: index == 0 ? "{" : ","))
      name.withUTF8Bytes { JSONText.append(string: $0, to: text) }
      text.append(UInt8(ascii: ":"))
      return text.array
    }
  }

  /// Appends the record as a JSON object, without a line end.
  ///
  /// - Parameter oneLine: Whether line ends within documents become spaces.
  func appendJSON(_ record: RecordView, oneLine: Bool, to out: ByteBuffer) throws {
    for (index, ordinal) in columns.enumerated() {
      out.append(prefixes[index])
      try appendJSON(ordinal, of: record, oneLine: oneLine, to: out)
    }
    out.append(UInt8(ascii: "}"))
  }

  private func appendJSON(
    _ ordinal: Int, of record: RecordView, oneLine: Bool, to out: ByteBuffer
  ) throws {
    if try record.isNull(ordinal) {
      out.append("null")
      return
    }
    switch types[ordinal] {
    case .int, .double, .bool: try appendPlain(ordinal, of: record, to: out)
    case .text: JSONText.append(string: try record.bytes(ordinal), to: out)
    case .json:
      ValueText.append(document: try record.bytes(ordinal), to: out, inOneLine: oneLine)
    case .any:
      try appendAny(AnyField(try record.bytes(ordinal)), oneLine: oneLine, to: out)
    case .bytes, .date, .time, .timestamp, .uuid, .decimal:
      out.append(UInt8(ascii: "\""))
      try appendPlain(ordinal, of: record, to: out)
      out.append(UInt8(ascii: "\""))
    }
  }

  private func appendAny(_ field: AnyField, oneLine: Bool, to out: ByteBuffer) {
    switch field.mark {
    case RowFormat.AnyMark.text: JSONText.append(string: field.content, to: out)
    case RowFormat.AnyMark.number: out.append(field.content)
    case RowFormat.AnyMark.json:
      ValueText.append(document: field.content, to: out, inOneLine: oneLine)
    default: out.append(field.mark == RowFormat.AnyMark.yes ? "true" : "false")
    }
  }

  /// Appends a value that needs neither quotes nor escapes by itself.
  func appendPlain(_ ordinal: Int, of record: RecordView, to out: ByteBuffer) throws {
    switch types[ordinal] {
    case .int: out.appendDecimal(try record.int(ordinal))
    case .double: NumberScan.append(try record.double(ordinal), to: out)
    case .bool: out.append(try record.bool(ordinal) ? "true" : "false")
    case .bytes: Base64.encode(try record.bytes(ordinal), to: out)
    case .date: try record.date(ordinal).write(to: out)
    case .time: try record.time(ordinal).write(to: out)
    case .timestamp: try record.timestamp(ordinal).write(to: out)
    case .uuid: UUIDText.append(try record.uuid(ordinal), to: out)
    case .decimal: try record.decimal(ordinal).write(to: out)
    case .text, .json: out.append(try record.bytes(ordinal))
    case .any: appendAny(try AnyField(try record.bytes(ordinal)), oneLine: false, to: out)
    }
  }

  /// Appends the line of names, with its end.
  func appendHeader(to out: ByteBuffer) {
    for (index, name) in names.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      name.withUTF8Bytes { CSVWriter.append(field: $0, to: out) }
    }
    out.append(UInt8(ascii: "\n"))
  }

  /// Appends the record as a CSV line, with its end.
  func appendCSV(_ record: RecordView, to out: ByteBuffer) throws {
    for (index, ordinal) in columns.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      try appendField(ordinal, of: record, to: out)
    }
    out.append(UInt8(ascii: "\n"))
  }

  private func appendField(_ ordinal: Int, of record: RecordView, to out: ByteBuffer) throws {
    if try record.isNull(ordinal) { return }
    switch types[ordinal] {
    case .text, .json: CSVWriter.append(field: try record.bytes(ordinal), to: out)
    case .any, .bytes:
      // An any value may hold commas, and no bytes at all are an empty field.
      scratch.clear()
      try appendPlain(ordinal, of: record, to: scratch)
      CSVWriter.append(field: scratch.bytes, to: out)
    default: try appendPlain(ordinal, of: record, to: out)
    }
  }

  /// The text of a column, without quotes; nil for null.
  func text(_ ordinal: Int, of record: RecordView) throws -> String? {
    if try record.isNull(ordinal) { return nil }
    scratch.clear()
    try appendPlain(ordinal, of: record, to: scratch)
    return scratch.string
  }
}
