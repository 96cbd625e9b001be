import CareFS
import CareFSTestSupport

/// A sequence of transactions that can be told from its last one: what the file must hold after
/// transaction `n` follows from `n` alone.
struct Ledger {
  static let schema = DatabaseSchema([
    TableSchema(
      "progress", columns: [ColumnSchema("name", .text), ColumnSchema("value", .int)],
      primaryKey: ["name"]),
    TableSchema(
      "entries",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("digest", .text), ColumnSchema("kind", .int),
        ColumnSchema("note", .text, null: true),
      ],
      unique: [["digest"]], indexes: [["kind"]]),
    TableSchema(
      "parts",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("entry_id", .int), ColumnSchema("body", .json),
      ],
      foreignKeys: [.init("entry_id", references: "entries", onDelete: .cascade)]),
  ])

  struct Entry: Equatable {
    var kind: Int64
    var note: String?
    var parts: [Int64: String]
  }

  /// What the file must hold, by the entries' ids.
  private(set) var entries: [Int64: Entry] = [:]
  /// The number of the last transaction.
  private(set) var last: Int64 = 0

  /// The state after transaction `n`.
  init(after n: Int64) throws {
    while last < n { try apply(nil) }
  }

  static func digest(_ id: Int64) -> String {
    var random = SeededRandom(UInt64(bitPattern: id))
    return String(random.next(), radix: 16)
  }

  private static func text(_ random: inout SeededRandom, _ limit: Int) -> String {
    let letters = Array("abcdefgh ijklmno pqrstu vwxyz")
    return String((0..<random.below(limit)).map { _ in letters[random.below(letters.count)] })
  }

  /// Makes the next transaction: in the file, if there is one, and in the model.
  mutating func perform(in db: Database) throws {
    var next = self
    try db.write { tx in try next.apply(tx) }
    self = next
  }

  private mutating func apply(_ tx: WriteTransaction?) throws {
    let number = last + 1
    var random = SeededRandom(UInt64(number) &* 977)
    // Most transactions are small; some are a batch of many pages.
    let count: Int64 = random.below(40) == 0 ? 60 : 1
    for id in (number * 100)..<(number * 100 + count) {
      var entry = Entry(kind: Int64(random.below(5)), note: nil, parts: [:])
      if random.below(4) > 0 { entry.note = Self.text(&random, 300) }
      try tx?.insert(
        into: "entries",
        [
          "id": .int(id), "digest": .text(Self.digest(id)), "kind": .int(entry.kind),
          "note": entry.note.map { .text($0) } ?? .null,
        ])
      for part in 0..<Int64(random.below(3)) {
        let length = random.below(20) == 0 ? 20_000 : 200
        let body = "{\"text\":\"\(Self.text(&random, length))\"}"
        entry.parts[id * 10 + part] = body
        try tx?.insert(
          into: "parts",
          [
            "id": .int(id * 10 + part), "entry_id": .int(id),
            "body": .json(try JSON(validating: body)),
          ])
      }
      entries[id] = entry
    }
    let old = (number - 5) * 100
    if number % 3 == 0, entries[old] != nil {
      try tx?.delete(from: "entries", key: [.int(old)])
      entries[old] = nil
    }
    let touched = (number - 2) * 100
    if number % 4 == 0, entries[touched] != nil {
      let note = Self.text(&random, 200)
      try tx?.update("entries", key: [.int(touched)], ["note": .text(note), "kind": .int(7)])
      entries[touched]?.note = note
      entries[touched]?.kind = 7
    }
    try tx?.upsert(into: "progress", ["name": .text("last"), "value": .int(number)])
    last = number
  }

  // MARK: Verification

  /// The number of the last transaction that a file shows.
  static func lastNumber(in db: Database) throws -> Int64 {
    let row = try db.read { try $0.get("progress", key: [.text("last")]) }
    guard case .int(let number)? = row?["value"] else { return 0 }
    return number
  }

  /// What is wrong with a file that acknowledged `acknowledged` transactions and may have begun
  /// `begun`; nil when nothing is.
  static func problem(in db: Database, acknowledged: Int64, begun: Int64) throws -> String? {
    let found = try lastNumber(in: db)
    guard found >= acknowledged else {
      return "acknowledged \(acknowledged) transactions, the file shows \(found)"
    }
    guard found <= begun else { return "began \(begun) transactions, the file shows \(found)" }
    let report = try db.check()
    guard report.isSound else {
      return "check found \(report.findings.first?.message ?? "something")"
    }
    let wanted = try Ledger(after: found).entries
    return try db.read { tx in try difference(tx, wanted) }
  }

  private static func difference(_ tx: ReadTransaction, _ wanted: [Int64: Entry]) throws -> String?
  {
    var found: [Int64: Entry] = [:]
    for row in try tx.rows("entries") {
      guard case .int(let id)? = row["id"], case .int(let kind)? = row["kind"],
        case .text(let digest)? = row["digest"]
      else { return "an entry of the wrong shape" }
      guard digest == Self.digest(id) else { return "entry \(id) has another's digest" }
      var note: String?
      if case .text(let text)? = row["note"] { note = text }
      found[id] = Entry(kind: kind, note: note, parts: [:])
    }
    for row in try tx.rows("parts") {
      guard case .int(let id)? = row["id"], case .int(let entry)? = row["entry_id"],
        case .json(let body)? = row["body"]
      else { return "a part of the wrong shape" }
      guard found[entry] != nil else { return "part \(id) has no entry" }
      found[entry]?.parts[id] = body.text
    }
    if found == wanted { return nil }
    let keys = Set(found.keys).union(wanted.keys).sorted()
    let different = keys.first { found[$0] != wanted[$0] }
    return "entry \(different ?? 0) differs: \(found.count) rows, \(wanted.count) wanted"
  }
}
