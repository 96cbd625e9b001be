import CareFS
import Foundation
import Testing

/// What deleted and updated rows and documents leave behind.
@Suite(.timeLimit(.minutes(5))) struct RemainsTests {
  private static let marker = "Zq7Marker9x"
  private static let schema = DatabaseSchema([
    TableSchema(
      "patients",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("name", .text), ColumnSchema("email", .text),
        ColumnSchema("note", .json, null: true), ColumnSchema("raw", .bytes, null: true),
      ],
      unique: [["email"]], indexes: [["name"], ["-name", "email"]]),
    TableSchema(
      "letters", columns: [ColumnSchema("code", .text), ColumnSchema("body", .json)],
      primaryKey: ["code"]),
  ])

  /// How often the marker stands in a file. Its bytes are looked for as they are: documents that
  /// carry it are too short, or too varied, for a compressor to break them up.
  private func count(_ path: String) -> Int {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return 0 }
    var found = 0
    var place = data.startIndex
    while let range = data.range(of: Data(Self.marker.utf8), in: place..<data.endIndex) {
      found += 1
      place = range.upperBound
    }
    return found
  }

  private func document(_ id: Int, marked: Bool, long: Bool) -> String {
    var text = ""
    var random = UInt64(id) &* 0x9E37_79B9_7F4A_7C15 | 1
    for _ in 0..<(long ? 4_000 : 12) {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      text += String(random, radix: 36)
    }
    let word = marked ? Self.marker : "harmless"
    // The word is in a place that all documents share: a dictionary takes it up.
    return #"{"kind":"letter","doctor":"\#(word) \#(word)","text":"\#(text)"}"#
  }

  private func row(_ id: Int, marked: Bool) throws -> [String: Value] {
    let word = marked ? Self.marker : "plain"
    return [
      "id": .int(Int64(id)), "name": .text("\(word) \(id)"), "email": .text("\(id)@\(word)"),
      "note": .json(try JSON(validating: document(id, marked: marked, long: id % 20 == 0))),
      "raw": .bytes(Array("\(word)\(id)".utf8)),
    ]
  }

  private func fill(_ db: Database) throws {
    try db.write { tx in
      for id in 1...200 { try tx.insert(into: "patients", try row(id, marked: id <= 150)) }
      for id in 1...100 {
        let isMarked = id <= 80
        try tx.insert(
          into: "letters",
          [
            "code": .text("\(isMarked ? Self.marker : "code") \(id)"),
            "body": .json(try JSON(validating: document(id, marked: isMarked, long: false))),
          ])
      }
    }
  }

  private func deleteMarked(_ db: Database) throws {
    try db.write { tx in
      for id in 1...100 { try tx.delete(from: "patients", key: [.int(Int64(id))]) }
      for id in 101...150 {
        try tx.update("patients", key: [.int(Int64(id))], try row(id, marked: false))
      }
      for id in 1...80 { try tx.delete(from: "letters", key: [.text("\(Self.marker) \(id)")]) }
    }
  }

  /// Once `compact` has run, no byte of file or log has anything of what was deleted or replaced;
  /// what is left reads as before.
  @Test(arguments: [false, true])
  func compactLeavesNothing(endsUncleanly: Bool) throws {
    let bench = try Bench()
    var options = Bench.options()
    // The log goes round, so that old records lie beneath newer ones.
    options.tuning = {
      $0.segmentSize = 64 << 10
      $0.checkpointLogBytes = 256 << 10
    }
    let db = try Database.create(path: bench.path, schema: Self.schema, options: options)
    try fill(db)
    #expect(count(bench.path) + count(bench.path + "-wal") > 200)
    try deleteMarked(db)
    let wanted = try db.read { tx in
      [try tx.rows("patients").map { "\($0)" }, try tx.rows("letters").map { "\($0)" }]
    }
    if endsUncleanly {
      // As a crash would leave both files.
      let copy = try Bench()
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: bench.path + suffix, toPath: copy.path + suffix)
      }
      #expect(count(copy.path) + count(copy.path + "-wal") > 0)
      _ = try Database.compact(path: copy.path, options: options)
      #expect(count(copy.path) == 0)
      #expect(copy.names == ["clinic.carefs"])
      try db.close()
    } else {
      try db.close()
      #expect(count(bench.path) > 0, "the test proves nothing")
      _ = try Database.compact(path: bench.path, options: options)
      #expect(count(bench.path) == 0)
      #expect(bench.names == ["clinic.carefs"])
      let again = try Database.open(path: bench.path, options: options)
      #expect(try again.check().findings.map(\.message) == [])
      let found = try again.read { tx in
        [try tx.rows("patients").map { "\($0)" }, try tx.rows("letters").map { "\($0)" }]
      }
      #expect(found == wanted)
      try again.write { tx in
        try tx.insert(into: "patients", try row(1_000, marked: false))
        try tx.delete(from: "letters", key: [.text("code 90")])
      }
      #expect(count(bench.path) + count(bench.path + "-wal") == 0)
      #expect(try again.check().isSound)
      try again.close()
    }
  }

  /// After a clean close no log is left that could hold anything.
  @Test func aCleanCloseLeavesNoLog() throws {
    let bench = try Bench()
    let db = try Database.create(path: bench.path, schema: Self.schema, options: Bench.options())
    try fill(db)
    try db.close()
    #expect(bench.names == ["clinic.carefs"])
  }
}
