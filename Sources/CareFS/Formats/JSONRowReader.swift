/// Reads rows from JSON texts, record by record, in bounded memory and without building trees.
///
/// Each record is validated. Of an object, the members can be visited as fields. A byte order mark
/// at the start of the file is skipped.
public final class JSONRowReader {
  /// How records stand in a file.
  public enum Layout: Sendable {
    /// One value a line, empty lines skipped: NDJSON.
    case lines
    /// One JSON text: each element of its array is a record, and any other value is the only one.
    case document
  }

  /// A member of the current record.
  public struct Field: Sendable {
    /// The kind of the value.
    public let kind: JSONKind
    /// The bytes of the value in the record.
    public let range: Range<Int>
    fileprivate let name: Range<Int>
    fileprivate let isEscaped: Bool
  }

  /// The line, from 1, on which the current record begins.
  public private(set) var line = 1
  /// What is wrong with the current record; nil if nothing is.
  public private(set) var problem: RecordProblem?
  /// The kind of the current record.
  public private(set) var kind = JSONKind.null
  /// The members of the current record, in the order of the text, duplicates included; none if it
  /// is not an object.
  public private(set) var fields: [Field] = []

  private enum State { case start, elements, finished }

  private let input: InputBuffer
  private let layout: Layout
  private var state = State.start
  /// The current record, and how many bytes lie up to its end.
  private var record = 0..<0
  private var nextLine = 1
  private var scratch: [UInt8] = []

  /// Creates a reader at the start of a source.
  public init(_ source: any ByteSource, layout: Layout) throws {
    input = try InputBuffer(source)
    self.layout = layout
  }

  /// The bytes of the current record, without white space around it; valid until ``next()``.
  public var value: UnsafeRawBufferPointer { input.bytes(record) }

