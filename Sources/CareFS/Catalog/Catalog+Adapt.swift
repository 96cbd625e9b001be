import BTree
import PageStore

extension Catalog {
  /// What must be done to a file so that it has a wanted schema, as far as that is safe.
  struct Adaptation {
    var newTables: [TableSchema] = []
    /// Per position of a table in the catalog: its wanted schema.
    var changed: [(position: Int, schema: TableSchema)] = []

    var isEmpty: Bool { newTables.isEmpty && changed.isEmpty }
  }

  /// Compares the file's schema with a wanted one. Tables, nullable or constantly defaulted
  /// columns at the end of a table, and indexes can be added; every other difference is refused.
  /// What the file has beyond the wanted schema stays when it binds nobody: tables and indexes.
  func adaptation(to wanted: DatabaseSchema) throws -> Adaptation {
    var adaptation = Adaptation()
    for table in wanted.tables {
      guard let position = entries.firstIndex(where: { $0.schema.name == table.name }) else {
        adaptation.newTables.append(table)
        continue
      }
      let own = entries[position].schema
      guard own != table else { continue }
      if let merged = try own.merged(with: table) {
        adaptation.changed.append((position, merged))
      }
    }
    return adaptation
  }
}

extension TableSchema {
  /// This table, as a file has it, with what a wanted form of it adds; nil when it adds nothing.
  fileprivate func merged(with wanted: TableSchema) throws -> TableSchema? {
    func differs(_ what: String, columns: [String] = []) -> DatabaseError {
      DatabaseError(
        .schemaMismatch,
        "table \"\(name)\" of the file differs from the program's: \(what); a migration is needed",
        table: name, columns: columns)
    }
    var merged = self
    for (place, column) in wanted.columns.enumerated() {
      if place < columns.count {
        guard columns[place] != column else { continue }
        if let own = self.column(column.name) {
          let what =
            own.type != column.type
            ? "is \(own.type.name) in the file, \(column.type.name) in the program"
            : columns[place].name != column.name
              ? "stands at another place" : "allows other values"
          throw differs("column \"\(column.name)\" \(what)", columns: [column.name])
        }
        throw differs(
          "the file has column \"\(columns[place].name)\" where the program has "
            + "\"\(column.name)\"; new columns go to the end", columns: [column.name])
      }
      guard column.nullable || column.hasConstantDefault else {
        throw differs(
          "the new column \"\(column.name)\" is neither nullable nor has a constant default",
          columns: [column.name])
      }
      merged.columns.append(column)
    }
    if wanted.columns.count < columns.count {
      let missing = columns[wanted.columns.count].name
      throw differs("the program lacks column \"\(missing)\"", columns: [missing])
    }
    if primaryKey != wanted.primaryKey { throw differs("the primary key") }
    if Set(unique) != Set(wanted.unique) { throw differs("the unique constraints") }
    if Set(foreignKeys) != Set(wanted.foreignKeys) { throw differs("the foreign keys") }
    if Set(checks) != Set(wanted.checks) { throw differs("the checks") }
    for index in wanted.indexes where !indexes.contains(index) { merged.indexes.append(index) }
    return merged == self ? nil : merged
  }
}

extension ColumnSchema {
  fileprivate var hasConstantDefault: Bool {
    if case .constant? = defaultValue { type != .json } else { false }
  }
}

extension Database {
  /// Brings a file to a wanted schema in one transaction, or refuses.
  static func adapt(
    _ pager: Pager, to wanted: DatabaseSchema, _ options: DatabaseOptions
  ) throws -> SchemaPlan {
    let reading = try pager.beginRead()
    let current: Catalog
    do {
      defer { reading.rollback() }
      current = try Catalog.load(reading)
    }
    let adaptation = try current.adaptation(to: wanted)
    guard !adaptation.isEmpty else { return try SchemaPlan(current) }
    guard !options.readOnly else {
      throw DatabaseError(
        .schemaMismatch,
        "the file lacks tables, columns or indexes of the program, and is open for reading only")
    }
    let pages = try pager.beginWrite(timeoutMilliseconds: options.lockTimeoutMilliseconds)
    do {
      let plan = try apply(adaptation, to: current, in: pages, options)
      try pages.commit()
      return plan
    } catch {
      pages.rollback()
      throw error
    }
  }

  /// Makes what a file lacks, within a transaction, and returns the plan of what it has then.
  static func apply(
    _ adaptation: Catalog.Adaptation, to current: Catalog, in pages: PageTransaction,
    _ options: DatabaseOptions
  ) throws -> SchemaPlan {
    var catalog = current
    var built: [(table: Int, index: Int)] = []
    let schema = DatabaseSchema(
      current.entries.indices.map { position in
        adaptation.changed.first { $0.position == position }?.schema
          ?? current.entries[position].schema
      } + adaptation.newTables)
    try schema.validate()
    for (position, table) in adaptation.changed {
      var entry = catalog.entries[position]
      for column in table.columns[entry.schema.columns.count...] {
        let id = entry.nextColumnID
        entry.nextColumnID += 1
        entry.columnIDs.append(id)
        entry.layout.append(.init(column: id, type: column.type))
        if column.type.usesDocuments, entry.documents == nil {
          entry.documents = try catalog.newTree(in: pages)
        }
      }
      for index in table.indexes[entry.schema.indexes.count...] {
        built.append((position, table.unique.count + entry.indexes.count))
        entry.indexes.append(try catalog.newTree(in: pages))
        _ = index
      }
      entry.schema = table
      catalog.entries[position] = entry
    }
    for table in adaptation.newTables { try catalog.add(table, of: schema, in: pages) }
    catalog.version += 1
    try catalog.store(tables: catalog.entries, with: Catalog.tree.editor(in: pages))
    let plan = try SchemaPlan(catalog)
    let transaction = ReadTransaction(plan: plan, pages: pages, options: options)
    for (table, index) in built {
      try IndexBuild(plan.tables[table], index, transaction).run()
    }
    return plan
  }
}
