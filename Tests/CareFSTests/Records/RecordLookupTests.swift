import Testing

@testable import CareFS

/// A person as most of a program sees it.
private struct Person: Record, Equatable {
  var id: Int64
  var name: String
  var code: String?
  var points: Int64?

  static let schema = Schema<Person>(
    "people", .key(\.id, "id"), .column(\.name, "name"), .column(\.code, "code"),
    .column(\.points, "points"), .unique(\.name), .unique(\.code))

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, name)
    try row.set(2, code)
    try row.set(3, points)
  }
}

extension Person {
  init(row: RecordRow) throws {
    self.init(
      id: try row.get(0), name: try row.get(1), code: try row.get(2), points: try row.get(3))
  }
}

/// The same rows with other columns in another order, and a key of another type.
private struct Score: Record, Equatable {
  typealias Key = Int
  var points: Int64?
  var id: Int

  static let schema = Schema<Score>(
    "people", .column(\.points, "points"), .key(\.id, "id"))

  func encode(to row: RecordEncoder) throws {
    try row.set(0, points)
    try row.set(1, id)
  }
}

extension Score {
  init(row: RecordRow) throws { self.init(points: try row.get(0), id: try row.get(1)) }
}

/// A record whose key is not of the type that it says.
private struct Misnamed: Record {
  var name: String

  static let schema = Schema<Misnamed>("tags", .key(\.name, "name"))

  func encode(to row: RecordEncoder) throws { try row.set(0, name) }
}

extension Misnamed {
  init(row: RecordRow) throws { self.init(name: try row.get(0)) }
}

/// A record whose key and whose row take a page each.
private struct Letter: Record, Equatable {
  var id: String
  var code: String
  var text: String

  static let schema = Schema<Letter>(
    "letters", .key(\.id, "id"), .column(\.code, "code"), .column(\.text, "text"),
    .unique(\.code))

  func encode(to row: RecordEncoder) throws {
    try row.set(0, id)
    try row.set(1, code)
    try row.set(2, text)
  }
}

extension Letter {
  init(row: RecordRow) throws {
    self.init(id: try row.get(0), code: try row.get(1), text: try row.get(2))
  }
}

/// The ways in which single records are found and read.
struct RecordLookupTests {
  /// A record that asks for a column as what it is not.
  @Test func columnsAreAskedForAsWhatTheyAre() throws {
    let db = try Database.inMemory(schema: [Person.self])
    let zero = Person(id: 0, name: "nothing at all", code: "none", points: 0)
    try db.write { try $0.insert(zero) }
    try db.read { tx throws in
      #expect(try tx.get(Person.self, 0) == zero)
      try tx.forEach(Person.self) { row in
        #expect(throws: (any Error).self) { try row.int64(1) }
        #expect(throws: (any Error).self) { try row.text(0) }
        #expect(throws: (any Error).self) { try row.text(3) }
      }
    }
  }

  /// Only the shortest form of an int is a key, and only from 0 on has it a short way.
  @Test func intsOfKeysAreShort() {
    func int(_ bytes: UInt8...) -> Int64? { bytes.withUnsafeBytes { KeyDecoder.plainInt($0) } }
    #expect(int(0x80) == 0)
    #expect(int(0x81, 5) == 5)
    #expect(int(0x82, 1, 0) == 256)
    #expect(int(0x81, 0) == nil)
    #expect(int(0x82, 0, 5) == nil)
    #expect(int(0x82, 5) == nil)
    #expect(int(0x7E, 5) == nil)
    #expect(int() == nil)
  }

  /// A key that is too long for its entry comes with a row that is too long for its own.
  @Test func aLongKeyStaysWhileALongRowIsRead() throws {
    let db = try Database.inMemory(schema: [Letter.self])
    let letters = (0..<3).map { number in
      Letter(
        id: "k\(number)" + String(repeating: "x", count: 4_500 + number), code: "c\(number)",
        text: String(repeating: "t\(number)", count: 5_000))
    }
    try db.write { try $0.insert(contentsOf: letters) }
    try db.read { tx throws in
      for letter in letters {
        let found = try tx.get(Letter.self, where: \.code, is: letter.code)
        #expect(found == letter)
      }
    }
  }

  @Test func readsOneTableAsSeveralRecords() throws {
    let db = try Database.inMemory(schema: [Person.self])
    let numbers: [Int64] = [0, 1, 6, 7, 255, 256, 65_536, -1, -300, .max, .min]
    let people = numbers.map {
      Person(id: $0, name: "n\($0)", code: $0 > 6 ? "c\($0)" : nil, points: $0 == 1 ? nil : $0)
    }
    try db.write { try $0.insert(contentsOf: people) }
    try db.read { tx throws in
      for person in people {
        #expect(try tx.get(Person.self, person.id) == person)
        let score = Score(points: person.points, id: Int(person.id))
        #expect(try tx.get(Score.self, Int(person.id)) == score)
        #expect(try tx.get(Person.self, where: \.name, is: person.name) == person)
        #expect(try tx.get(Score.self, Int(person.id)) == score)
        if let code = person.code {
          #expect(try tx.get(Person.self, where: \.code, is: code) == person)
        }
      }
      #expect(try tx.get(Person.self, 5) == nil)
      #expect(try tx.get(Score.self, 5) == nil)
      #expect(try tx.get(Person.self, where: \.name, is: "n") == nil)
      #expect(try tx.get(Person.self, where: \.code, is: nil) == nil)
      var seen: [Int64] = []
      try tx.forEach(Score.self) { row throws in
        seen.append(Int64(try row.get(1) as Int))
        // Another record of the table, while this row is visited.
        #expect(try tx.get(Person.self, 7)?.name == "n7")
        #expect(try row.get(1) == Int(seen.last ?? 0))
      }
      #expect(seen == numbers.sorted())
    }
  }

  @Test func refusesAKeyOfAnotherType() throws {
    let db = try Database.inMemory(schema: [Misnamed.self])
    try db.write { try $0.insert(contentsOf: [Misnamed(name: "a")]) }
    try db.read { tx throws in
      #expect(throws: DatabaseError.self) { _ = try tx.get(Misnamed.self, 1) }
      #expect(try tx.all(Misnamed.self).map(\.name) == ["a"])
    }
  }

  /// What is not UTF-8 reads the same at every length.
  @Test func makesTextsOfEveryLength() {
    for length in 0...40 {
      let plain = (0..<length).map { UInt8(97 + $0 % 26) }
      check(plain)
      for place in plain.indices {
        for bytes: [UInt8] in [[0xC3, 0xA9], [0xFF], [0xE2, 0x82], [0]] {
          check(Array(plain[..<place] + bytes + plain[place...]))
        }
      }
    }
  }

  private func check(_ bytes: [UInt8]) {
    let text = bytes.withUnsafeBytes { RawBytes.string($0) }
    let expected = String(decoding: bytes, as: UTF8.self)
    #expect(text.utf8.elementsEqual(expected.utf8))
  }
}
