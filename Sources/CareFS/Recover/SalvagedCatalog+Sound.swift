/// What of a salvaged schema contradicts itself: descriptions that could be read and that no database
/// can have. A table, or a reference, is left out for itself; the others stay.
extension SalvagedCatalog {
  /// Leaves out the tables whose own descriptions are no table's.
  mutating func dropUnsoundTables(_ report: inout RecoverReport) {
    let all = entries
    entries.removeAll(keepingCapacity: true)
    for entry in all {
      if entries.count < SchemaLimits.tables, Self.isSound(entry) {
        entries.append(entry)
        continue
      }
      let rows = counters[entry.id].map { ": \($0.rows) rows" } ?? ""
      report.doubt("the description of \(Self.title(entry.schema)) is damaged, it is lost\(rows)")
    }
  }

  /// Leaves out references that lead nowhere, to what is no key, or in a circle.
  mutating func dropUnsoundReferences(_ report: inout RecoverReport) {
    var places: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { places[entry.schema.name] = index }
    for index in entries.indices {
      let entry = entries[index]
      var kept: [ForeignKeySchema] = []
      var names: Set<String> = []
      for key in entry.schema.foreignKeys {
        let parent = places[key.references].map { entries[$0] }
        if parent == nil {
          report.doubt("\(entry.schema.name) referred to \(key.references), which is lost")
        } else if kept.count < SchemaLimits.foreignKeys,
          names.insert(entry.schema.name(of: key)).inserted, let parent,
          Self.isSound(key, of: entry, to: parent)
        {
          kept.append(key)
        } else {
          report.doubt("a reference of \(entry.schema.name) is damaged")
        }
      }
      entries[index].schema.foreignKeys = kept
    }
    breakCircles(places, &report)
  }

  /// Of required references in a circle, in which no row could be the first, one table's go.
  private mutating func breakCircles(_ places: [String: Int], _ report: inout RecoverReport) {
    while let index = tableInCircle(places) {
      entries[index].schema.foreignKeys.removeAll()
      report.doubt("the references of \(entries[index].schema.name) lead in a circle")
    }
  }

  /// One of the tables that demand a row of each other before their first.
  private func tableInCircle(_ places: [String: Int]) -> Int? {
    do {
      try DatabaseSchema(entries.map(\.schema)).refuseRequiredCycles()
      return nil
    } catch { return (error as? DatabaseError)?.table.flatMap { places[$0] } }
  }

  /// Whether a table can be as it is described, were it alone.
  private static func isSound(_ entry: CatalogEntry) -> Bool {
    var entry = entry
    entry.schema.foreignKeys = []
    return isSound([entry])
  }

  private static func isSound(
    _ key: ForeignKeySchema, of entry: CatalogEntry, to parent: CatalogEntry
  ) -> Bool {
    var child = entry
    child.schema.foreignKeys = [key]
    // A circle of required references is one of several tables: it is looked for afterwards.
    var target = parent
    target.schema.foreignKeys = []
    return isSound(entry.id == parent.id ? [child] : [child, target])
  }

  private static func isSound(_ entries: [CatalogEntry]) -> Bool {
    var catalog = Catalog()
    catalog.entries = entries
    return (try? SchemaPlan(catalog)) != nil
  }

  /// The table's name, if it may be told.
  private static func title(_ table: TableSchema) -> String {
    do {
      try table.validateName(table.name, "a table's name")
      return "table \(table.name)"
    } catch { return "a table" }
  }
}
