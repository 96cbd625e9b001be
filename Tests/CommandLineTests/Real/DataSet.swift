import Foundation
import Testing

/// Tables from CSV files with their keys and references, and what a load of them must come to.
final class DataSet {
  struct Reference {
    var table: String
    var column: String
    var parent: String
  }

  struct Table {
    var name: String
    var source: URL
    var columns: [String]
    /// The primary key, a single column; nil for a number that the engine gives.
    var key: String?
    /// The types of columns that are not text.
    var types: [String: String] = [:]
    /// The key, then the references, of each row of the source.
    var rows: [[Int]] = []
    /// The rows that must be there after the load.
    var kept: [[Int]] = []
    var references: [Reference] = []
  }

  private(set) var tables: [String: Table] = [:]
  /// The tables, each behind those to which it refers.
  private(set) var order: [String] = []
  private(set) var references: [Reference] = []

  /// How many rows of each table are loaded. With the unoptimised program only the first ones, as
  /// all of them would take minutes; `CAREFS_BINARY` names a program that is made for all.
  static var limit: Int { Shell.isGiven ? .max : 1500 }

  /// - Parameters:
  ///   - sources: the file of each table.
  ///   - keys: the primary keys.
  ///   - references: of these the ones between tables that are there, to their primary keys.
  init(
    _ shell: Shell, sources: [String: URL], keys: [String: String],
    types: [String: [String: String]] = [:], references wanted: [Reference]
  ) throws {
    let reader = KeyReader()
    var texts: [String: [UInt8]] = [:]
    for (name, source) in sources {
      let text = try Self.bytes(source)
      texts[name] = text
      tables[name] = Table(
        name: name, source: source, columns: KeyReader.header(text), key: keys[name],
        types: types[name] ?? [:])
    }
    references = wanted.filter { reference in
      guard let table = tables[reference.table] else { return false }
      return tables[reference.parent]?.key != nil && table.columns.contains(reference.column)
    }
    for name in sources.keys {
      guard var table = tables[name], let text = texts[name] else { continue }
      table.references = references.filter { $0.table == name }
      let fields = ([table.key].compactMap { $0 } + table.references.map(\.column))
        .compactMap { table.columns.firstIndex(of: $0) }
      let (rows, end) = reader.rows(text, fields: fields, limit: Self.limit)
      table.rows = rows
      if end < text.count {
        let part = shell.folder.appendingPathComponent("\(name).csv")
        try Data(text[..<end]).write(to: part)
        table.source = part
      }
      tables[name] = table
    }
    var left = Set(sources.keys)
    while !left.isEmpty {
      let ready = left.filter { name in
        !references.contains {
          $0.table == name && $0.parent != name && left.contains($0.parent)
        }
      }
      try #require(!ready.isEmpty, "the tables refer to each other in a circle")
      order += ready.sorted()
      left.subtract(ready)
    }
    predict()
  }

  /// The bytes of a file, unpacked.
  static func bytes(_ source: URL) throws -> [UInt8] {
    guard source.pathExtension == "gz" else { return [UInt8](try Data(contentsOf: source)) }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", source.path]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](data)
  }

  /// Of rows with the same key the first stays, and of the others those whose references are met.
  private func predict() {
    var keys: [String: Set<Int>] = [:]
    for name in order {
      guard var table = tables[name] else { continue }
      let first = table.key == nil ? 0 : 1
      var seen: Set<Int> = []
      var good = table.key == nil ? table.rows : table.rows.filter { seen.insert($0[0]).inserted }
      while true {
        keys[name] = table.key == nil ? [] : Set(good.map { $0[0] })
        let next = good.filter { row in
          table.references.indices.allSatisfy { place in
            let value = row[first + place]
            return value == KeyReader.null
              || keys[table.references[place].parent]?.contains(value) == true
          }
        }
        if next.count == good.count { break }
        good = next
      }
      table.kept = good
      tables[name] = table
    }
  }

  /// The rows of each table that go with one row.
  func deletion(of key: Int, in table: String) -> [String: Int] {
    var children: [String: [(table: String, rows: [Int: [Int]])]] = [:]
    for name in order {
      guard let table = tables[name] else { continue }
      let first = table.key == nil ? 0 : 1
      for (place, reference) in table.references.enumerated() {
        var rows: [Int: [Int]] = [:]
        for (number, row) in table.kept.enumerated() where row[first + place] != KeyReader.null {
          rows[row[first + place], default: []].append(number)
        }
        children[reference.parent, default: []].append((name, rows))
      }
    }
    guard let start = tables[table]?.kept.firstIndex(where: { $0[0] == key }) else { return [:] }
    var gone: [String: Set<Int>] = [table: [start]]
    var work = [(table, start)]
    while let (name, number) = work.popLast() {
      guard let table = tables[name], table.key != nil else { continue }
      for (child, rows) in children[name] ?? [] {
        for row in rows[table.kept[number][0]] ?? []
        where gone[child, default: []].insert(row).inserted {
          work.append((child, row))
        }
      }
    }
    return gone.mapValues(\.count)
  }

  /// The schema as JSON, all references with cascade.
  var schema: String {
    let texts = order.compactMap { tables[$0] }.map { table in
      var columns = table.columns.map { column in
        let null = column == table.key ? "" : #","null":true"#
        return #"{"name":"\#(column)","type":"\#(table.types[column] ?? "text")"\#(null)}"#
      }
      if table.key == nil {
        columns.insert(#"{"name":"row_id","type":"int","autoincrement":true}"#, at: 0)
      }
      let keys = table.references.map {
        #"{"columns":["\#($0.column)"],"references":"\#($0.parent)","onDelete":"cascade"}"#
      }
      return """
        {"name":"\(table.name)","columns":[\(columns.joined(separator: ","))],
        "primaryKey":["\(table.key ?? "row_id")"],"foreignKeys":[\(keys.joined(separator: ","))]}
        """
    }
    return #"{"tables":[\#(texts.joined(separator: ","))]}"#
  }
}

extension DataSet {
  /// Makes a database and loads all tables, comparing what is loaded and what is rejected with the
  /// prediction.
  ///
  /// - Returns: the path, the rows read and the rows rejected.
  func load(_ shell: Shell) throws -> (path: String, read: Int, rejected: Int) {
    let db = shell.path("data.carefs")
    try shell.succeed("init", db, "--schema", try shell.file("schema.json", schema))
    var read = 0
    var rejected = 0
    for name in order {
      guard let table = tables[name] else { continue }
      let bad = table.rows.count - table.kept.count
      let run = try shell.run(
        "import", db, name, table.source.path, "--rejects", shell.path("\(name).rejects"))
      #expect(run.exit == (bad > 0 ? 1 : 0), "\(name): \(run.err)")
      #expect(try shell.succeed("count", db, name) == "\(table.kept.count)\n", "\(name)")
      let lines = try shell.read("\(name).rejects")
      #expect(lines.count == bad, "\(name): \(lines.first ?? "")")
      for line in lines.prefix(20) {
        #expect(line.contains("\"reason\":\"\(name)"), "\(line)")
        let reasons = ["there is no such row in", "primary key", "fields instead of"]
        #expect(reasons.contains { line.contains($0) }, "\(line)")
      }
      read += table.rows.count
      rejected += bad
    }
    try shell.succeed("check", db)
    return (db, read, rejected)
  }
}
