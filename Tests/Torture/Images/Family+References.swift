import CareFS
import CareFSTestSupport

extension Family {
  // MARK: tree

  /// Nodes that refer to nodes of the same table, with each of the four actions.
  static let tree = Family(
    name: "tree",
    schema: DatabaseSchema([
      TableSchema(
        "nodes",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("parent", .int, null: true),
          ColumnSchema("friend", .int, null: true), ColumnSchema("spare", .int, default: 0),
          ColumnSchema("guard", .int, null: true),
        ],
        foreignKeys: [
          ForeignKeySchema("parent", references: "nodes", onDelete: .cascade),
          ForeignKeySchema("friend", references: "nodes", onDelete: .setNull),
          ForeignKeySchema("spare", references: "nodes", onDelete: .setDefault),
          ForeignKeySchema("guard", references: "nodes", onDelete: .restrict),
        ])
    ]),
    goOn: { tx, number in
      let rows = try tx.model.table("nodes").rows
      if rows[[int(0)]] == nil { try tx.insert(into: "nodes", node(0, parent: nil)) }
      try tx.insert(into: "nodes", node(8_000 + number, parent: 0))
      try tx.insert(into: "nodes", node(9_000 + number, parent: 8_000 + number))
      try tx.delete(from: "nodes", key: [int(8_000 + number)])
    })

  static func node(
    _ id: Int, parent: Int?, friend: Int? = nil, spare: Int = 0, watcher: Int? = nil
  ) -> [String: Value] {
    func value(_ number: Int?) -> Value { number.map { int($0) } ?? .null }
    return [
      "id": int(id), "parent": value(parent), "friend": value(friend), "spare": int(spare),
      "guard": value(watcher),
    ]
  }

  // MARK: diamond

  /// Two ways from the top to the bottom.
  static let diamond = Family(
    name: "diamond",
    schema: DatabaseSchema([
      TableSchema("tops", columns: [ColumnSchema("id", .int)]),
      side("lefts"), side("rights"),
      TableSchema(
        "bottoms",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("left", .int),
          ColumnSchema("right", .int, null: true),
        ],
        foreignKeys: [
          ForeignKeySchema("left", references: "lefts", onDelete: .cascade),
          ForeignKeySchema("right", references: "rights", onDelete: .setNull),
        ]),
    ]),
    goOn: { tx, number in
      try addDiamond(tx, 9_000 + number)
      if let key = first(try tx.model.table("tops").rows) {
        try tx.delete(from: "tops", key: key)
      }
    })

  private static func side(_ name: String) -> TableSchema {
    TableSchema(
      name, columns: [ColumnSchema("id", .int), ColumnSchema("top", .int)],
      foreignKeys: [ForeignKeySchema("top", references: "tops", onDelete: .cascade)])
  }

  static func addDiamond(_ tx: MirroredTransaction, _ id: Int) throws {
    try tx.insert(into: "tops", ["id": int(id)])
    try tx.insert(into: "lefts", ["id": int(id), "top": int(id)])
    try tx.insert(into: "rights", ["id": int(id), "top": int(id)])
    try tx.insert(into: "bottoms", ["id": int(id), "left": int(id), "right": int(id)])
  }

  // MARK: circle

  /// Two tables whose rows refer to each other; one reference waits for the commit.
  static let circle = Family(
    name: "circle",
    schema: DatabaseSchema([
      TableSchema(
        "hens", columns: [ColumnSchema("id", .int), ColumnSchema("egg", .int)],
        foreignKeys: [
          ForeignKeySchema("egg", references: "eggs", onDelete: .cascade, deferred: true)
        ]),
      TableSchema(
        "eggs", columns: [ColumnSchema("id", .int), ColumnSchema("hen", .int)],
        foreignKeys: [ForeignKeySchema("hen", references: "hens", onDelete: .cascade)]),
    ]),
    goOn: { tx, number in
      let id = 9_000 + number * 10
      try addCircle(tx, id..<id + 3)
      try tx.delete(from: "eggs", key: [int(id)])
    })

  /// Hens and eggs that refer to each other all the way round.
  static func addCircle(_ tx: MirroredTransaction, _ ids: Range<Int>) throws {
    for id in ids {
      let next = id + 1 == ids.upperBound ? ids.lowerBound : id + 1
      try tx.insert(into: "hens", ["id": int(id), "egg": int(next)])
    }
    for id in ids { try tx.insert(into: "eggs", ["id": int(id), "hen": int(id)]) }
  }

  // MARK: kinds

  /// A column of every type, and a compound key with folded text.
  static let kinds = Family(
    name: "kinds",
    schema: DatabaseSchema([
      TableSchema(
        "values",
        columns: [
          ColumnSchema("word", .text, collation: .nocase), ColumnSchema("day", .date),
          ColumnSchema("number", .double, null: true), ColumnSchema("flag", .bool, default: false),
          ColumnSchema("moment", .timestamp, null: true), ColumnSchema("hour", .time, null: true),
          ColumnSchema("price", .decimal, null: true), ColumnSchema("raw", .bytes, null: true),
          ColumnSchema("anything", .any, null: true),
        ],
        primaryKey: ["word", "day"], unique: [["price"], ["-moment", "flag"]],
        indexes: [["number"], ["-hour", "word"], ["flag", "raw"]])
    ]),
    goOn: { tx, number in
      try tx.insert(into: "values", kind(9_000 + number))
    })

  static func kind(_ number: Int) -> [String: Value] {
    var values: [String: Value] = [
      "word": .text("Wörd-\(number)"),
      "day": CalendarDate(days: Int32(truncatingIfNeeded: number)).map { .date($0) } ?? .null,
      "number": .double(Double(number) / 3), "flag": .bool(number % 2 == 0),
      "moment": Timestamp(microseconds: Int64(number) * 1_000_003).map { .timestamp($0) } ?? .null,
      "hour": TimeOfDay(microseconds: Int64(number % 86_400) * 1_000_000).map { .time($0) }
        ?? .null,
      "raw": .bytes([UInt8(truncatingIfNeeded: number), 0, 255]),
      "anything": .any(.text("any \(number)")),
    ]
    if let price = ExactDecimal("\(number).50") { values["price"] = .decimal(price) }
    return values
  }
}
