import Foundation
import Testing

@testable import CareFS

private enum Rank: Int, RecordEnum {
  case low = 1
  case high = 9
}
private enum Ratio: Double, RecordEnum {
  case half = 0.5
  case whole = 1
}
private enum Switch: String, RecordEnum { case on, off }

/// A column of every type, and the same once more that may be null.
private struct Everything: Record, Equatable {
  typealias Key = KeyTriple<CalendarDate, Timestamp, String>
  var day: CalendarDate
  var moment: Timestamp
  var code: String
  var number: Int
  var double: Double
  var flag: Bool
  var bytes: [UInt8]
  var time: TimeOfDay
  var uuid: UUID
  var amount: ExactDecimal
  var json: JSON
  var any: AnyValue
  var rank: Rank
  var ratio: Ratio
  var double2: Double?
  var flag2: Bool?
  var bytes2: [UInt8]?
  var uuid2: UUID?
  var amount2: ExactDecimal?
  var rank2: Rank?

  static let schema = Schema<Everything>(
    "everything", .key(\.day, "day"), .key(\.moment, "moment"), .key(\.code, "code"),
    .column(\.number, "number"), .column(\.double, "double", min: 0), .column(\.flag, "flag"),
    .column(\.bytes, "bytes"), .column(\.time, "time"), .column(\.uuid, "uuid"),
    .column(\.amount, "amount"), .column(\.json, "json"), .column(\.any, "any"),
    .column(\.rank, "rank"), .column(\.ratio, "ratio"), .column(\.double2, "double2"),
    .column(\.flag2, "flag2"), .column(\.bytes2, "bytes2"), .column(\.uuid2, "uuid2"),
    .column(\.amount2, "amount2"), .column(\.rank2, "rank2"), .descendingIndex(\.number, \.day),
    .index(\.flag), .check("positive", "number > 0"))

  init(row: RecordRow) throws {
    day = try row.get(0)
    moment = try row.get(1)
    code = try row.get(2)
    number = try row.get(3)
    double = try row.get(4)
    flag = try row.get(5)
    bytes = try row.get(6)
    time = try row.get(7)
    uuid = try row.get(8)
    amount = try row.get(9)
    json = try row.get(10)
    any = try row.get(11)
    rank = try row.get(12)
    ratio = try row.get(13)
    double2 = try row.get(14)
    flag2 = try row.get(15)
    bytes2 = try row.get(16)
    uuid2 = try row.get(17)
    amount2 = try row.get(18)
    rank2 = try row.get(19)
  }

  init(_ number: Int) throws {
    day = try #require(CalendarDate("2026-01-31"))
    moment = try #require(Timestamp("2026-01-31T13:05:00.25Z"))
    code = "c\(number)"
    self.number = number
    double = Double(number) / 4
    flag = number % 2 == 0
    bytes = [0, 1, UInt8(number)]
    time = try #require(TimeOfDay("09:30:00"))
    uuid = try #require(UUID(uuidString: "00000000-0000-4000-8000-0000000000\(10 + number)"))
    amount = try #require(ExactDecimal("\(number).50"))
    json = try JSON(validating: "{\"n\":\(number)}")
    any = .bool(number > 2)
    rank = number % 2 == 0 ? .low : .high
    ratio = number % 2 == 0 ? .half : .whole
    guard number % 2 == 0 else { return }
    double2 = double
    flag2 = flag
    bytes2 = bytes
    uuid2 = uuid
    amount2 = amount
    rank2 = rank
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, day)
    try row.set(1, moment)
    try row.set(2, code)
    try row.set(3, number)
    try row.set(4, double)
    try row.set(5, flag)
    try row.set(6, bytes)
    try row.set(7, time)
    try row.set(8, uuid)
    try row.set(9, amount)
    try row.set(10, json)
    try row.set(11, any)
    try row.set(12, rank)
    try row.set(13, ratio)
    try row.set(14, double2)
    try row.set(15, flag2)
    try row.set(16, bytes2)
    try row.set(17, uuid2)
    try row.set(18, amount2)
    try row.set(19, rank2)
  }

  var key: Key { Key(day, moment, code) }
}

