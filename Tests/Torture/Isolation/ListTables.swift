import CareFS
import CareFSTestSupport

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lists of numbers in a database: each element a row that refers to its list.
enum ListTables {
  static let schema = DatabaseSchema([
    TableSchema("lists", columns: [ColumnSchema("id", .int), ColumnSchema("length", .int)]),
    TableSchema(
      "items",
      columns: [
        ColumnSchema("list", .int), ColumnSchema("place", .int), ColumnSchema("value", .int),
        // The list's number twice more: once with an index, once without.
        ColumnSchema("owner", .int), ColumnSchema("twin", .int),
      ],
      primaryKey: ["list", "place"], indexes: [["owner", "place"]],
      foreignKeys: [ForeignKeySchema("list", references: "lists", onDelete: .cascade)]),
    TableSchema("marks", columns: [ColumnSchema("id", .int), ColumnSchema("n", .int)]),
  ])

  static func fill(_ tx: WriteTransaction, lists: Int) throws {
    for list in 0..<lists {
      try tx.insert(into: "lists", ["id": .int(Int64(list)), "length": .int(0)])
    }
    try tx.insert(into: "marks", ["id": .int(0), "n": .int(0)])
  }

  static func setNumber(_ number: Int, _ tx: WriteTransaction) throws {
    try tx.update("marks", key: [.int(0)], ["n": .int(Int64(number))])
  }

  static func number(_ tx: Transaction) throws -> Int {
    int(try tx.get("marks", key: [.int(0)])?["n"])
  }

  /// Appends a number; now and then by removing the list, whose elements go with it, and writing all
  /// of it again.
  static func append(
    _ number: Int, to list: Int, _ tx: WriteTransaction, _ random: inout SeededRandom
  ) throws {
    let length = int(try tx.get("lists", key: [.int(Int64(list))])?["length"])
    guard random.below(5) == 0 else {
      try tx.insert(into: "items", row(list, length, number))
      try tx.update(
        "lists", key: [.int(Int64(list))], ["length": .int(Int64(length + 1))])
      return
    }
    let values = try read(list, tx, &random) + [number]
    try tx.delete(from: "lists", key: [.int(Int64(list))])
    try tx.insert(
      into: "lists", ["id": .int(Int64(list)), "length": .int(Int64(values.count))])
    try tx.insert(
      contentsOf: values.enumerated().map { row(list, $0.offset, $0.element) }, into: "items")
  }

  /// The numbers of a list, read by key, by index, by a part of the key's order or by a look at all
  /// rows.
  static func read(
    _ list: Int, _ tx: Transaction, _ random: inout SeededRandom
  ) throws -> [Int] {
    let way = random.below(16)
    if way == 0 { return try values(tx, "twin = \(list)", order: ["place"]) }
    if way < 5 { return try values(tx, "owner = \(list)", order: ["place"]) }
    if way < 9 { return try values(tx, "list = \(list)", order: []) }
    let length = int(try tx.get("lists", key: [.int(Int64(list))])?["length"])
    return try (0..<max(length, 0)).map { place in
      int(try tx.get("items", key: [.int(Int64(list)), .int(Int64(place))])?["value"])
    }
  }

  private static func values(
    _ tx: Transaction, _ filter: String, order: [OrderTerm]
  ) throws -> [Int] {
    var values: [Int] = []
    try tx.scan("items", where: try Expression.parse(filter), order: order) { row in
      values.append(int(try row.value("value")))
      return true
    }
    return values
  }

  private static func row(_ list: Int, _ place: Int, _ value: Int) -> [String: Value] {
    let number = Value.int(Int64(list))
    return [
      "list": number, "place": .int(Int64(place)), "value": .int(Int64(value)), "owner": number,
      "twin": number,
    ]
  }

  /// A number, or one that no list holds.
  private static func int(_ value: Value?) -> Int {
    if case .int(let number)? = value { Int(number) } else { .min / 16 }
  }

  /// Lets others run for a moment.
  static func pause() { usleep(200) }
}
