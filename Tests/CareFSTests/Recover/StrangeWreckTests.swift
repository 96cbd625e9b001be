import BTree
import CareFSTestSupport
import PageStore
import Testing

@testable import CareFS

/// Recovery of files whose pages are sound but for what they say, and recoveries that fail.
@Suite struct StrangeWreckTests {
  private static let wreck = Result { try Wreck(patients: 40) }

  /// Changes a file behind the engine's back.
  private func edit(
    _ files: SimulatedFileSystem, _ body: (PageTransaction, Catalog) throws -> Void
  ) throws {
    let pager = try Pager.open(
      path: Wreck.path, fileSystem: files, options: Wreck.options(files).pagerOptions)
    let tx = try pager.beginWrite()
    try body(tx, try Catalog.load(tx))
    try tx.commit()
    try pager.close()
  }

  private func recover(
    _ wreck: Wreck, _ body: (PageTransaction, Catalog) throws -> Void
  ) throws -> Wreck.Outcome {
    try wreck.recover { files in
      do { try edit(files, body) } catch { Issue.record("\(error)") }
    }
  }

  private func put(_ tree: Tree, _ tx: PageTransaction, _ key: [UInt8], _ value: [UInt8]?) throws {
    let editor = tree.editor(in: tx)
    try key.withUnsafeBytes { key in
      guard let value else {
        #expect(try editor.delete(key))
        return
      }
      try value.withUnsafeBytes { _ = try editor.insert(key, $0, ifPresent: .replace) }
    }
  }

  private func entries(_ tree: Tree, _ tx: PageTransaction) throws -> [([UInt8], [UInt8])] {
    let cursor = tree.cursor(in: tx)
    defer { cursor.close() }
    var found: [([UInt8], [UInt8])] = []
    while try cursor.next() { found.append((Array(cursor.key), Array(try cursor.loadValue()))) }
    return found
  }

  private func rows(_ catalog: Catalog, _ table: String) throws -> Tree {
    try #require(catalog.entries.first { $0.schema.name == table }).rows.tree
  }

  // MARK: Rows

