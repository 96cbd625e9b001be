import Foundation
import Testing

@testable import CareFS

@Suite struct CSVReaderTests {
  /// Every record's fields; an unquoted empty field is nil.
  static func read(
    _ bytes: [UInt8], step: Int = .max, expected: Int? = nil, keepsEmptyLines: Bool = false
  ) throws -> (records: [[String?]], lines: [Int], problems: [RecordProblem]) {
    let reader = try CSVReader(MemorySource(bytes, step: step))
    reader.skipsEmptyLines = !keepsEmptyLines
    reader.expectedFields = expected
    var records: [[String?]] = []
    var lines: [Int] = []
    var problems: [RecordProblem] = []
    while try reader.next() {
      records.append(
        (0..<reader.count).map {
          reader.bytes($0).isEmpty && !reader.isQuoted($0) ? nil : reader.text($0)
        })
      lines.append(reader.line)
      if let problem = reader.problem { problems.append(problem) }
    }
    #expect(try !reader.next())
    return (records, lines, problems)
  }

  static func read(_ text: String, expected: Int? = nil) throws -> (
    records: [[String?]], lines: [Int], problems: [RecordProblem]
  ) {
    let whole = try read(Array(text.utf8), expected: expected)
    for step in [1, 2, 3, 7] {
      let pieces = try read(Array(text.utf8), step: step, expected: expected)
      #expect(pieces == whole)
    }
    return whole
  }

  @Test func readsQuotesLineEndsAndEmptyFields() throws {
    let text = "a,b,c\r\n1,,\"\"\n\"x,\"\"y\"\"\r\nz\",\"\"\"\",5\" tall\r\r\n\n,,\nlast"
    let (records, lines, problems) = try Self.read(text)
    #expect(
      records == [
        ["a", "b", "c"], ["1", nil, ""], ["x,\"y\"\r\nz", "\"", "5\" tall"], [nil, nil, nil],
        ["last"],
      ])
    #expect(lines == [1, 2, 3, 7, 8])
    #expect(problems.isEmpty)
  }

  @Test func endsWithAndWithoutALineEnd() throws {
    for text in ["a,b\n", "a,b", "a,b\r\n", "a,b\r", "\u{FEFF}a,b", "\u{FEFF}a,b\n\n\n"] {
      #expect(try Self.read(text).records == [["a", "b"]], "\(text.debugDescription)")
    }
    for text in ["", "\u{FEFF}", "\n\n", "\r\n"] {
      #expect(try Self.read(text).records.isEmpty, "\(text.debugDescription)")
    }
    #expect(try Self.read("a,").records == [["a", nil]])
    #expect(try Self.read("\"\"").records == [[""]])
    #expect(try Self.read("\"\",\n").records == [["", nil]])
  }

  @Test func keepsEmptyLinesWhenAsked() throws {
    let text = Array("h\n\nx\n".utf8)
    #expect(try Self.read(text, keepsEmptyLines: true).records == [["h"], [nil], ["x"]])
    #expect(try Self.read(text).records == [["h"], ["x"]])
  }

  @Test func reportsProblemsAndGoesOn() throws {
    let text = "a,b\n1,2,3\n\"x\"y,2\n4\n5,6\n"
    let (records, _, problems) = try Self.read(text, expected: 2)
    #expect(records.count == 5)
    #expect(records.last == ["5", "6"])
    #expect(
      problems == [
        RecordProblem(line: 2, "3 fields instead of 2"),
        RecordProblem(line: 3, field: 0, "text follows a closing quote"),
        RecordProblem(line: 4, "1 fields instead of 2"),
      ])
    let open = try Self.read("a,b\n1,\"2\n3,4\n")
    #expect(open.problems == [RecordProblem(line: 2, field: 1, "a quoted field does not end")])
  }

  @Test func reportsWhatIsNotUTF8WithItsLine() throws {
    var bytes = Array("a,b\n\"1\n".utf8)
    bytes += [0xC3, 0x28] + Array("\",2\n3,4\n".utf8)
    for step in [1, .max] {
      let (records, _, problems) = try Self.read(bytes, step: step)
      #expect(records.count == 3)
      #expect(problems == [RecordProblem(line: 3, field: 0, "the text is not UTF-8")])
    }
  }

  @Test func readsFieldsLargerThanTheBuffer() throws {
    let long = String(repeating: "0123456789", count: 50_000)
    let (records, _, _) = try Self.read(
      Array("\(long),\"\(long)\"\"\(long)\"\nnext,2\n".utf8), step: 1000)
    #expect(records == [[long, long + "\"" + long], ["next", "2"]])
  }

  @Test func followsCSVSpectrum() throws {
    var cases = 0
    for file in SharedData.files("suites/csv-spectrum/csvs") {
      let name = file.deletingPathExtension().lastPathComponent
      let folder = file.deletingLastPathComponent().deletingLastPathComponent()
      let expected = try JSON(
        validating: Array(
          try Data(contentsOf: folder.appendingPathComponent("json/\(name).json"))))
      let (records, _, problems) = try Self.read(Array(try Data(contentsOf: file)))
      #expect(problems.isEmpty, "\(name)")
      let header = try #require(records.first).map { $0 ?? "" }
      // The copies of the suite in use have lost the CR of the one CRLF inside a field.
      let rows = expected.elements?.map { row in
        header.map { row[member: $0]?.string?.replacingOccurrences(of: "\r\n", with: "\n") }
      }
      #expect(rows == records.dropFirst().map { $0.map { $0 ?? "" } }, "\(name)")
      cases += 1
    }
    if SharedData.folder("suites/csv-spectrum/csvs") != nil { #expect(cases == 11) }
  }

  @Test func anyBytesEndInRecords() throws {
    let text = Array("a,\"b\"\"\n\",c\r\n\"d\",é,\"\"\n".utf8)
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        _ = try Self.read(changed, step: 3)
      }
      _ = try Self.read(Array(text[..<index]), step: 2)
    }
  }
}
