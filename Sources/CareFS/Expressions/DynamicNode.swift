/// What JSON holds at a path, or an `any` column: a value whose kind is known row by row.
final class DynamicNode: BoundNode, @unchecked Sendable {
  let ordinal: Int
  let type: ColumnType
  /// The path into the document; nil for the whole of it.
  let path: JSONPath?

  init(_ ordinal: Int, _ type: ColumnType, path: JSONPath?) {
    self.ordinal = ordinal
    self.type = type
    self.path = path
  }

  /// Whether the path may lead to several values.
  var isMultiple: Bool { path?.isMultiple ?? false }

  override func scalar(_ record: RecordView, _ context: EvaluationContext) throws -> Scalar {
    var result = Scalar.null
    try forEach(record, context) { scalar in
      // The document may go away: what is kept of it is copied.
      result = context.keep(scalar)
      return false
    }
    return result
  }

  /// Visits the values, null where there is none, until `body` returns false. Each is valid during
  /// the call.
  func forEach(
    _ record: RecordView, _ context: EvaluationContext, _ body: (Scalar) throws -> Bool
  ) throws {
    if try record.isNull(ordinal) {
      _ = try body(.null)
      return
    }
    let scratch = context.buffer()
    if type == .any { return try forEachOfAny(record, scratch, body) }
    guard let documents = record.documents else { throw RowError.noDocuments }
    let cell = try record.cell(ordinal)
    guard let path else {
      let document = try documents.load(cell)
      return try visitRoot(document, scratch, body)
    }
    var isEmpty = true
    try documents.forEachMatch(path, in: cell) { kind, text in
      isEmpty = false
      return try visit(kind, text, scratch, body)
    }
    if isEmpty { _ = try body(.null) }
  }

  private func forEachOfAny(
    _ record: RecordView, _ scratch: ByteBuffer, _ body: (Scalar) throws -> Bool
  ) throws {
    let field = try AnyField(try record.bytes(ordinal))
    guard let path else {
      switch field.mark {
      case RowFormat.AnyMark.json: return try visitRoot(field.content, scratch, body)
      case RowFormat.AnyMark.text: _ = try body(.text(field.content))
      case RowFormat.AnyMark.number: _ = try body(.number(field.content))
      default: _ = try body(.bool(field.mark == RowFormat.AnyMark.yes))
      }
      return
    }
    let matches =
      field.mark == RowFormat.AnyMark.json ? try path.matches(in: field.content) : []
    if matches.isEmpty { _ = try body(.null) }
    for match in matches {
      let text = UnsafeRawBufferPointer(rebasing: field.content[match.range])
      guard try visit(match.kind, text, scratch, body) else { return }
    }
  }

  private func visitRoot(
    _ document: UnsafeRawBufferPointer, _ scratch: ByteBuffer,
    _ body: (Scalar) throws -> Bool
  ) throws {
    guard let first = document.firstIndex(where: { !JSONScanner.isSpace($0) }),
      let last = document.lastIndex(where: { !JSONScanner.isSpace($0) }),
      let kind = JSONKind(firstByte: document[first])
    else {
      throw RowError.corrupt("a document holds no JSON")
    }
    _ = try visit(kind, UnsafeRawBufferPointer(rebasing: document[first...last]), scratch, body)
  }

  private func visit(
    _ kind: JSONKind, _ text: UnsafeRawBufferPointer, _ scratch: ByteBuffer,
    _ body: (Scalar) throws -> Bool
  ) throws -> Bool {
    switch kind {
    case .null: return try body(.null)
    case .bool: return try body(.bool(text.first == UInt8(ascii: "t")))
    case .number: return try body(.number(text))
    case .object: return try body(.object(text))
    case .array: return try body(.array(text))
    case .string:
      let match = JSONMatch(kind: kind, range: 0..<text.count)
      return try body(.text(match.string(in: text, scratch: scratch)))
    }
  }
}
