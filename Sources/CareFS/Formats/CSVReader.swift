/// Reads CSV as RFC 4180 describes it, record by record, in bounded memory.
///
/// Lines end in LF, CRLF or CR; quoted fields may contain them. A byte order mark is skipped. A
/// quote inside an unquoted field stands for itself.
public final class CSVReader {
  /// Whether wholly empty lines are skipped; otherwise each is a record of one empty field.
  public var skipsEmptyLines = true
  /// How many fields each record must have; nil for any number.
  public var expectedFields: Int?

  /// The line, from 1, on which the current record begins.
  public private(set) var line = 0
  /// What is wrong with the current record; nil if nothing is.
  public private(set) var problem: RecordProblem?

  private struct Span {
    var start: Int
    var end: Int
    var isQuoted: Bool
    var hasDoubledQuotes: Bool
  }

  private let input: InputBuffer
  private let delimiter: UInt8
  private var spans: [Span] = []
  /// The length of the current record with its line end.
  private var length = 0
  private var nextLine = 1

  /// Creates a reader at the start of a source.
  public init(_ source: any ByteSource, delimiter: UInt8 = UInt8(ascii: ",")) throws {
    input = try InputBuffer(source)
    self.delimiter = delimiter
  }

  /// How many fields the current record has.
  public var count: Int { spans.count }

  /// The bytes of a field of the current record, without quotes; valid until ``next()``.
  @inline(__always)
  public func bytes(_ field: Int) -> UnsafeRawBufferPointer {
    input.bytes(spans[field].start..<spans[field].end)
  }

  /// Whether a field stands in quotes, so that it is empty text rather than null when empty.
  @inline(__always)
  public func isQuoted(_ field: Int) -> Bool { spans[field].isQuoted }

  /// A field as text.
  public func text(_ field: Int) -> String { String(decoding: bytes(field), as: UTF8.self) }

  /// Moves to the next record; false at the end.
  ///
  /// A record with a ``problem`` still counts, and the one behind it can be read.
  /// - Throws: what the source throws, and ``FormatError`` for a record beyond 1 GiB.
  public func next() throws -> Bool {
    repeat {
      input.advance(length)
      length = 0
      line = nextLine
      if input.count == 0, try !input.more() {
        spans.removeAll(keepingCapacity: true)
        return false
      }
      try readRecord()
    } while skipsEmptyLines && isEmptyLine
    checkRecord()
    return true
  }

  private var isEmptyLine: Bool {
    spans.count == 1 && !spans[0].isQuoted && spans[0].start == spans[0].end
  }

  private func readRecord() throws {
    spans.removeAll(keepingCapacity: true)
    problem = nil
    nextLine += 1
    var p = readPlainFields()
    while true {
      let start = p
      if p == input.count, try !input.more() {
        return endRecord(start..<start, p)
      }
      if input.base[p] == UInt8(ascii: "\"") {
        p = try readQuoted(p)
      } else {
        p = try unquotedEnd(p)
        spans.append(Span(start: start, end: p, isQuoted: false, hasDoubledQuotes: false))
      }
      guard p < input.count else {
        length = p
        return
      }
      if input.base[p] == delimiter {
        p += 1
        continue
      }
      length = try lineEnd(p)
      return
    }
  }

  /// Reads the unquoted fields that a delimiter ends and that can be seen; returns the offset of the
  /// first other one.
  private func readPlainFields() -> Int {
    let base = input.base
    let count = input.count
    let delimiter = delimiter
    var start = 0
    var p = 0
    while p < count {
      let byte = base[p]
      if byte == delimiter {
        spans.append(Span(start: start, end: p, isQuoted: false, hasDoubledQuotes: false))
        start = p &+ 1
      } else if byte == 0x0A || byte == 0x0D {
        break
      } else if byte == UInt8(ascii: "\""), p == start {
        break
      }
      p &+= 1
    }
    return start
  }

  private func endRecord(_ range: Range<Int>, _ end: Int) {
    spans.append(
      Span(
        start: range.lowerBound, end: range.upperBound, isQuoted: false, hasDoubledQuotes: false))
    length = end
  }

  /// The offset behind the line end at `p`.
  private func lineEnd(_ p: Int) throws -> Int {
    guard input.base[p] == 0x0D else { return p + 1 }
    if p + 1 == input.count { _ = try input.more() }
    return p + 1 < input.count && input.base[p + 1] == 0x0A ? p + 2 : p + 1
  }

  /// The offset of the delimiter or line end, or of the end of the source.
  private func unquotedEnd(_ start: Int) throws -> Int {
    var p = start
    let delimiter = delimiter
    repeat {
      let base = input.base
      let count = input.count
      while p < count {
        let byte = base[p]
        if byte == delimiter || byte == 0x0A || byte == 0x0D { return p }
        p &+= 1
      }
      if input.isTooLong { throw FormatError(line: line, "the record is too long") }
    } while try input.more()
    return p
  }

  /// Reads the quoted field whose first quote is at `start`; returns the offset behind it.
  private func readQuoted(_ start: Int) throws -> Int {
    var p = start + 1
    var doubled = false
    while true {
      let view = input.bytes(p..<input.count)
      guard let place = RawBytes.firstIndex(of: UInt8(ascii: "\""), in: view) else {
        p = input.count
        if input.isTooLong { throw FormatError(line: line, "the record is too long") }
        if try input.more() { continue }
        return endQuoted(start + 1..<p, doubled, p, "a quoted field does not end")
      }
      p += place + 1
      if p == input.count { _ = try input.more() }
      guard p < input.count, input.base[p] == UInt8(ascii: "\"") else { break }
      doubled = true
      p += 1
    }
    let content = start + 1..<p - 1
    let end = try unquotedEnd(p)
    return endQuoted(content, doubled, end, end == p ? nil : "text follows a closing quote")
  }

  private func endQuoted(
    _ content: Range<Int>, _ doubled: Bool, _ end: Int, _ reason: String?
  ) -> Int {
    if let reason, problem == nil {
      problem = RecordProblem(line: line, field: spans.count, reason)
    }
    spans.append(
      Span(
        start: content.lowerBound, end: content.upperBound, isQuoted: true,
        hasDoubledQuotes: doubled))
    nextLine += TextScan.lineEnds(input.bytes(content))
    return end
  }

  private func checkRecord() {
    if problem == nil, let place = TextScan.invalidUTF8(input.bytes(0..<length)) {
      let field = spans.lastIndex { $0.start <= place }
      let ends = TextScan.lineEnds(input.bytes(0..<place))
      problem = RecordProblem(line: line + ends, field: field, "the text is not UTF-8")
    }
    if problem == nil, let expectedFields, spans.count != expectedFields {
      problem = RecordProblem(
        line: line, "\(spans.count) fields instead of \(expectedFields)")
    }
    for index in spans.indices where spans[index].hasDoubledQuotes { undouble(index) }
  }

  /// Makes single quotes of doubled ones, in place.
  private func undouble(_ index: Int) {
    let base = input.base
    var to = spans[index].start
    var from = to
    while from < spans[index].end {
      base[to] = base[from]
      from += base[from] == UInt8(ascii: "\"") ? 2 : 1
      to += 1
    }
    spans[index].end = to
  }
}