  @Test func rowsThatCannotBeReadAreCountedAndHandedOut() throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      let tree = try rows(catalog, "notes")
      let all = try entries(tree, tx)
      // Nothing of a row, a row that is cut off, and a text that is none.
      try put(tree, tx, all[3].0, [])
      try put(tree, tx, all[4].0, Array(all[4].1.dropLast(9)))
      let place = try #require(all[5].1.firstRange(of: Array("note".utf8))?.lowerBound)
      var text = all[5].1
      text[place] = 0xFF
      try put(tree, tx, all[5].0, text)
      let brace = try #require(all[6].1.firstRange(of: Array("{\"n\"".utf8))?.lowerBound)
      var document = all[6].1
      document[brace + 1] = 0x7B
      try put(tree, tx, all[6].0, document)
      // A key that is none.
      try put(tree, tx, [0xFF, 0xFF], all[7].1)
    }
    let report = try #require(outcome.report.tables.first { $0.name == "notes" })
    #expect(report.unreadable == 1)
    #expect(report.refused == 4)
    #expect(report.saved == 36)
    #expect(!outcome.report.isComplete)
    #expect(outcome.lines["notes"]?.isSubset(of: try #require(wreck.lines["notes"])) == true)
    let reasons = outcome.refused.map(\.reason)
    #expect(reasons.count { $0.contains("the row is damaged") } == 1)
    for column in ["text", "body", "id"] {
      #expect(reasons.contains { $0.contains("column \(column) cannot be read") }, "\(reasons)")
    }
    // What can be read of a row is handed out.
    #expect(
      outcome.refused.contains { $0.row.contains("\"patient_id\":6,") && !$0.row.contains("text") })
  }

  /// Rows whose parents are lost go, and what hangs on them, whatever they name.
  @Test func orphansOfOrphansAreHandedOut() throws {
    let schema = DatabaseSchema([
      TableSchema(
        "houses",
        columns: [ColumnSchema("id", .int), ColumnSchema("sign", .text, null: true)],
        unique: [["sign"]]),
      TableSchema(
        "floors",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("house", .int), ColumnSchema("other", .int),
          ColumnSchema("mark", .text, null: true),
        ], unique: [["mark"]],
        foreignKeys: [.init("house", references: "houses"), .init("other", references: "houses")]),
      TableSchema(
        "rooms",
        columns: [
          ColumnSchema("id", .int), ColumnSchema("floor", .int),
          ColumnSchema("mark", .text, null: true),
        ],
        foreignKeys: [
          .init("floor", references: "floors"),
          .init(["mark"], references: "floors", referencedColumns: ["mark"]),
        ]),
    ])
    let files = SimulatedFileSystem()
    let database = try Database.create(
      path: Wreck.path, schema: schema, options: Wreck.options(files))
    try database.write { tx in
      for id in 1...3 as ClosedRange<Int64> { try tx.insert(into: "houses", ["id": .int(id)]) }
      for id in 1...6 as ClosedRange<Int64> {
        let house: Value = .int((id + 1) / 2)
        try tx.insert(
          into: "floors",
          [
            "id": .int(id), "house": house, "other": house,
            "mark": id % 2 == 0 ? .null : .text("f\(id)"),
          ])
        for room in 1...2 as ClosedRange<Int64> {
          try tx.insert(
            into: "rooms",
            [
              "id": .int(id * 10 + room), "floor": .int(id),
              "mark": id % 2 == 0 ? .null : .text("f\(id)"),
            ])
        }
      }
    }
    try database.close()
    try edit(files) { tx, catalog in
      let houses = try rows(catalog, "houses")
      try put(houses, tx, try entries(houses, tx)[1].0, nil)
    }
    var refused: [RecoverRefusal] = []
    var events = RecoverEvents()
    events.refused = { refused.append($0) }
    let report = try Database.recover(
      path: Wreck.path, into: "saved.carefs", options: Wreck.options(files), events: events)
    #expect(report.tables.map(\.saved) == [2, 4, 8])
    #expect(report.tables.map(\.refused) == [0, 2, 4])
    #expect(report.tables.map(\.lost) == [1, 0, 0])
    #expect(refused.count == 6)
    let saved = try Database.open(path: "saved.carefs", options: Wreck.options(files))
    #expect(try saved.check().isSound)
    try saved.close()
  }

  /// Keys that have run out are not given out again.
  @Test func automaticKeysThatHaveRunOutStaySo() throws {
    let outcome = try recover(try Self.wreck.get()) { tx, catalog in
      let entry = try #require(catalog.entries.first { $0.schema.name == "notes" })
      var counters = TableCounters()
      counters.rows = 40
      counters.nextKey = .min
      try put(
        Catalog.tree, tx, CatalogKey.bytes(.counters, entry.id), counters.withBytes { Array($0) })
    }
    #expect(outcome.report.isComplete)
    let saved = try Database.open(
      path: "saved.carefs", options: Wreck.options(outcome.files))
    #expect(throws: DatabaseError.self) {
      try saved.write { try $0.insert(into: "notes", ["text": .text("one more")]) }
    }
    try saved.close()
  }

  // MARK: Pages

  /// A leaf whose checksum holds and that says what cannot be.
  @Test func aLeafThatContradictsItselfIsLost() throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      let tree = try rows(catalog, "visits")
      let leaf = try #require(try tree.check(in: tx).pages.last)
      tx.enter()
      defer { tx.leave() }
      try tx.edit(leaf, kind: .tree, owner: tree.id).writeUInt16(0xFFFF, at: 34)
    }
    let report = try #require(outcome.report.tables.first { $0.name == "visits" })
    #expect(report.unreadable == 1 && report.lost > 0)
    #expect(outcome.lines["visits"]?.isSubset(of: try #require(wreck.lines["visits"])) == true)
  }

  /// Of a large file it is told now and then that its pages are looked at.
  @Test func largeFilesTellHowFarTheyAre() throws {
    let wreck = try Self.wreck.get()
    let files = wreck.files.copy()
    var bytes = try #require(files.contents(of: Wreck.path))
    bytes += [UInt8](repeating: 0, count: 4100 * Wreck.pageSize)
    files.setContents(of: Wreck.path, bytes)
    var told: [String] = []
    var events = RecoverEvents()
    events.progress = { what, _ in told.append(what) }
    let report = try Database.recover(
      path: Wreck.path, into: "saved.carefs", options: Wreck.options(files), events: events)
    #expect(report.isComplete)
    #expect(told.first == "pages")
  }

  // MARK: The catalog

  @Test func aDescriptionThatIsDamagedIsSaid() throws {
    let wreck = try Self.wreck.get()
    for value in [[], Array("{}".utf8), [0xFF]] as [[UInt8]] {
      let outcome = try recover(wreck) { tx, catalog in
        let entry = try #require(catalog.entries.first { $0.schema.name == "bills" })
        try put(Catalog.tree, tx, CatalogKey.bytes(.table, entry.id), value)
      }
      #expect(outcome.report.notes.contains("the description of a table is damaged"))
      #expect(outcome.report.notes.contains("the descriptions of 1 tables are lost"))
      #expect(!outcome.report.isComplete)
      #expect(outcome.lines["patients"] == wreck.lines["patients"])
    }
  }

  /// Changes the description of one table behind the engine's back.
  private func describe(
    _ table: String, _ tx: PageTransaction, _ catalog: Catalog,
    _ change: (inout CatalogEntry) -> Void
  ) throws {
    var entry = try #require(catalog.entries.first { $0.schema.name == table })
    change(&entry)
    try put(
      Catalog.tree, tx, CatalogKey.bytes(.table, entry.id), Array(entry.schemaJSON.compact.utf8))
  }

  /// A description that can be read, of a table that cannot be: that table is lost, the others are not.
  @Test(
    arguments: [
      { $0.schema.checks = [CheckSchema("odd", "nothing > 1")] },
      { $0.schema.checks = [CheckSchema("odd", "1 +")] },
      { $0.schema.columns[1].name = "id" },
      { $0.schema.columns[1].max = .text("many") },
      { $0.schema.name = "-bills\u{1B}" },
    ] as [@Sendable (inout CatalogEntry) -> Void])
  func aTableThatCannotBeIsLostAlone(change: @Sendable (inout CatalogEntry) -> Void) throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      try describe("bills", tx, catalog, change)
    }
    #expect(!outcome.report.isComplete)
    #expect(outcome.report.notes.contains { $0.contains("is damaged") }, "\(outcome.report.notes)")
    #expect(!outcome.report.notes.contains { $0.contains("\u{1B}") })
    var left = wreck.lines
    left["bills"] = nil
    #expect(outcome.lines == left)
  }

  /// The parent of others: they stay, without their references to it.
  @Test func aParentThatCannotBeIsLostAlone() throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      try describe("patients", tx, catalog) { $0.schema.checks = [CheckSchema("odd", "x > y")] }
    }
    let notes = outcome.report.notes
    #expect(
      notes.contains("the description of table patients is damaged, it is lost: 40 rows"),
      "\(notes)")
    #expect(notes.contains("visits referred to patients, which is lost"))
    #expect(notes.contains("notes referred to patients, which is lost"))
    var left = wreck.lines
    left["patients"] = nil
    #expect(outcome.lines == left)
    #expect(outcome.report.tables.map(\.name) == ["doctors", "visits", "bills", "notes"])
  }

  /// Where no table can be as it is described there is nothing to save, and that is said.
  @Test func withoutATableThatCanBeNothingIsSaved() throws {
    let files = try Self.wreck.get().files.copy()
    try edit(files) { tx, catalog in
      for table in catalog.entries.map(\.schema.name) {
        try describe(table, tx, catalog) { $0.schema.checks = [CheckSchema("odd", "x > y")] }
      }
    }
    let error = #expect(throws: DatabaseError.self) {
      try Database.recover(
        path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
    }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("every description of a table is damaged") == true)
    #expect(files.paths == [Wreck.path])
  }

  /// References that cannot be go; what they stand in stays.
  @Test func aReferenceThatCannotBeIsLeftOut() throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      try describe("bills", tx, catalog) {
        $0.schema.foreignKeys = [.init("doctor_id", references: "visits", onDelete: .setNull)]
      }
      try describe("visits", tx, catalog) { $0.schema.foreignKeys.append($0.schema.foreignKeys[0]) }
    }
    #expect(outcome.report.notes.contains("a reference of bills is damaged"))
    #expect(outcome.report.notes.contains("a reference of visits is damaged"))
    #expect(!outcome.report.isComplete)
    #expect(outcome.lines == wreck.lines)
  }

  /// Tables each of which demands a row of the next before its first.
  @Test func requiredReferencesInACircleAreLeftOut() throws {
    func table(_ name: String, _ other: String) -> TableSchema {
      TableSchema(
        name, columns: [ColumnSchema("id", .int), ColumnSchema("other", .int)],
        foreignKeys: [.init("other", references: other)])
    }
    var schema = DatabaseSchema([table("a", "b"), table("b", "c"), table("c", "a")])
    schema.tables[2].foreignKeys[0].deferred = true
    let files = SimulatedFileSystem()
    let database = try Database.create(
      path: Wreck.path, schema: schema, options: Wreck.options(files))
    try database.write { tx in
      for table in ["c", "b", "a"] {
        try tx.insert(into: table, ["id": .int(1), "other": .int(1)])
      }
    }
    try database.close()
    try edit(files) { tx, catalog in
      try describe("c", tx, catalog) { $0.schema.foreignKeys[0].deferred = false }
    }
    let report = try Database.recover(
      path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
    #expect(report.tables.map(\.saved) == [1, 1, 1])
    #expect(report.notes.count { $0.contains("lead in a circle") } == 1)
    let saved = try Database.open(path: "saved.carefs", options: Wreck.options(files))
    #expect(try saved.check().isSound)
    #expect(saved.schema.tables.count { $0.foreignKeys.isEmpty } == 1)
    try saved.close()
  }

  /// Entries of kinds to come are left alone; a table that the list names twice is one table.
  @Test func whatTheCatalogHasTooMuchIsPassedOver() throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      try put(Catalog.tree, tx, [200, 1], [1, 2, 3])
      try put(Catalog.tree, tx, [], [4])
      let ids = catalog.entries.map { "\($0.id)" }
      let list = (ids + ids).joined(separator: ", ")
      try put(Catalog.tree, tx, CatalogKey.bytes(.database), Array("{\"tables\": [\(list)]}".utf8))
    }
    #expect(outcome.report.isComplete)
    #expect(outcome.lines == wreck.lines)
    #expect(outcome.report.tables.map(\.name) == Wreck.schema.tables.map(\.name))
  }

  /// A table that was dropped before another got its name.
  @Test(arguments: [false, true]) func theYoungerOfTwoNamesakesIsTaken(isListed: Bool) throws {
    let wreck = try Self.wreck.get()
    let outcome = try recover(wreck) { tx, catalog in
      var entry = try #require(catalog.entries.first { $0.schema.name == "notes" })
      // The number of the dropped one, and that of one whose number is not its key's.
      let taken = catalog.entries.map(\.id)
      let dropped = try #require((2..<entry.id).first { !taken.contains($0) })
      for (id, key) in [(dropped, dropped), (900, 901)] {
        entry.id = id
        entry.rows.id = id
        try put(
          Catalog.tree, tx, CatalogKey.bytes(.table, key), Array(entry.schemaJSON.compact.utf8))
      }
      if !isListed { try put(Catalog.tree, tx, CatalogKey.bytes(.database), nil) }
    }
    #expect(outcome.lines == wreck.lines)
    #expect(
      outcome.report.notes.contains { $0.contains("two tables called notes") })
    #expect(outcome.report.notes.contains("the description of a table is damaged"))
  }

  @Test func aFileOfALaterVersionIsLeftToIt() throws {
    let wreck = try Self.wreck.get()
    let files = wreck.files.copy()
    try edit(files) { tx, catalog in
      let entry = try #require(catalog.entries.first)
      let text = entry.schemaJSON.compact.replacing(
        "{\"id\"", with: "{\"foldingVersion\": 99, \"id\"")
      try put(Catalog.tree, tx, CatalogKey.bytes(.table, entry.id), Array(text.utf8))
    }
    let error = #expect(throws: DatabaseError.self) {
      try Database.recover(
        path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
    }
    #expect(error?.code == .newerFormat)
    #expect(files.contents(of: "saved.carefs") == nil)
  }

  /// Without its count nothing tells whether a table is whole.
  @Test func aTableWhoseCountIsLostIsInDoubt() throws {
    let files = SimulatedFileSystem()
    let columns =
      [ColumnSchema("id", .int)]
      + (0..<12).map { ColumnSchema("column_\($0)", .int, null: true) }
    let schema = DatabaseSchema((0..<40).map { TableSchema("table_\($0)", columns: columns) })
    let database = try Database.create(
      path: Wreck.path, schema: schema, options: Wreck.options(files))
    try database.write { tx in
      for table in schema.tables { try tx.insert(into: table.name, ["id": .int(1)]) }
    }
    try database.close()
    var leaf: PageNumber = 0
    try edit(files) { tx, _ in
      // The counters stand last.
      tx.enter()
      defer { tx.leave() }
      let root = try tx.page(Pager.firstPage, kind: .tree, owner: CatalogKey.treeID)
      let count = root.loadUnaligned(fromByteOffset: 34, as: UInt16.self)
      let size = root.load(fromByteOffset: 33, as: UInt8.self)
      let slot = 48 + Int(count - 1) * (Int(size) + 2) + Int(size)
      let cell = Int(root.loadUnaligned(fromByteOffset: slot, as: UInt16.self))
      leaf = root.loadUnaligned(fromByteOffset: cell, as: UInt32.self)
    }
    Wreck.spoil(Int(leaf), files)
    let report = try Database.recover(
      path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
    #expect(report.tables.count + report.notes.count >= 40)
    let uncounted = report.tables.filter { $0.counted == nil }
    #expect(!uncounted.isEmpty)
    #expect(uncounted.allSatisfy { $0.saved == 1 && $0.lost == 0 })
    #expect(!report.isComplete)
  }

  // MARK: Recoveries that fail

  /// Wherever the disk becomes full, the recovery ends and leaves nothing behind.
  @Test func aFullDiskEndsIt() throws {
    let wreck = try Self.wreck.get()
    let used = wreck.files.copy().usedBytes
    var refused = 0
    for room in stride(from: 0, through: 2_000_000, by: 60_000) {
      let files = wreck.files.copy()
      files.setCapacity(used + room)
      do {
        _ = try Database.recover(
          path: Wreck.path, into: "saved.carefs", options: Wreck.options(files))
        break
      } catch let error as DatabaseError {
        #expect(error.code == .diskFull, "\(error)")
        refused += 1
        #expect(files.paths == [Wreck.path], "\(room) bytes")
      }
    }
    #expect(refused > 2)
  }

  @Test func aRecoveryThatIsEndedLateLeavesNothingBehind() throws {
    struct Enough: Error {}
    let files = try Self.wreck.get().files.copy()
    var events = RecoverEvents()
    events.progress = { what, _ in if what.hasPrefix("references") { throw Enough() } }
    #expect(throws: Enough.self) {
      try Database.recover(
        path: Wreck.path, into: "saved.carefs", options: Wreck.options(files), events: events)
    }
    #expect(files.paths == [Wreck.path])
  }
}