/// A record of a table that was made without it, with its columns in another order.
private struct Light: Record {
  var state: Switch
  var id: Int64
  var level: Int64?

  static let schema = Schema<Light>(
    "lights", .column(\.state, "state"), .key(\.id, "id"), .column(\.level, "level"))

  init(row: RecordRow) throws {
    state = try row.get(0)
    id = try row.get(1)
    level = try row.get(2)
  }

  func encode(to row: RecordEncoder) throws {
    try row.set(0, state)
    try row.set(1, id)
    try row.set(2, level)
  }
}

private func expectCode<R>(
  _ code: DatabaseError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> R
) {
  let error = #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) {
    _ = try body()
  }
  #expect(error?.code == code, sourceLocation: sourceLocation)
}

/// Records of every type, and records that their table does not fit.
struct RecordTypeTests {
  private func filled() throws -> (Database, [Everything]) {
    let db = try Database.inMemory(schema: [Everything.self])
    let all = try (1...6).map { try Everything($0) }
    try db.write { tx in for item in all { try tx.insert(item) } }
    return (db, all)
  }

  @Test func everyTypeComesBack() throws {
    let (db, all) = try filled()
    #expect(try db.read { try $0.fetch(Everything.self) } == all)
    for item in all {
      let found = try db.read { try $0.get(Everything.self, item.key) }
      #expect(found == item)
    }
  }

  @Test func everyTypeIsUpdated() throws {
    let (db, all) = try filled()
    var changed = try Everything(8)
    changed.day = all[0].day
    changed.code = all[0].code
    try db.write { tx in try tx.update(changed) }
    let found = try db.read { try $0.get(Everything.self, all[0].key) }
    #expect(found == changed)
    // A row that is written back as it was.
    try db.write { tx in try tx.update(changed) }
    #expect(try db.check().isSound)
  }

  /// One column changes at a time: the index entries follow, whatever the type.
  @Test func eachColumnIsUpdatedByItself() throws {
    let (db, all) = try filled()
    var item = all[1]
    let other = try Everything(5)
    let changes: [(inout Everything) -> Void] = [
      { $0.number = other.number }, { $0.double = other.double }, { $0.flag = other.flag },
      { $0.bytes = other.bytes }, { $0.uuid = other.uuid }, { $0.amount = other.amount },
      { $0.any = other.any }, { $0.json = other.json }, { $0.rank = other.rank },
      { $0.double2 = nil }, { $0.flag2 = nil }, { $0.uuid2 = nil }, { $0.double2 = 3 },
      { $0.flag2 = true }, { $0.uuid2 = other.uuid },
    ]
    for change in changes {
      change(&item)
      let wanted = item
      try db.write { tx in try tx.update(wanted) }
      #expect(try db.read { try $0.get(Everything.self, wanted.key) } == wanted)
    }
    #expect(try db.check().isSound)
  }

  @Test func recordsAreAskedForByTheirColumns() throws {
    let (db, all) = try filled()
    try db.read { tx in
      #expect(try tx.fetch(Everything.self, where: \.flag, is: true) == [all[1], all[3], all[5]])
      #expect(try tx.fetch(Everything.self, where: \.double, is: 0.75) == [all[2]])
      #expect(try tx.fetch(Everything.self, where: \.day, is: all[0].day).count == 6)
      #expect(try tx.fetch(Everything.self, where: \.time, is: all[0].time).count == 6)
      #expect(try tx.fetch(Everything.self, where: \.moment, is: all[0].moment).count == 6)
      #expect(try tx.fetch(Everything.self, where: \.uuid, is: all[2].uuid) == [all[2]])
      #expect(try tx.fetch(Everything.self, where: \.amount, is: all[4].amount) == [all[4]])
      #expect(try tx.fetch(Everything.self, where: \.rank, is: .low).count == 3)
      #expect(try tx.fetch(Everything.self, where: \.ratio, is: .whole).count == 3)
      #expect(try tx.fetch(Everything.self, where: \.double2, is: nil).count == 3)
      #expect(try tx.fetch(Everything.self, where: \.bytes, is: all[3].bytes) == [all[3]])
      let filter = try Expression.parse("number > 2")
      let some = try tx.fetch(
        Everything.self, where: filter, order: [OrderTerm("number", descending: true)], limit: 2)
      #expect(some == [all[5], all[4]])
      #expect(try tx.fetch(Everything.self, where: filter, limit: 0).isEmpty)
      expectCode(.typeMismatch) {
        try tx.fetch(Everything.self, where: \.json, is: all[0].json)
      }
      expectCode(.notFound) {
        try tx.fetch(Everything.self, where: \.key.second, is: all[0].moment)
      }
    }
  }

