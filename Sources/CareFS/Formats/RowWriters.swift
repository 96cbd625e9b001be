/// Writes rows as CSV: fields quoted where they must be, lines ending in LF.
///
/// Null is an empty unquoted field, empty text is `""`. The text gathers in memory until ``take(_:)``
/// hands it out.
public final class CSVWriter {
  private let buffer = ByteBuffer(capacity: 1 << 16)
  private let field = ByteBuffer()

  /// Creates a writer.
  public init() {}

  /// How many bytes have gathered.
  public var count: Int { buffer.count }

  /// Hands the gathered bytes to a closure and forgets them.
  public func take(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try body(buffer.bytes)
    buffer.clear()
  }

  /// Appends the line of column names.
  public func header(_ names: [String]) {
    for (index, name) in names.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      name.withUTF8Bytes { append($0) }
    }
    buffer.append(0x0A)
  }

  /// Appends a row.
  public func row(_ values: [Value]) {
    for (index, value) in values.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      append(value)
    }
    // A lone null would be an empty line, which tables of one column read as null.
    buffer.append(0x0A)
  }

  private func append(_ value: Value) {
    switch value {
    case .null: break
    case .text(let text): text.withUTF8Bytes { append($0) }
    case .bytes, .json, .any:
      field.clear()
      ValueText.append(value, to: field)
      append(field.bytes)
    default: ValueText.append(value, to: buffer)
    }
  }

  private func append(_ text: UnsafeRawBufferPointer) { Self.append(field: text, to: buffer) }

  /// Appends a field, quoted if it is empty or holds a delimiter, a quote or a line end.
  static func append(field text: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
    let needsQuotes =
      text.isEmpty
      || text.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else {
      buffer.append(text)
      return
    }
    buffer.append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }
}

/// Writes rows as JSON objects in schema order, without spaces after `:` and `,`.
///
/// The text gathers in memory until ``take(_:)`` hands it out.
public final class JSONRowWriter {
  /// How rows stand in the text.
  public enum Layout: Sendable {
    /// One object a line: NDJSON. Line ends within documents become spaces.
    case lines
    /// One array of objects. Documents stand byte for byte.
    case array
  }

  private let buffer = ByteBuffer(capacity: 1 << 16)
  private let layout: Layout
  /// What stands before each value: `{"name":` or `,"name":`.
  private let labels: [[UInt8]]
  private var rows = 0

  /// Creates a writer for rows of these columns.
  public init(columns: [String], layout: Layout) {
    self.layout = layout
    labels = columns.enumerated().map { index, name in
      let label = ByteBuffer()
      label.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
      name.withUTF8Bytes { JSONText.append(string: $0, to: label) }
      label.append(UInt8(ascii: ":"))
      return label.array
    }
  }

  /// How many bytes have gathered.
  public var count: Int { buffer.count }

  /// Hands the gathered bytes to a closure and forgets them.
  public func take(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try body(buffer.bytes)
    buffer.clear()
  }

  /// Appends a row: one value for each column.
  public func row(_ values: [Value]) {
    if layout == .array {
      buffer.append(rows == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
      if rows > 0 { buffer.append(0x0A) }
    }
    rows += 1
    if labels.isEmpty { buffer.append(UInt8(ascii: "{")) }
    for (label, value) in zip(labels, values) {
      buffer.append(label)
      ValueText.append(json: value, to: buffer, inOneLine: layout == .lines)
    }
    buffer.append(UInt8(ascii: "}"))
    if layout == .lines { buffer.append(0x0A) }
  }

  /// Ends the text: an array is closed.
  ///
  /// - Parameter lineEnd: whether a line end follows the array.
  public func finish(lineEnd: Bool = true) {
    guard layout == .array else { return }
    if rows == 0 { buffer.append(UInt8(ascii: "[")) }
    buffer.append(UInt8(ascii: "]"))
    if lineEnd { buffer.append(0x0A) }
  }
}
