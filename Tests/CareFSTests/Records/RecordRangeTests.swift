import CareFS
import Testing

private struct Reading: Record, Equatable {
  var id: Int64
  var note: String

  static let schema = Schema<Reading>(
    "readings", .key(\.id, "id"), .column(\.note, "note"))

  init(_ id: Int64, note: String = "-") {
    self.id = id
    self.note = note
  }

  init(row: RecordRow) throws {
    id = try row.get(0)
    note = try row.get(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, note)
  }
}

private struct Bed: Record, Equatable {
  typealias Key = KeyPair<String, Int64>
  var ward: String
  var number: Int64

  static let schema = Schema<Bed>("beds", .key(\.ward, "ward"), .key(\.number, "number"))

  init(_ ward: String, _ number: Int64) {
    self.ward = ward
    self.number = number
  }

  init(row: RecordRow) throws {
    ward = try row.get(0)
    number = try row.get(1)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, ward)
    try row.set(1, number)
  }
}

/// Records from a key on.
@Suite struct RecordRangeTests {
  /// Keys -40, -30 ... 5_000 * 10: many pages, and gaps between keys.
  private let keys = (-4..<5_000).map { Int64($0) * 10 }

  private func database() throws -> Database {
    let database = try Database.inMemory(schema: [Reading.self, Bed.self])
    try database.write { transaction in
      try transaction.insert(contentsOf: keys.map { Reading($0, note: "n\($0)") })
      let beds = [Bed("b", 2), Bed("a", 9), Bed("b", 1), Bed("a", -3), Bed("ab", 0)]
      try transaction.insert(contentsOf: beds)
    }
    return database
  }

  @Test(
    arguments: [
      (Int64.min, nil), (-40, 3), (-39, 3), (0, 1), (7, 500), (24_990, nil), (49_990, 5),
      (49_991, nil), (.max, 1), (5, 0), (5, -1), (49_000, .max),
    ] as [(Int64, Int?)])
  func matchesTheKeys(start: Int64, limit: Int?) throws {
    let expected = keys.filter { $0 >= start }.prefix(max(0, limit ?? .max))
    let found = try database().read { try $0.fetch(Reading.self, from: start, limit: limit) }
    #expect(found == expected.map { Reading($0, note: "n\($0)") })
  }

  @Test func keysOfTwoColumns() throws {
    let database = try database()
    func beds(_ ward: String, _ number: Int64, limit: Int? = nil) throws -> [Bed] {
      try database.read { try $0.fetch(Bed.self, from: KeyPair(ward, number), limit: limit) }
    }
    #expect(
      try beds("a", .min) == [Bed("a", -3), Bed("a", 9), Bed("ab", 0), Bed("b", 1), Bed("b", 2)])
    #expect(try beds("a", 10, limit: 2) == [Bed("ab", 0), Bed("b", 1)])
    #expect(try beds("b", 2) == [Bed("b", 2)])
    #expect(try beds("c", 0) == [])
  }

  /// The body sees what it has written itself, and may delete the row that it stands on.
  @Test func changesMeanwhile() throws {
    let database = try database()
    let seen = try database.write { transaction in
      var seen: [Int64] = []
      try transaction.forEach(Reading.self, from: 100, limit: 4) { row in
        let key: Int64 = try row.get(0)
        seen.append(key)
        if key == 100 { try transaction.insert(Reading(105)) }
        if key == 105 { try transaction.delete(Reading.self, 110) }
        try transaction.delete(Reading.self, key)
      }
      return seen
    }
    #expect(seen == [100, 105, 120, 130])
    #expect(
      try database.read { try $0.fetch(Reading.self, from: 99, limit: 1) } == [
        Reading(140, note: "n140")
      ])
  }

  /// Another lookup in the body leaves the visited row as it is.
  @Test func lookupsMeanwhile() throws {
    let notes = try database().read { transaction in
      var notes: [String] = []
      try transaction.forEach(Reading.self, from: 20, limit: 3) { row in
        let other = try transaction.get(Reading.self, try row.get(0) + 10)
        try transaction.forEach(Reading.self, from: 0, limit: 1) { notes.append(try $0.get(1)) }
        notes.append(try row.get(1))
        notes.append(try #require(other).note)
      }
      return notes
    }
    #expect(notes == ["n0", "n20", "n30", "n0", "n30", "n40", "n0", "n40", "n50"])
  }

  @Test func anErrorEndsTheVisit() throws {
    struct Enough: Error {}
    var count = 0
    #expect(throws: Enough.self) {
      try database().read { transaction in
        try transaction.forEach(Reading.self, from: 0) { _ in
          count += 1
          if count == 2 { throw Enough() }
        }
      }
    }
    #expect(count == 2)
  }

  @Test func afterItsEnd() throws {
    var kept: ReadTransaction?
    try database().read { kept = $0 }
    let error = #expect(throws: DatabaseError.self) {
      try kept?.forEach(Reading.self, from: 0) { _ in }
    }
    #expect(error?.code == .closed)
  }
}
