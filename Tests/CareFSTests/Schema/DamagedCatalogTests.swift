import BTree
import PageStore
import Testing

@testable import CareFS

/// Catalogs that contradict themselves, and schemas that a file cannot be brought to.
struct DamagedCatalogTests {
  private func options() -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = MemoryFileSystem()
    return options
  }

  private static let tables = [
    TableSchema(
      "a", columns: [ColumnSchema("id", .int), ColumnSchema("n", .int, null: true)],
      indexes: [["n"]], checks: [CheckSchema("c", "n > 0")]),
    TableSchema(
      "b", columns: [ColumnSchema("id", .int), ColumnSchema("a", .int)],
      foreignKeys: [.init("a", references: "a")]),
  ]

  private func made(_ options: DatabaseOptions) throws {
    try Database(path: "f", schema: DatabaseSchema(Self.tables), options: options).close()
  }

  /// Writes an entry of the catalog behind the engine's back, and opens again.
  private func opening(_ change: (TreeEditor, [UInt8]) throws -> Void) throws -> DatabaseError? {
    let options = options()
    try made(options)
    var pagerOptions = PagerOptions()
    pagerOptions.hasBackgroundCheckpoints = false
    let pager = try Pager.open(
      path: "f", fileSystem: try #require(options.fileSystem), options: pagerOptions)
    let tx = try pager.beginWrite()
    let key = Array(CatalogKey.bytes(.database))
    tx.enter()
    let value = try key.withUnsafeBytes { try Catalog.tree.find($0, in: tx).map { Array($0) } }
    tx.leave()
    try change(Catalog.tree.editor(in: tx), try #require(value))
    try tx.commit()
    try pager.close()
    do {
      try Database.open(path: "f", options: options).close()
      return nil
    } catch { return error as? DatabaseError }
  }

  private func put(_ editor: TreeEditor, _ key: [UInt8], _ value: [UInt8]) throws {
    try key.withUnsafeBytes { key in
      try value.withUnsafeBytes { _ = try editor.insert(key, $0, ifPresent: .replace) }
    }
  }

  /// The entry of the database with a piece of its text replaced.
  private func entry(_ from: String, _ to: String) throws -> DatabaseError? {
    try opening { editor, value in
      let text = String(decoding: value, as: UTF8.self)
      let changed = text.replacing(from, with: to)
      #expect(text != changed)
      try put(editor, Array(CatalogKey.bytes(.database)), Array(changed.utf8))
    }
  }

  @Test func theEntryOfTheDatabase() throws {
    #expect(try opening { _, _ in } == nil)
    #expect(try entry("\"nextId\"", "\"next\"")?.code == .corrupt)
    #expect(try entry("\"tables\"", "\"table\"")?.code == .corrupt)
    #expect(try entry("\"fingerprint\": \"", "\"fingerprint\": \"1")?.code == .corrupt)
    for value in [[], [0x7B], Array("[]".utf8), [0xFF]] as [[UInt8]] {
      let error = try opening { editor, _ in
        try put(editor, Array(CatalogKey.bytes(.database)), value)
      }
      #expect(error != nil)
    }
  }

  /// A table that is not there, stands twice, or has another number.
  @Test func theListOfTables() throws {
    for change in ["[", "[7, ", "[1, "] {
      let error = try opening { editor, value in
        let json = try SchemaJSON.parse(bytes: value)
        let ids = try #require(json["tables"]?.uint32s)
        let first = try #require(ids.first)
        let text = String(decoding: value, as: UTF8.self)
        let list = "[\(ids.map(String.init).joined(separator: ", "))]"
        #expect(text.contains(list))
        let wrong =
          switch change {
          case "[": "[\(first)]"
          case "[7, ": "[\(ids.map { _ in "\(first)" }.joined(separator: ", "))]"
          default: "[\(ids.map { "\($0 + 100)" }.joined(separator: ", "))]"
          }
        try put(
          editor, Array(CatalogKey.bytes(.database)), Array(text.replacing(list, with: wrong).utf8))
      }
      #expect(error?.code == .corrupt, "\(change)")
    }
  }

  @Test func countersThatAreCutShort() {
    for count in 0..<TableCounters.size {
      [UInt8](repeating: 1, count: count).withUnsafeBytes { raw in
        _ = #expect(throws: DatabaseError.self) { try TableCounters(raw) }
      }
    }
  }

  @Test func membersOfEntriesThatAreNot() throws {
    #expect(SchemaJSON.null.uint64 == nil)
    #expect(SchemaJSON.array([.number("1"), .null]).uint32s == nil)
    #expect(SchemaJSON.array([.null]).texts == nil)
    #expect(SchemaJSON.null.texts == nil)
    #expect(SchemaJSON.array([.null]).trees == nil)
    #expect(SchemaJSON.null.trees == nil)
    #expect(SchemaJSON.null["a"] == nil)
    let kinds: [SchemaJSON] = [
      .null, .bool(true), .number("1"), .string(""), .array([]), .object([]),
    ]
    #expect(Set(kinds.map(\.kindName)).count == kinds.count)
  }

  // MARK: Schemas

  private func adaptation(_ tables: [TableSchema], readOnly: Bool = false) throws -> DatabaseError?
  {
    var options = options()
    try made(options)
    options.readOnly = readOnly
    do {
      try Database(path: "f", schema: DatabaseSchema(tables), options: options).close()
      return nil
    } catch { return error as? DatabaseError }
  }

  @Test func whatCannotBeAddedIsRefused() throws {
    var tables = Self.tables
    #expect(try adaptation(tables) == nil)
    #expect(try adaptation(tables, readOnly: true) == nil)
    tables[0].checks = []
    #expect(try adaptation(tables)?.message.contains("checks") == true)
    tables = Self.tables
    tables[1].foreignKeys = []
    #expect(try adaptation(tables)?.message.contains("foreign keys") == true)
    tables = Self.tables
    tables[1].foreignKeys = []
    tables[1].primaryKey = ["a"]
    #expect(try adaptation(tables)?.message.contains("primary key") == true)
    tables = Self.tables
    tables[0].columns[1].min = 3
    #expect(try adaptation(tables)?.message.contains("other values") == true)
    tables = Self.tables
    tables[1].columns.swapAt(0, 1)
    #expect(try adaptation(tables)?.message.contains("another place") == true)
    tables = Self.tables
    tables[0].columns.append(ColumnSchema("doc", .json, null: true))
    #expect(try adaptation(tables, readOnly: true)?.message.contains("reading only") == true)
    #expect(try adaptation(tables) == nil)
    // Fewer indexes than the file has bind nobody.
    tables = Self.tables
    tables[0].indexes = []
    #expect(try adaptation(tables) == nil)
    // A table whose rows a new one could not refer to.
    tables = Self.tables
    tables.append(
      TableSchema(
        "c", columns: [ColumnSchema("id", .int), ColumnSchema("n", .int)],
        foreignKeys: [.init(["n"], references: "a", referencedColumns: ["n"])]))
    #expect(try adaptation(tables) != nil)
  }

  /// An index over rows that cannot have it leaves the file as it was.
  @Test func anAdaptationThatFailsIsUndone() throws {
    let options = options()
    let columns = [ColumnSchema("id", .int), ColumnSchema("t", .text, null: true)]
    let plain = DatabaseSchema([TableSchema("t", columns: columns)])
    let db = try Database(path: "f", schema: plain, options: options)
    let long = String(repeating: "x", count: 40_000)
    let row: [String: Value] = ["id": .int(1), "t": .text(long)]
    try db.write { tx in try tx.insert(into: "t", row) }
    try db.close()
    let wanted = DatabaseSchema([TableSchema("t", columns: columns, indexes: [["t"]])])
    let error = #expect(throws: DatabaseError.self) {
      try Database(path: "f", schema: wanted, options: options)
    }
    #expect(error?.code == .tooLarge)
    let again = try Database.open(path: "f", options: options)
    #expect(again.schema == plain)
    #expect(try again.check().isSound)
  }
}
