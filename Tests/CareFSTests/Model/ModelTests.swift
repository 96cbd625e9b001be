import CareFS
import CareFSTestSupport
import Testing

/// The model and the engine, one against the other, on random statements.
@Suite struct ModelTests {
  static let schema = DatabaseSchema([
    TableSchema(
      "nodes",
      columns: [
        ColumnSchema("id", .int), ColumnSchema("name", .text, collation: .nocase),
        ColumnSchema("parent", .int, null: true), ColumnSchema("spare", .int, default: 0),
        ColumnSchema("rank", .int, null: true, min: 0, max: 50),
      ],
      unique: [["name"]], indexes: [["rank", "-id"]],
      foreignKeys: [
        ForeignKeySchema("parent", references: "nodes", onDelete: .cascade),
        ForeignKeySchema("spare", references: "nodes", onDelete: .setDefault),
      ]),
    TableSchema(
      "leaves",
      columns: [
        ColumnSchema("node", .int), ColumnSchema("place", .int),
        ColumnSchema("label", .text, null: true, collation: .nocase),
      ],
      primaryKey: ["node", "place"],
      foreignKeys: [
        ForeignKeySchema("node", references: "nodes", onDelete: .cascade),
        ForeignKeySchema(
          ["label"], references: "nodes", referencedColumns: ["name"], onDelete: .restrict),
      ]),
  ])

  /// One statement of the same kind for both.
  private struct Statement {
    var kind: Int
    var id: Value
    var values: [String: Value]

    init(_ random: inout SeededRandom) {
      kind = random.below(7)
      id = .int(Int64(random.below(14)))
      func number(_ bound: Int) -> Value {
        let number = random.below(bound + 2)
        return number > bound ? .null : .int(Int64(number))
      }
      values = [
        "id": id, "name": .text(["A", "b", "B", "c", "é", "É", "x", "yy"][random.below(8)]),
        "parent": number(14), "spare": .int(Int64(random.below(4))), "rank": number(52),
      ]
    }

    func run(_ tx: WriteTransaction) throws -> Int {
      switch kind {
      case 0, 1:
        try tx.insert(into: "nodes", values)
        return 1
      case 2:
        let changes = values.filter { $0.key == "parent" || $0.key == "rank" || $0.key == "name" }
        return try tx.update("nodes", key: [id], changes) ? 1 : 0
      case 3: return try tx.upsert(into: "nodes", values, on: ["name"]) ? 1 : 0
      case 4: return try tx.delete(from: "nodes", key: [id]).total
      case 5:
        return try tx.update("nodes", key: [id], ["id": values["spare"] ?? .null]) ? 1 : 0
      default:
        try tx.insert(into: "leaves", leaf)
        return 1
      }
    }

    func run(_ model: inout ModelDatabase) throws -> Int {
      switch kind {
      case 0, 1:
        try model.insert(into: "nodes", values)
        return 1
      case 2:
        let changes = values.filter { $0.key == "parent" || $0.key == "rank" || $0.key == "name" }
        return try model.update("nodes", key: [id], changes) ? 1 : 0
      case 3: return try model.upsert(into: "nodes", values, on: ["name"]) ? 1 : 0
      case 4: return try model.delete(from: "nodes", key: [id]).values.reduce(0, +)
      case 5:
        return try model.update("nodes", key: [id], ["id": values["spare"] ?? .null]) ? 1 : 0
      default:
        try model.insert(into: "leaves", leaf)
        return 1
      }
    }

    private var leaf: [String: Value] {
      ["node": id, "place": values["spare"] ?? .null, "label": values["name"] ?? .null]
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func agree(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let database = try Database.inMemory(schema: Self.schema)
    var model = ModelDatabase(Self.schema)
    try database.write { try $0.insert(into: "nodes", Self.root) }
    try model.insert(into: "nodes", Self.root)
    var refused = 0
    for round in 0..<40 {
      var next = model
      try database.write { tx in
        for step in 0..<8 {
          let statement = Statement(&random)
          let found = Result { try statement.run(tx) }
          let expected = Result { try statement.run(&next) }
          switch (found, expected) {
          case (.success(let a), .success(let b)):
            #expect(a == b, "seed \(seed), round \(round), step \(step), kind \(statement.kind)")
          case (.failure, .failure): refused += 1
          default:
            Issue.record("seed \(seed), \(round), \(step): \(found) is not \(expected)")
          }
        }
        if let difference = try next.difference(in: tx) {
          Issue.record("seed \(seed), round \(round): \(difference)")
        }
      }
      model = next
    }
    try model.requireClosedReferences()
    #expect(try model.difference(from: database) == nil)
    #expect(try database.check().isSound)
    #expect(refused > 10)
  }

  private static let root: [String: Value] = [
    "id": .int(0), "name": .text("root"), "spare": .int(0),
  ]

  @Test func differencesAreFound() throws {
    let database = try Database.inMemory(schema: Self.schema)
    try database.write { try $0.insert(into: "nodes", Self.root) }
    var model = ModelDatabase(Self.schema)
    #expect(try model.difference(from: database) != nil)
    try model.insert(into: "nodes", ["id": .int(0), "name": .text("Root"), "spare": .int(0)])
    for paths in [ModelPaths.scan, .key, .index] {
      #expect(try model.difference(from: database, by: paths) != nil)
    }
    try model.update("nodes", key: [.int(0)], ["name": .text("root")])
    #expect(try model.difference(from: database) == nil)
  }
}
