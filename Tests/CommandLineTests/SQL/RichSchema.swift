import Foundation
import Testing

/// Tables with every type and kind of constraint, and rows with what dumps get wrong.
enum RichSchema {
  static let json = #"""
    {"tables": [
      {"name": "people", "columns": [
          {"name": "id", "type": "int", "autoincrement": true},
          {"name": "name", "type": "text", "collation": "nocase", "minLength": 1, "maxLength": 50},
          {"name": "status", "type": "text", "oneOf": ["a", "b 'x' \"y\" */"], "default": "a"},
          {"name": "born", "type": "date", "null": true, "min": "1880-01-01"},
          {"name": "at", "type": "time", "null": true},
          {"name": "seen", "type": "timestamp", "default": {"now": true}},
          {"name": "key", "type": "uuid", "default": {"uuid": true}},
          {"name": "price", "type": "decimal", "min": "0.10", "max": 100, "default": "1.50"},
          {"name": "score", "type": "double", "null": true},
          {"name": "big", "type": "int", "null": true},
          {"name": "ok", "type": "bool", "default": false},
          {"name": "doc", "type": "json", "null": true},
          {"name": "what", "type": "any", "null": true},
          {"name": "raw", "type": "bytes", "null": true, "maxLength": 9},
          {"name": "mail", "type": "text", "null": true, "pattern": "%@%"}],
        "primaryKey": ["id"],
        "unique": [{"columns": ["mail"]}, {"columns": ["name", "-born"], "name": "who"}],
        "indexes": [
          {"columns": ["doc"], "path": "a.b"}, {"columns": ["-born", "status"]},
          {"columns": ["born"], "where": "status = \"a\" and score > 0.5"}],
        "checks": [
          {"name": "c1", "expression": "score between 0 and 10 and not (ok = true and score < 1)"},
          {"name": "c2", "expression": "length(doc.x) < 5"},
          {"name": "c3", "expression": "case when ok then price > 1 else price > 0.2 end"},
          {"name": "c4", "expression": "seen > \"2000-01-01\""}]},
      {"name": "a ward", "columns": [
          {"name": "x", "type": "text"}, {"name": "y", "type": "int"},
          {"name": "person", "type": "int", "null": true},
          {"name": "up x", "type": "text", "null": true},
          {"name": "up y", "type": "int", "null": true}],
        "primaryKey": ["x", "y"],
        "foreignKeys": [
          {"columns": ["person"], "references": "people", "onDelete": "setNull", "deferred": true},
          {"columns": ["up x", "up y"], "references": "a ward", "onDelete": "cascade"}]}]}
    """#

  static let people = #"""
    {"name":"Ada","born":"1980-02-03","at":"13:05:00.5","seen":"2026-01-31T13:05:00.123456Z","key":"00000000-0000-0000-0000-0000000000ff","price":"1.00","score":0.1,"big":-9223372036854775808,"ok":false,"doc":{"a": {"b":1},  "z":"it's"},"what":"1","raw":"AAEC/w==","mail":"a@b"}
    {"name":"CR\r\nLF \\r x\r1_","score":1e-5,"big":9223372036854775807,"doc":[1,  "a\u0000b"],"what":1.50,"price":"99.990000000000000000001"}
    {"name":"Č ☃ 'q' \"d\"\n.quit\n\\q; -- no /* x","doc":"x\\y","what":true,"score":0.30000000000000004,"raw":""}
    {"name":"','||","doc":12,"what":{"a":  [1e400]},"score":5,"ok":true,"price":2}

    """#

  static let wards = #"""
    {"x":"b","y":-5,"up x":"c","up y":1}
    {"x":"c","y":1,"person":1}

    """#
}

extension Shell {
  /// A database with tables of every kind and some rows; the last automatic key is given and gone.
  func richDatabase(_ name: String = "rich.carefs") throws -> String {
    let file = path(name)
    try succeed("init", file, "--schema", try self.file("rich.json", RichSchema.json))
    try succeed("import", file, "people", "-", "--format", "ndjson", input: RichSchema.people)
    try succeed("import", file, "a ward", "-", "--format", "ndjson", input: RichSchema.wards)
    try succeed("insert", file, "people", #"{"name": "gone"}"#)
    try succeed("delete", file, "people", "5")
    return file
  }

  /// Writes a dump, loads it into a new database and expects the same schema and the same dump.
  func expectDumpRoundTrip(_ database: String) throws {
    let (first, copy, second) = (path("first.sql"), path("trip.carefs"), path("second.sql"))
    try succeed("export", database, "--format", "sql", "-o", first)
    try succeed("import", copy, "--format", "sql", first, "--quiet")
    try succeed("export", copy, "--format", "sql", "-o", second)
    #expect(try bytes("first.sql") == bytes("second.sql"), "the dump does not come back as it went")
    let schemas = try [database, copy].map { try succeed("schema", $0, "--format", "json") }
    #expect(schemas[0].utf8.elementsEqual(schemas[1].utf8))
    try succeed("check", copy)
    for file in [first, copy, second] { try FileManager.default.removeItem(atPath: file) }
  }

  /// The bytes of a file in the test's folder.
  func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }
}