  /// The bytes of a field's value; valid until ``next()``.
  @inline(__always)
  public func bytes(_ field: Field) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: value[field.range])
  }

  /// Calls a closure with the UTF-8 bytes of a field's name.
  @inline(__always)
  public func withName<R>(
    of field: Field, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    let text = UnsafeRawBufferPointer(rebasing: value[field.name])
    guard field.isEscaped else { return try body(text) }
    return try JSONText.unescaped(text).withUnsafeBytes { try body($0) }
  }

  /// A field's name.
  public func name(of field: Field) -> String {
    withName(of: field) { String(decoding: $0, as: UTF8.self) }
  }

  /// Moves to the next record; false at the end.
  ///
  /// A line with a ``problem`` still counts, and the one behind it can be read.
  /// - Throws: what the source throws, and ``FormatError`` if a document breaks off or is not JSON.
  public func next() throws -> Bool {
    problem = nil
    fields.removeAll(keepingCapacity: true)
    nextLine += TextScan.lineEnds(value)
    input.advance(record.upperBound)
    record = 0..<0
    switch layout {
    case .lines: return try nextLineRecord()
    case .document: return try nextElement()
    }
  }

  // MARK: Lines

  private func nextLineRecord() throws -> Bool {
    while true {
      try skipSpace()
      line = nextLine
      guard input.count > 0 else { return false }
      let end = try lineEnd()
      var last = end
      while last > 0, JSONScanner.isSpace(input.base[last - 1]) { last -= 1 }
      record = 0..<last
      do throws(JSONError) {
        try JSONScanner.validate(value)
      } catch {
        problem = RecordProblem(line: line, error.description)
        return true
      }
      try readFields()
      return true
    }
  }

  /// The offset of the LF behind the current line, or of the end of the source.
  private func lineEnd() throws -> Int {
    var p = 0
    while true {
      if let place = RawBytes.firstIndex(of: 0x0A, in: input.bytes(p..<input.count)) {
        return p + place
      }
      p = input.count
      if input.isTooLong { throw FormatError(line: line, "the record is too long") }
      if try !input.more() { return p }
    }
  }

  /// Advances to the next byte that is not white space, or to the end.
  private func skipSpace() throws {
    while true {
      var p = 0
      let base = input.base
      while p < input.count, JSONScanner.isSpace(base[p]) { p += 1 }
      nextLine += TextScan.lineEnds(input.bytes(0..<p))
      // A line end that straddles two reads must not count twice.
      let splits = p > 0 && p == input.count && base[p - 1] == 0x0D
      input.advance(p)
      if input.count > 0 { return }
      guard try input.more() else { return }
      if splits, input.base[0] == 0x0A { input.advance(1) }
    }
  }

  // MARK: Document

  private func nextElement() throws -> Bool {
    switch state {
    case .finished: return false
    case .start:
      try skipSpace()
      line = nextLine
      if input.count > 0, input.base[0] == UInt8(ascii: "[") {
        input.advance(1)
        state = .elements
        if try token() == UInt8(ascii: "]") { return try finish() }
        try readElement()
        return true
      }
      // The only value: validated as a whole.
      while try input.more() {
        if input.isTooLong { throw FormatError(line: line, "the document is too long") }
      }
      var end = input.count
      while end > 0, JSONScanner.isSpace(input.base[end - 1]) { end -= 1 }
      try take(0..<end)
      state = .finished
      return true
    case .elements:
      if try token() == UInt8(ascii: "]") { return try finish() }
      guard input.base[0] == UInt8(ascii: ",") else { throw unexpected() }
      input.advance(1)
      _ = try token()
      try readElement()
      return true
    }
  }

  private func unexpected() -> FormatError {
    FormatError(
      line: nextLine,
      input.count == 0 ? "JSON ends too early" : "unexpected character in JSON")
  }

  /// The next byte that is not white space.
  private func token() throws -> UInt8 {
    try skipSpace()
    guard input.count > 0 else { throw unexpected() }
    return input.base[0]
  }

  /// Consumes the array's end; nothing but white space may follow.
  private func finish() throws -> Bool {
    input.advance(1)
    try skipSpace()
    guard input.count == 0 else {
      throw FormatError(line: nextLine, "unexpected characters after the JSON value")
    }
    state = .finished
    return false
  }

  private func readElement() throws {
    line = nextLine
    try take(0..<(try elementEnd()))
  }

  private func take(_ range: Range<Int>) throws {
    record = range
    do throws(JSONError) {
      try JSONScanner.validate(value)
    } catch {
      let before = value.prefix(max(error.offset, 0))
      let lines = TextScan.lineEnds(UnsafeRawBufferPointer(rebasing: before))
      throw FormatError(line: line + lines, error.description)
    }
    try readFields()
  }

  /// The offset behind the array element at the start of the input: a scalar ends at a delimiter, a
  /// container where its brackets balance. Validation comes later.
  private func elementEnd() throws -> Int {
    var p = 0
    var depth = 0
    var isInString = false
    while true {
      let base = input.base
      let count = input.count
      while p < count {
        let byte = base[p]
        if isInString {
          p = RawBytes.stringStop(base, p, count)
          guard p < count else { break }
          if base[p] == UInt8(ascii: "\\") {
            if p + 1 >= count { break }
            p &+= 2
            continue
          }
          isInString = false
        } else {
          switch byte {
          case UInt8(ascii: "\""): isInString = true
          case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            if depth > JSONScanner.maximumDepth {
              throw FormatError(line: line, JSONError(.tooDeep, at: p).description)
            }
          case UInt8(ascii: "}"), UInt8(ascii: "]"):
            // The array's own end follows a scalar at depth 0.
            if depth == 0 { return p }
            depth -= 1
            if depth == 0 { return p + 1 }
          case UInt8(ascii: ","): if depth == 0 { return p }
          default:
            if depth == 0, p > 0, JSONScanner.isSpace(byte) { return p }
          }
        }
        p &+= 1
      }
      if input.isTooLong { throw FormatError(line: line, "the record is too long") }
      if try !input.more() { throw FormatError(line: line, "JSON ends too early") }
    }
  }

  // MARK: Fields

  private func readFields() throws {
    let text = value
    kind = text.first.flatMap { JSONKind(firstByte: $0) } ?? .null
    guard kind == .object else { return }
    var cursor = try JSONCursor(text)
    try cursor.expect(UInt8(ascii: "{"))
    if try cursor.accept(UInt8(ascii: "}")) { return }
    repeat {
      _ = try cursor.token()
      let start = cursor.position + 1
      let isEscaped = try cursor.skipString()
      let name = start..<cursor.position - 1
      try cursor.expect(UInt8(ascii: ":"))
      let match = try cursor.skipValue()
      fields.append(
        Field(kind: match.kind, range: match.range, name: name, isEscaped: isEscaped))
    } while try cursor.accept(UInt8(ascii: ","))
  }
}

extension RawBytes {
  /// The offset of the next quote or backslash from `start` on; `count` if there is none.
  @inline(__always)
  fileprivate static func stringStop(
    _ base: UnsafeMutablePointer<UInt8>, _ start: Int, _ count: Int
  ) -> Int {
    var p = start
    while p < count, base[p] != UInt8(ascii: "\""), base[p] != UInt8(ascii: "\\") { p &+= 1 }
    return p
  }
}
