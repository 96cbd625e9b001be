import BTree
import PageStore

extension Catalog {
  /// Makes the catalog tree of a new file and the trees of all its tables.
  static func create(_ schema: DatabaseSchema, in pages: PageTransaction) throws -> Catalog {
    try schema.validate()
    let made = try Tree.create(id: CatalogKey.treeID, in: pages)
    guard made.root == Pager.firstPage else {
      throw DatabaseError(.misuse, "the catalog must be the first tree of a file")
    }
    var catalog = Catalog()
    for table in schema.tables { try catalog.add(table, of: schema, in: pages) }
    catalog.version = 1
    let editor = tree.editor(in: pages)
    try catalog.store(tables: catalog.entries, with: editor)
    return catalog
  }

  /// Adds a table with empty trees. The caller stores the catalog.
  @discardableResult
  mutating func add(
    _ table: TableSchema, of schema: DatabaseSchema, in pages: PageTransaction
  ) throws -> CatalogEntry {
    let rows = try newTree(in: pages)
    let ids = table.columns.indices.map { UInt32($0) + 1 }
    let layout = zip(ids, table.columns)
      .filter { !table.primaryKey.contains($0.1.name) || !$0.1.isLosslessInKeys }
      .map { CatalogEntry.Field(column: $0.0, type: $0.1.type) }
    var entry = CatalogEntry(
      id: rows.id, schema: table, columnIDs: ids, nextColumnID: UInt32(ids.count) + 1,
      layout: layout, rows: rows, documents: nil, unique: [], indexes: [], childIndexes: [])
    if table.columns.contains(where: { $0.type.usesDocuments }) {
      entry.documents = try newTree(in: pages)
    }
    entry.unique = try table.unique.map { _ in try newTree(in: pages) }
    entry.indexes = try table.indexes.map { _ in try newTree(in: pages) }
    try addChildIndexes(to: &entry, in: pages)
    entries.append(entry)
    return entry
  }

  /// Makes the indexes that the table's references need and no other key serves.
  mutating func addChildIndexes(
    to entry: inout CatalogEntry, in pages: PageTransaction
  ) throws {
    for key in entry.schema.foreignKeys {
      let shape = try TableShape(entry)
      let columns = Set(try key.columns.map { try shape.ordinal($0) })
      let served = ForeignKeyPlan.servingIndex(
        columns: columns, keyParts: try shape.primaryKeyParts(),
        try shape.indexPlans(bindingConditions: false))
      if served == nil {
        entry.childIndexes.append(.init(columns: key.columns, tree: try newTree(in: pages)))
      }
    }
  }

  /// Makes an empty tree under a new number.
  mutating func newTree(in pages: PageTransaction) throws -> CatalogTree {
    let id = nextID
    let (next, overflow) = nextID.addingReportingOverflow(1)
    guard !overflow else { throw DatabaseError(.tooLarge, "no more numbers for tables") }
    nextID = next
    let tree = try Tree.create(id: id, in: pages)
    return CatalogTree(id: id, root: tree.root)
  }
}

extension CatalogTree {
  /// The tree.
  var tree: Tree { Tree(id: id, root: root) }
}

extension ColumnType {
  /// Whether values may leave the row for the document tree.
  var usesDocuments: Bool { self == .json }
}
