import Testing

@testable import CareFS

@Suite struct RowWriterTests {
  static func text(_ writer: CSVWriter) -> String {
    var text = ""
    writer.take { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  static func text(_ writer: JSONRowWriter) -> String {
    var text = ""
    writer.take { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  @Test func writesCSV() throws {
    let writer = CSVWriter()
    writer.header(["id", "a,b"])
    writer.row([.int(1), .text("x")])
    writer.row([.null, .text("")])
    writer.row([.int(2), .text("say \"hi\"\r\n")])
    writer.row([.int(3), .json(try JSON(validating: "{\"a\": [1,2]}"))])
    writer.row([.bytes([]), .any(.text("q"))])
    let expected =
      "id,\"a,b\"\n1,x\n,\"\"\n2,\"say \"\"hi\"\"\r\n\"\n3,\"{\"\"a\"\": [1,2]}\"\n\"\",\"\"\"q\"\"\"\n"
    #expect(Self.text(writer) == expected)
    #expect(writer.count == 0)
    let (records, _, problems) = try CSVReaderTests.read(expected)
    #expect(problems.isEmpty)
    #expect(records[2] == [nil, ""])
    #expect(records[3] == ["2", "say \"hi\"\r\n"])
  }

  @Test func writesNDJSONWithOneRowALine() throws {
    let document = try JSON(validating: "{\n  \"a\":\r\n\"x\\n\"\n}")
    let writer = JSONRowWriter(columns: ["id", "d\"oc"], layout: .lines)
    writer.row([.int(1), .json(document)])
    writer.row([.int(2), .null])
    writer.finish()
    #expect(
      Self.text(writer)
        == "{\"id\":1,\"d\\\"oc\":{   \"a\":  \"x\\n\" }}\n{\"id\":2,\"d\\\"oc\":null}\n")
  }

  @Test func writesAnArrayWithDocumentsByteForByte() throws {
    let document = try JSON(validating: "{\n \"a\": 1 }")
    let writer = JSONRowWriter(columns: ["d"], layout: .array)
    writer.row([.json(document)])
    writer.row([.bool(true)])
    writer.finish()
    let text = Self.text(writer)
    #expect(text == "[{\"d\":{\n \"a\": 1 }},\n{\"d\":true}]\n")
    #expect(
      try JSONRowReaderTests.read(text, .document).map(\.fields) == [
        ["d={\n \"a\": 1 }"], ["d=true"],
      ])
    let empty = JSONRowWriter(columns: ["d"], layout: .array)
    empty.finish(lineEnd: false)
    #expect(Self.text(empty) == "[]")
  }
}
