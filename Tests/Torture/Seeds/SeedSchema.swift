import CareFS
import CareFSTestSupport

/// The schema of a seed's run: few tables with every kind of key, reference and index, and the forms
/// that it takes one after the other.
enum SeedSchema {
  /// The last form.
  static let lastVersion = 3

  /// The form `version` of the schema; `seed` decides what deletions do.
  static func schema(_ seed: UInt64, version: Int) -> DatabaseSchema {
    var random = SeededRandom(seed)
    let actions: [DeleteAction] = [.cascade, .restrict, .setNull, .setDefault]
    let wardAction = actions[random.below(4)]
    let bossAction = [DeleteAction.cascade, .setNull][random.below(2)]
    let isDeferred = random.below(4) == 0
    var tables = [
      wards(version),
      people(version, wardAction, bossAction),
      visits(isDeferred),
      TableSchema("marks", columns: [ColumnSchema("id", .int), ColumnSchema("n", .int)]),
    ]
    if version >= 2 {
      tables.append(
        TableSchema(
          "tags",
          columns: [
            ColumnSchema("person", .int), ColumnSchema("tag", .text),
            ColumnSchema("n", .int, default: 1),
          ],
          primaryKey: ["person", "tag"], indexes: [["tag", "-n"]],
          foreignKeys: [ForeignKeySchema("person", references: "people", onDelete: .cascade)]))
    }
    return DatabaseSchema(tables)
  }

  private static func wards(_ version: Int) -> TableSchema {
    var columns = [
      ColumnSchema("id", .int), ColumnSchema("name", .text, collation: .nocase),
      ColumnSchema("score", .int, null: true), ColumnSchema("note", .text, null: true),
    ]
    if version >= 1 { columns.append(ColumnSchema("beds", .int, default: 3)) }
    return TableSchema(
      "wards", columns: columns, unique: [["name"]],
      indexes: version >= 1 ? [["score"], ["beds", "-score"]] : [["score"]])
  }

  private static func people(
    _ version: Int, _ wardAction: DeleteAction, _ bossAction: DeleteAction
  ) -> TableSchema {
    var columns = [
      ColumnSchema("id", .int, autoincrement: true),
      // A default that is a ward which may or may not be there.
      ColumnSchema("ward", .int, null: true, default: 0),
      ColumnSchema("boss", .int, null: true), ColumnSchema("email", .text, null: true),
      ColumnSchema("rank", .int, default: 5, min: 0, max: 50),
      ColumnSchema("born", .date, null: true), ColumnSchema("doc", .json, null: true),
    ]
    if version >= 3 { columns.append(ColumnSchema("title", .text, null: true)) }
    var indexes: [IndexSchema] = [
      ["ward", "-rank"], ["rank"], IndexSchema(["doc"], path: "a"),
      IndexSchema(["email"], where: "rank > 25"),
    ]
    if version >= 3 { indexes.append(["born", "title"]) }
    return TableSchema(
      "people", columns: columns, unique: [["email"]], indexes: indexes,
      foreignKeys: [
        ForeignKeySchema("ward", references: "wards", onDelete: wardAction),
        ForeignKeySchema("boss", references: "people", onDelete: bossAction),
      ])
  }

  private static func visits(_ isDeferred: Bool) -> TableSchema {
    TableSchema(
      "visits",
      columns: [
        ColumnSchema("person", .int), ColumnSchema("at", .int),
        ColumnSchema("label", .text, null: true, collation: .nocase),
        ColumnSchema("amount", .decimal, null: true), ColumnSchema("data", .bytes, null: true),
      ],
      primaryKey: ["person", "at"], indexes: [["label", "amount"]],
      foreignKeys: [
        ForeignKeySchema(
          ["person"], references: "people", onDelete: .cascade, deferred: isDeferred),
        ForeignKeySchema(
          ["label"], references: "wards", referencedColumns: ["name"], onDelete: .restrict),
      ])
  }
}

