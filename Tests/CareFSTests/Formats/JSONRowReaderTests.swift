import Foundation
import Testing

@testable import CareFS

@Suite struct JSONRowReaderTests {
  struct Record: Equatable {
    var line: Int
    var value: String
    var fields: [String]
    var problem: RecordProblem?
  }

  static func read(
    _ text: String, _ layout: JSONRowReader.Layout, step: Int = .max
  ) throws -> [Record] {
    let reader = try JSONRowReader(MemorySource(Array(text.utf8), step: step), layout: layout)
    var records: [Record] = []
    while try reader.next() {
      records.append(
        Record(
          line: reader.line, value: String(decoding: reader.value, as: UTF8.self),
          fields: reader.fields.map {
            "\(reader.name(of: $0))=\(String(decoding: reader.bytes($0), as: UTF8.self))"
          }, problem: reader.problem))
    }
    #expect(try !reader.next())
    return records
  }

  static func readInPieces(_ text: String, _ layout: JSONRowReader.Layout) throws -> [Record] {
    let whole = try read(text, layout)
    for step in [1, 2, 5] { #expect(try read(text, layout, step: step) == whole) }
    return whole
  }

  @Test func readsLines() throws {
    let text = "\u{FEFF}{\"a\":1,\"b\\u0063\":[1,\"x\"]}\n\n  {}  \r\n7\n{\"a\" : null , \"a\":{}}"
    let records = try Self.readInPieces(text, .lines)
    #expect(
      records == [
        Record(
          line: 1, value: "{\"a\":1,\"b\\u0063\":[1,\"x\"]}", fields: ["a=1", "bc=[1,\"x\"]"]),
        Record(line: 3, value: "{}", fields: []), Record(line: 4, value: "7", fields: []),
        Record(line: 5, value: "{\"a\" : null , \"a\":{}}", fields: ["a=null", "a={}"]),
      ])
    #expect(try Self.readInPieces("", .lines).isEmpty)
    #expect(try Self.readInPieces("\n \n", .lines).isEmpty)
  }

  @Test func reportsABadLineAndGoesOn() throws {
    let records = try Self.readInPieces("{\"a\":1}\n{\"a\":}\n\n{\"a\":2}\n", .lines)
    #expect(records.map(\.line) == [1, 2, 4])
    #expect(
      records[1].problem
        == RecordProblem(line: 2, "unexpected character in JSON at byte 5"))
    #expect(records[0].problem == nil && records[2].problem == nil)
  }

  @Test func readsTheElementsOfAnArray() throws {
    let text = "\n[ {\"a\":[{\"b\":\"]},\\\"\"}]},\n 12 ,\"x,]\",\n\n[],{},null,true\n]\n "
    let records = try Self.readInPieces(text, .document)
    #expect(
      records.map(\.value) == [
        "{\"a\":[{\"b\":\"]},\\\"\"}]}", "12", "\"x,]\"", "[]", "{}", "null", "true",
      ])
    #expect(records.map(\.line) == [2, 3, 3, 5, 5, 5, 5])
    #expect(try Self.readInPieces("[]", .document).isEmpty)
    #expect(try Self.readInPieces(" [ ] ", .document).isEmpty)
  }

  @Test func readsOneValue() throws {
    #expect(try Self.readInPieces(" {\"a\":1} ", .document).map(\.fields) == [["a=1"]])
    #expect(try Self.readInPieces("\"x\"", .document).map(\.value) == ["\"x\""])
    #expect(try Self.readInPieces("\u{FEFF}1", .document).map(\.value) == ["1"])
  }

  @Test func refusesBrokenDocuments() {
    for text in [
      "", " ", "\u{FEFF}", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]x", "[1],", "[[]", "[}",
      "[\"a", "[\"a\\", "[{\"a\":1]", "[tru]", "1 2", "{", "]", "[1]]", "[\"a\"\"b\"]", "[1}",
      String(repeating: "[", count: 100_000), String(repeating: "[{\"a\":", count: 100_000),
    ] {
      for step in [1, 4, .max] {
        #expect(throws: FormatError.self, "\(text.prefix(20))") {
          _ = try Self.read(text, .document, step: step)
        }
      }
    }
  }

  @Test func namesTheLineOfTheMistake() {
    #expect(throws: FormatError(line: 3, "unexpected character in JSON at byte 8")) {
      _ = try Self.read("[1,\n{\"a\":\n  x}]", .document)
    }
  }

  @Test func followsTheJSONTestSuite() throws {
    for file in SharedData.files("suites/JSONTestSuite/test_parsing") {
      let bytes = Array(try Data(contentsOf: file))
      let name = file.lastPathComponent
      let isRead: Bool
      do {
        let reader = try JSONRowReader(MemorySource(bytes, step: 7), layout: .document)
        while try reader.next() {}
        isRead = true
      } catch {
        isRead = false
      }
      if name.hasPrefix("y_") { #expect(isRead, "\(name)") }
      if name.hasPrefix("n_") { #expect(!isRead, "\(name)") }
    }
  }

  @Test func anyBytesEndInRecordsOrErrors() {
    let text = "[{\"a\":[1,\"x\\n\"],\"b\":{}},\n2, \"é\"]"
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        for layout in [JSONRowReader.Layout.document, .lines] {
          let reader = try? JSONRowReader(MemorySource(changed, step: 3), layout: layout)
          while (try? reader?.next()) == true {}
        }
      }
    }
  }
}
