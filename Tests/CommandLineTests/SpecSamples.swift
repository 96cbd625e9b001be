import Foundation

/// Schemas and rows that reach every corner of the file format.
enum SpecSamples {
  static let types = [
    "int", "double", "bool", "text", "bytes", "date", "time", "timestamp", "uuid", "decimal",
    "json", "any",
  ]

  /// A table with a nullable column of each type.
  static var allTypesSchema: String {
    let columns = types.map { #"{"name": "c_\#($0)", "type": "\#($0)", "null": true}"# }
    return """
      {"tables": [{"name": "all_types", "columns": [
        {"name": "id", "type": "int", "autoincrement": true},
        \(columns.joined(separator: ",\n  "))], "primaryKey": ["id"]}]}
      """
  }

  /// Values of each type, as they are written in JSON.
  static let values: [String: [String]] = [
    "int": ["0", "-1", "2147483647", "2147483648", "-9223372036854775808", "9223372036854775807"],
    "double": [
      "0.0", "1.5", "-0.1", "1e16", "1.2345e16", "3e16", "1e-5", "0.0001", "1e300", "5e-324",
      "123456789.125", "100", "9007199254740993", "17000000000000000",
    ],
    "bool": ["true", "false"],
    "text": [
      #""""#, #""plain""#, #""ünïcödé 中文 😀""#, #""tab\tline\nquote\"back\\slash\/""#,
      #""nul\u0000bell\u0007del\u007f\u0085\u2028""#,
      "\"" + String(repeating: "long text ", count: 4000) + "\"",
    ],
    "bytes": [#""""#, #""AA==""#, #""/+8AAQID""#],
    "date": [#""1970-01-01""#, #""0001-01-01""#, #""9999-12-31""#, #""2024-02-29""#],
    "time": [#""00:00:00""#, #""23:59:59.999999""#, #""13:05:00.5""#],
    "timestamp": [
      #""1970-01-01T00:00:00Z""#, #""0001-01-01T00:00:00Z""#, #""9999-12-31T23:59:59.999999Z""#,
      #""2026-01-31T13:05:00.25+02:00""#, #""1969-12-31T23:59:59.999999Z""#,
    ],
    "uuid": [
      #""00000000-0000-0000-0000-000000000000""#, #""FFEEDDCC-BBAA-9988-7766-554433221100""#,
    ],
    "decimal": [
      #""0""#, #""0.00""#, #""1.00""#, #""-12.345""#, #""-0.001""#, "1.50",
      "\"" + String(repeating: "9", count: 76) + "\"",
    ],
    "json": [
      "{}", "[]", "1.0", #""text""#, "true", #"{ "a" : [1, 2.50, {"b":null}], "a": 2 }"#,
      #"{"long":""# + String(repeating: "chest pain ", count: 3000) + "\"}",
    ],
    "any": ["1.50", #""text \n""#, "true", "false", #"{"b": [1]}"#, "[]", "-1e5"],
  ]

  static let allTypesCount = 40

  static func allTypesRows() -> [String] {
    (0..<allTypesCount).map { row in
      let members = types.enumerated().compactMap { place, type -> String? in
        guard let list = values[type], (row + place) % 9 != 8 else { return nil }
        return "\"c_\(type)\": \(list[row % list.count])"
      }
      return "{" + members.joined(separator: ", ") + "}"
    }
  }

  /// Tables whose keys are of several types and columns.
  static let keySchema = """
    {"tables": [
      {"name": "text_keys", "columns": [
        {"name": "note", "type": "text", "null": true}, {"name": "a", "type": "text"},
        {"name": "b", "type": "text", "collation": "nocase"}],
       "primaryKey": ["a", "b"]},
      {"name": "number_keys", "columns": [
        {"name": "i", "type": "int"}, {"name": "d", "type": "double"}, {"name": "x", "type": "decimal"},
        {"name": "t", "type": "timestamp"}, {"name": "f", "type": "bool"},
        {"name": "note", "type": "text", "null": true}],
       "primaryKey": ["d", "x", "i", "f", "t"]},
      {"name": "bytes_keys", "columns": [
        {"name": "k", "type": "bytes"}, {"name": "day", "type": "date"}, {"name": "n", "type": "int"}],
       "primaryKey": ["k", "day"]},
      {"name": "uuid_keys", "columns": [
        {"name": "n", "type": "int"}, {"name": "u", "type": "uuid"}, {"name": "h", "type": "time"}],
       "primaryKey": ["h", "u"]}
    ]}
    """

  static func keyRows(_ table: String) -> [String] {
    switch table {
    case "text_keys":
      let long = String(repeating: "key ", count: 1500)
      return ["", "a", "ab", "a\\u0000", "a\\u0000b", "é", "中", long, long + "x"].flatMap { a in
        ["B", "c", "Ä"].map { b in #"{"a": "\#(a)", "b": "\#(b)", "note": "\#(b)\#(b)"}"# }
      }
    case "number_keys":
      var rows: [String] = []
      let doubles = ["0", "-1.5", "1e300", "-1e-300", "2"]
      let decimals = ["0", "0.10", "-12.5", "1000", "-0.01"]
      for (d, x) in zip(doubles, decimals) {
        for i in [0, 1, -1, 255, 256, -256, -257, Int.max, Int.min] {
          rows.append(
            #"{"i": \#(i), "d": \#(d), "x": "\#(x)", "t": "1960-01-01T00:00:00Z", "f": \#(i > 0)}"#)
        }
      }
      return rows
    case "bytes_keys":
      return ["", "AA==", "AAA=", "AP8=", "/w==", "AQID"].enumerated().map { n, k in
        #"{"k": "\#(k)", "day": "19\#(10 + n)-01-01", "n": \#(n)}"#
      }
    default:
      return (10..<60).map { n in
        #"{"n": \#(n), "u": "\#(n)000000-0000-4000-8000-0000000000\#(n)", "h": "\#(n % 24):00:00.1"}"#
          .replacingSingleDigitHours
      }
    }
  }

  static let documentSchema = """
    {"tables": [{"name": "documents", "columns": [
      {"name": "id", "type": "int"}, {"name": "title", "type": "text"},
      {"name": "body", "type": "json", "null": true}],
     "primaryKey": ["id"], "indexes": [{"columns": ["title"]}, {"columns": ["body"], "path": "n"}]}]}
    """

  /// Small ones that share a dictionary, and some of up to a megabyte.
  static func documentRows() -> [String] {
    (1...200).map { document($0, words: $0 % 50 == 0 ? $0 * 500 : $0 % 40) }
  }

  static func laterRows(after start: Int = 0) -> [String] {
    (1_001 + start...1_035 + start).map { document($0, words: $0 % 10 == 0 ? 3_000 : 20) }
  }

  private static func document(_ id: Int, words: Int) -> String {
    let all = ["pain", "fever", "cough", "patient", "follow-up", "ward \(id % 7)", "dose \(id)"]
    let text = (0..<words).map { all[($0 * 7 + id) % all.count] }.joined(separator: " ")
    return #"{"id": \#(id), "title": "note \#(id)", "body": {"resourceType": "Observation", "#
      + #""status": "final", "n": \#(id), "subject": {"reference": "Patient/\#(id % 9)"}, "#
      + #""text": "\#(text)"}}"#
  }
}

extension String {
  /// `"9:00:00.1"` as `"09:00:00.1"`.
  fileprivate var replacingSingleDigitHours: String {
    guard let range = self.range(of: "\"h\": \""),
      self[range.upperBound...].dropFirst().first == ":"
    else { return self }
    return self[..<range.upperBound] + "0" + self[range.upperBound...]
  }
}