/// Random values for the rows of ``SeedSchema``, from pools so small that rows meet.
struct SeedValues {
  var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed) }

  static let names = ["A", "b", "B", "c", "Zoë", "zoË", "x", "yy", "Y\u{308}", "North"]

  mutating func below(_ bound: Int) -> Int { random.below(bound) }

  private mutating func number(_ bound: Int) -> Value { .int(Int64(random.below(bound))) }

  private mutating func orNull(_ value: Value, oneIn n: Int) -> Value {
    random.below(n) == 0 ? .null : value
  }

  /// The primary key of some row that there may be.
  mutating func key(_ table: String) -> [Value] {
    switch table {
    case "wards": [number(12)]
    case "visits": [number(40), number(6)]
    case "tags": [number(40), .text(Self.names[random.below(4)])]
    default: [number(40)]
    }
  }

  /// A row of a table; columns may be missing.
  mutating func row(_ table: TableSchema) -> [String: Value] {
    var row: [String: Value] = [:]
    let key = key(table.name)
    for (name, value) in zip(table.primaryKey, key) { row[name] = value }
    for column in table.columns where !table.primaryKey.contains(column.name) {
      if column.defaultValue != nil || column.nullable, random.below(5) == 0 { continue }
      row[column.name] = value(column.name)
    }
    if table.name == "people", random.below(2) == 0 {
      row["id"] = nil
      // Whether it is its own boss only the engine could know.
      row["boss"] = nil
    }
    return row
  }

  /// Some columns of a table that are not of its key, with new values; now and then of the key.
  mutating func changes(_ table: TableSchema) -> [String: Value] {
    var changes: [String: Value] = [:]
    for column in table.columns where !table.primaryKey.contains(column.name) {
      if random.below(3) == 0 { changes[column.name] = value(column.name) }
    }
    if random.below(8) == 0 {
      let key = key(table.name)
      for (name, value) in zip(table.primaryKey, key) { changes[name] = value }
    }
    return changes
  }

  private mutating func value(_ column: String) -> Value {
    switch column {
    case "name", "tag", "title": .text(Self.names[random.below(Self.names.count)])
    case "label": orNull(.text(Self.names[random.below(Self.names.count)]), oneIn: 2)
    case "score", "beds", "n": orNull(number(8), oneIn: 12)
    case "note": text()
    case "ward": orNull(number(12), oneIn: 4)
    case "boss": orNull(number(40), oneIn: 2)
    case "email": orNull(.text("\(random.below(30))@example.org"), oneIn: 3)
    case "rank": number(random.below(20) == 0 ? 70 : 51)
    case "born": orNull(date(), oneIn: 3)
    case "doc": document()
    case "amount": decimal()
    case "data": bytes()
    default: .null
    }
  }

  private mutating func length() -> Int {
    switch random.below(24) {
    case 0: 5_000 + random.below(20_000)
    case 1, 2: 300 + random.below(3_000)
    default: random.below(40)
    }
  }

  private mutating func text() -> Value {
    let length = length()
    let unit = Self.names[random.below(Self.names.count)]
    return .text(String(repeating: unit, count: length / unit.utf8.count))
  }

  private mutating func bytes() -> Value {
    guard random.below(3) > 0 else { return .null }
    let count = length()
    // Bytes that do not compress.
    return .bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }

  private mutating func date() -> Value {
    CalendarDate("19\(10 + random.below(90))-0\(1 + random.below(9))-15").map { .date($0) } ?? .null
  }

  private mutating func decimal() -> Value {
    let text = ["1.5", "1.50", "-2", "0", "99.999", "1000000000000000000000.1"][random.below(6)]
    return random.below(4) == 0 ? .null : ExactDecimal(text).map { .decimal($0) } ?? .null
  }

  /// A document whose member `a` is a small number, a text, an array or missing.
  private mutating func document() -> Value {
    guard random.below(3) > 0 else { return .null }
    let number = random.below(6)
    let head =
      switch random.below(5) {
      case 0: "\"b\":\(number)"
      case 1: "\"a\":\"t\(number)\""
      case 2: "\"a\":[\(number)]"
      default: "\"a\":\(number)"
      }
    let filler = String(repeating: "\(random.below(1000))", count: length() / 3)
    let text = "{\(head),\"list\":[1,2,{\"deep\":\"\(filler)\"}]}"
    return (try? JSON(validating: text)).map { .json($0) } ?? .null
  }
}