  @Test func brokenConstraintsAreRefused() throws {
    let (db, all) = try filled()
    var bad = try Everything(7)
    bad.double = -1
    let negative = bad
    expectCode(.checkViolation) { try db.write { try $0.insert(negative) } }
    bad = try Everything(7)
    bad.number = 0
    let zero = bad
    expectCode(.checkViolation) { try db.write { try $0.insert(zero) } }
    expectCode(.uniqueViolation) { try db.write { try $0.insert(all[0]) } }
    expectCode(.notFound) {
      try db.write { tx in try tx.update(try Everything(7)) }
    }
  }

  // MARK: Tables that were made without the record

  private func lights(_ columns: [ColumnSchema], key: [String] = ["id"]) throws -> Database {
    try Database.inMemory(
      schema: DatabaseSchema([TableSchema("lights", columns: columns, primaryKey: key)]))
  }

  @Test func columnsMayStandInAnotherOrder() throws {
    let db = try lights([
      ColumnSchema("id", .int), ColumnSchema("extra", .text, null: true),
      ColumnSchema("level", .int, null: true), ColumnSchema("state", .text),
    ])
    let row: [String: Value] = ["id": .int(4), "state": .text("on"), "level": .int(7)]
    let odd: [String: Value] = ["id": .int(5), "state": .text("broken")]
    try db.write { tx in
      try tx.insert(into: "lights", row)
      try tx.insert(into: "lights", odd)
    }
    try db.read { tx in
      let light = try #require(try tx.get(Light.self, 4))
      #expect(light.state == .on && light.level == 7 && light.id == 4)
      let error = #expect(throws: DatabaseError.self) { try tx.get(Light.self, 5) }
      #expect(error?.code == .typeMismatch)
      #expect(error?.columns == ["state"])
      try tx.forEach(Light.self, where: try Expression.parse("id = 5")) { row in
        let error = #expect(throws: DatabaseError.self) { try row.int64(2) }
        #expect(error?.columns == ["level"])
      }
    }
  }

  @Test(arguments: [
    ("no such column", [ColumnSchema("id", .int), ColumnSchema("state", .text)], ["id"]),
    (
      "it is int in the file",
      [
        ColumnSchema("id", .int), ColumnSchema("state", .int),
        ColumnSchema("level", .int, null: true),
      ], ["id"]
    ),
    (
      "it may be null in the file",
      [
        ColumnSchema("id", .int), ColumnSchema("state", .text, null: true),
        ColumnSchema("level", .int, null: true),
      ], ["id"]
    ),
    (
      "lacks this column of the primary key",
      [
        ColumnSchema("id", .int), ColumnSchema("state", .text), ColumnSchema("more", .int),
        ColumnSchema("level", .int, null: true),
      ], ["id", "more"]
    ),
  ])
  func aTableThatDoesNotFitIsRefused(what: String, columns: [ColumnSchema], key: [String]) throws {
    let db = try lights(columns, key: key)
    let error = #expect(throws: DatabaseError.self) { try db.read { try $0.get(Light.self, 1) } }
    #expect(error?.code == .schemaMismatch)
    #expect(error?.message.contains(what) == true, "\(error?.message ?? "")")
  }
}
