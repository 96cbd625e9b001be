import CareFSTestSupport
import Testing

@testable import CareFS

/// The keys that a batch builds from values alone are those that the finished rows have: the check of
/// a database builds them from the rows.
@Suite struct BatchKeyTests {
  private static let schema = DatabaseSchema([
    TableSchema("codes", columns: [ColumnSchema("code", .text)], primaryKey: ["code"]),
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("whole", .int, null: true),
        ColumnSchema("name", .text, null: true), ColumnSchema("folded", .text, collation: .nocase),
        ColumnSchema("day", .date, null: true), ColumnSchema("hour", .time),
        ColumnSchema("moment", .timestamp), ColumnSchema("share", .double),
        ColumnSchema("done", .bool), ColumnSchema("code", .text, null: true),
      ],
      unique: [["name", "id"], ["whole"]],
      indexes: [
        .init(["name"]), .init(["day", "hour"]), .init(["moment"]), .init(["folded"]),
        .init(["share"]), .init(["done", "whole"]), .init(["id", "name"]), .init(["hour"]),
        IndexSchema([IndexColumn("moment", descending: true), IndexColumn("name")]),
      ],
      foreignKeys: [.init("code", references: "codes", onDelete: .setNull)]),
    TableSchema(
      "parts",
      columns: [
        ColumnSchema("a", .int), ColumnSchema("b", .text), ColumnSchema("size", .int, null: true),
      ],
      primaryKey: ["a", "b"], indexes: [.init(["size"]), .init(["b", "size"])]),
  ])

  private func text(_ random: inout SeededRandom) -> Value {
    let letters: [Character] = ["a", "Ä", "z", "\0", "1"]
    return .text(String((0..<random.below(12)).map { _ in letters[random.below(letters.count)] }))
  }

  private func visit(_ id: Int64, _ random: inout SeededRandom) -> [String: Value] {
    let wide = Int64(bitPattern: random.next()) >> Int64(random.below(64))
    let whole: Value = random.below(5) == 0 ? .null : .int(id * 1_000 + (wide & 511))
    let name: Value = random.below(4) == 0 ? .null : text(&random)
    let day = CalendarDate(days: Int32(truncatingIfNeeded: wide % 90_000))
    let hour = TimeOfDay(microseconds: Int64(random.below(86_400)) * 1_000_000)
    let moment = Timestamp(microseconds: wide % 4_000_000_000_000_000)
    let code: Value = random.below(3) == 0 ? .null : .text("c\0\(random.below(9))")
    var row: [String: Value] = ["whole": whole, "name": name, "folded": text(&random)]
    row["id"] = .int(id % 2 == 0 ? id : id * -70_000)
    row["day"] = random.below(6) == 0 ? .null : day.map { .date($0) }
    row["hour"] = hour.map { .time($0) }
    row["moment"] = moment.map { .timestamp($0) }
    row["share"] = .double(Double(wide) / 7)
    row["done"] = .bool(wide & 1 == 0)
    row["code"] = code
    return row
  }

  private func part(_ place: Int) -> [String: Value] {
    let size: Value = place % 3 == 0 ? .null : .int(Int64(place))
    return ["a": .int(Int64(place % 7)), "b": .text("b\0\(place)"), "size": size]
  }

  @Test(arguments: [40, 700])
  func keysFromValuesAreThoseOfTheRows(count: Int) throws {
    var random = SeededRandom(UInt64(count))
    let db = try Database.inMemory(schema: Self.schema)
    try db.write { tx in
      try tx.insert(contentsOf: (0..<9).map { ["code": .text("c\0\($0)")] }, into: "codes")
      for start in [1, count + 1] {
        let visits = (start..<start + count).map { visit(Int64($0), &random) }
        try tx.insert(contentsOf: visits, into: "visits")
      }
      try tx.insert(contentsOf: (0..<count).map { part($0) }, into: "parts")
    }
    #expect(try db.check().findings.map(\.message) == [])
    try db.write { tx in
      var orphan = visit(99_998, &random)
      orphan["code"] = .text("c")
      let error = #expect(throws: DatabaseError.self) {
        try tx.insert(contentsOf: [orphan], into: "visits")
      }
      #expect(error?.code == .foreignKeyViolation)
      try tx.delete(from: "codes", key: [.text("c\0" + "4")])
    }
    #expect(try db.check().findings.map(\.message) == [])
  }
}

/// Lists that a second thread sorts come out as if their owner had sorted them.
@Suite struct BatchSortTests {
  private func lists(_ count: Int, _ random: inout SeededRandom) -> [SortedEntries] {
    (0..<5).map { _ in
      let list = SortedEntries()
      for tag in 0..<count {
        withUnsafeBytes(of: random.next().bigEndian) { list.add($0, tag: UInt32(tag)) }
      }
      return list
    }
  }

  private func isSorted(_ list: SortedEntries) -> Bool {
    (1..<list.count).allSatisfy { RawBytes.compare(list.key($0 - 1), list.key($0)) <= 0 }
  }

  @Test(arguments: [20, 9_000])
  func eachListIsSortedWhenItIsWaitedFor(count: Int) {
    var random = SeededRandom(5)
    for _ in 0..<3 {
      let lists = lists(count, &random)
      let sort = BatchSort(lists)
      for place in [3, 0, 1, 2, 4] {
        sort.wait(for: place)
        #expect(isSorted(lists[place]))
      }
      sort.stop()
    }
  }

  /// After `stop` nobody else touches a list, sorted or not.
  @Test func stopEndsIt() {
    var random = SeededRandom(6)
    for _ in 0..<3 {
      let lists = lists(9_000, &random)
      BatchSort(lists).stop()
      for list in lists { list.clear() }
      #expect(lists.allSatisfy { $0.count == 0 })
    }
  }
}
