import Testing

@testable import CareFS

/// Entries of the catalog: they come back as they went, skip what later versions add, and are
/// refused when they contradict themselves.
struct CatalogEntryTests {
  private func entry() throws -> CatalogEntry {
    let db = try Database.inMemory(
      schema: DatabaseSchema([
        TableSchema(
          "t",
          columns: [
            ColumnSchema("id", .int), ColumnSchema("name", .text, collation: .nocase),
            ColumnSchema("other", .int, null: true), ColumnSchema("doc", .json, null: true),
          ], unique: [["name"]], indexes: [["-other"]],
          foreignKeys: [.init("other", references: "t", onDelete: .cascade)])
      ]))
    return try #require(db.gate.plan.catalog.entries.first)
  }

  private func changed(
    _ entry: CatalogEntry, _ name: String, _ value: SchemaJSON?
  ) throws -> SchemaJSON {
    guard case .object(var members) = entry.schemaJSON else { return .null }
    members.removeAll { $0.name == name }
    if let value { members.append(.init(name, value)) }
    return .object(members)
  }

  @Test func roundTripsAndSkipsUnknownMembers() throws {
    let entry = try entry()
    #expect(try CatalogEntry(try SchemaJSON.parse(entry.schemaJSON.compact)) == entry)
    #expect(try CatalogEntry(try changed(entry, "later", .array([.null]))) == entry)
    #expect(entry.documents != nil)
    #expect(entry.childIndexes.isEmpty)
  }

  @Test(arguments: [
    "id", "rows", "columnIds", "nextColumnId", "layout", "uniqueTrees", "indexTrees",
    "childIndexes", "table",
  ])
  func refusesWhatIsIncompleteOrWrong(member: String) throws {
    let entry = try entry()
    for value in [nil, SchemaJSON.number("7"), .array([]), .null] {
      guard member != "childIndexes" || value?.kindName != "an array" else { continue }
      guard member != "id" || value?.kindName != "a number" || entry.id == 7 else {
        #expect(throws: DatabaseError.self) {
          try CatalogEntry(try changed(entry, member, value))
        }
        continue
      }
      if member == "nextColumnId", value?.kindName == "a number" { continue }
      #expect(throws: DatabaseError.self) { try CatalogEntry(try changed(entry, member, value)) }
    }
  }

  @Test func refusesPartsThatAreNone() throws {
    let entry = try entry()
    let parts: [SchemaJSON] = [
      .null, .object([]), .object([.init("column", .number("1"))]),
      .object([.init("column", .number("1")), .init("type", .string("number"))]),
      .object([.init("id", .number("9")), .init("root", .number("9"))]),
    ]
    for part in parts {
      for member in ["layout", "childIndexes", "uniqueTrees", "indexTrees"] {
        let changed = try changed(entry, member, .array([part]))
        guard member.hasSuffix("Trees"), part["root"] != nil else {
          #expect(throws: DatabaseError.self, "\(member)") { try CatalogEntry(changed) }
          continue
        }
      }
    }
  }

  @Test func refusesAnotherCaseFolding() throws {
    let error = #expect(throws: DatabaseError.self) {
      try CatalogEntry(try changed(try entry(), "foldingVersion", .number("999")))
    }
    #expect(error?.code == .newerFormat)
  }
}
