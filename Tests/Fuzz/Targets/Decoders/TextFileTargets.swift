import CareFS

extension FuzzTarget {
  /// A byte of options, then CSV. What is read does not depend on how it arrives.
  static let csv = FuzzTarget(
    "csv", maximumLength: 1024,
    shape: .text(words: ["\"", "\"\"", ",", "\r\n", "\n", "\r", ";", "\u{FEFF}", "\",\"", "é"]),
    seeds: { csvSeeds },
    { input in
      var reader = InputReader(input)
      let options = reader.byte()
      let bytes = [UInt8](reader.all())
      try sameInPieces(bytes) { source in
        let csv = try CSVReader(source, delimiter: options & 1 == 0 ? 0x2C : 0x3B)
        csv.skipsEmptyLines = options & 2 == 0
        if options & 4 != 0 { csv.expectedFields = 2 }
        var seen: [String] = []
        while try csv.next() {
          seen.append("\(csv.line) \(csv.problem?.description ?? "")")
          for field in 0..<csv.count {
            seen.append("\(csv.isQuoted(field)) \([UInt8](csv.bytes(field)))")
          }
        }
        return seen
      }
    })

  /// A byte of options, then lines of JSON or an array.
  static let rows = FuzzTarget(
    "rows", maximumLength: 1024,
    shape: .text(words: [
      "{", "}", "[", "]", ",", ":", "\n", "\r\n", "\"", "\\", "{\"a\":1}", "null", "\u{FEFF}", " ",
      "[[[[[[[[", "\\u00e9",
    ]),
    seeds: { rowsSeeds },
    { input in
      var reader = InputReader(input)
      let layout: JSONRowReader.Layout = reader.byte() & 1 == 0 ? .lines : .document
      let bytes = [UInt8](reader.all())
      try sameInPieces(bytes) { source in
        let rows = try JSONRowReader(source, layout: layout)
        var seen: [String] = []
        while try rows.next() {
          seen.append("\(rows.line) \(rows.kind) \(rows.problem?.description ?? "")")
          seen.append("\([UInt8](rows.value))")
          for field in rows.fields {
            seen.append("\(rows.name(of: field)) \(field.kind) \([UInt8](rows.bytes(field)))")
          }
        }
        return seen
      }
    })

  /// A gzip file.
  static let gzip = FuzzTarget(
    "gzip", maximumLength: 2048, shape: .text(words: []), seeds: { GzipSeeds.made },
    { input in
      try sameInPieces([UInt8](input)) { source in
        let gzip = GzipSource(source)
        var seen: [String] = []
        var length = 0
        var sum: UInt64 = 0
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while true {
          let count = try piece.withUnsafeMutableBytes { try gzip.read(into: $0) }
          if count == 0 { break }
          length += count
          for byte in piece[..<count] { sum = sum &* 31 &+ UInt64(byte) }
        }
        seen.append("\(length) \(sum)")
        return seen
      }
    })

  /// Reads bytes that arrive at once, and byte by byte or a few at a time: all must say the same.
  static func sameInPieces(
    _ bytes: [UInt8], _ read: (MemorySource) throws -> [String]
  ) throws {
    func outcome(_ step: Int) throws -> Result<[String], any Error> {
      do { return .success(try read(MemorySource(bytes, step: step))) } catch {
        guard KnownErrors.contains(error) else { throw error }
        return .failure(error)
      }
    }
    let whole = try outcome(.max)
    for step in [1, 7] {
      switch (whole, try outcome(step)) {
      case (.success(let a), .success(let b)):
        try FuzzFinding.unless(a == b, "what is read depends on how it arrives")
      case (.failure(let a), .failure(let b)):
        try FuzzFinding.unless("\(a)" == "\(b)", "the error depends on how it arrives: \(a), \(b)")
      default: throw FuzzFinding("whether it can be read depends on how it arrives")
      }
    }
    if case .failure(let error) = whole { throw error }
  }

  private static let csvSeeds: [[UInt8]] = [
    "id,name\n1,Ada\n2,\"B,o\"\n", "a;b\r\n\"x\"\"y\";\r\n\r\n1;2;3\r\n", "\u{FEFF}a,b\n,\n",
    "\"open", "\"a\"b,c\n", "a\rb\rc", "", "\n\n\n", "\"a\nb\",c\n\"d\r\ne\"\n",
  ].flatMap { text in (0..<8).map { [UInt8($0)] + Array(text.utf8) } }

  private static let rowsSeeds: [[UInt8]] = [
    "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n\n[1]\nnull\n", "[{\"a\":1},\n {\"a\":{\"b\":[1,2]}},3]\n",
    "\u{FEFF}[]", "{\"\\u0061\":\"\\n\"}\r\n{bad}\r\n{\"a\":1}", "[1,2", "{\"a\":1}", "[{]", " ",
    "\"x\"", "[\"]\",\"\\\"\"]",
  ].flatMap { text in (0..<2).map { [UInt8($0)] + Array(text.utf8) } }
}
