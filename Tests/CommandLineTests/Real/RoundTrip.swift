import Foundation
import Testing

extension Shell {
  /// Exports a database, makes another from its schema, loads the export and exports again: the
  /// same bytes.
  ///
  /// - Parameters:
  ///   - tables: all tables, each behind those to which it refers.
  ///   - formats: the forms in which the rows travel.
  func expectRoundTrip(
    _ db: String, tables: [String], formats: [String] = ["csv", "json", "ndjson"]
  ) throws {
    let schema = try file("again.json", try succeed("schema", db, "--format", "json"))
    for format in formats {
      let first = folder.appendingPathComponent("first-\(format)")
      let second = folder.appendingPathComponent("second-\(format)")
      try succeed("export", db, "--format", format, "-o", first.path + "/")
      let copy = path("again-\(format).carefs")
      try succeed("init", copy, "--schema", schema)
      for table in tables {
        try succeed("import", copy, table, "\(first.path)/\(table).\(format)", "--quiet")
      }
      try succeed("export", copy, "--format", format, "-o", second.path + "/")
      let names = try FileManager.default.contentsOfDirectory(atPath: first.path).sorted()
      #expect(names == tables.map { "\($0).\(format)" }.sorted())
      for name in names {
        let before = try Data(contentsOf: first.appendingPathComponent(name))
        let after = try Data(contentsOf: second.appendingPathComponent(name))
        #expect(before == after, "\(name) does not come back as it went")
      }
      #expect(
        try succeed("schema", copy, "--format", "json").utf8.elementsEqual(
          try Data(contentsOf: URL(fileURLWithPath: schema))))
      try succeed("check", copy)
      for url in [first, second, URL(fileURLWithPath: copy)] {
        try FileManager.default.removeItem(at: url)
      }
    }
  }
}
