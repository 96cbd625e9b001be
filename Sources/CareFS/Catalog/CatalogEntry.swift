/// A tree as the catalog names it: its id, which owns its pages, and its root page.
struct CatalogTree: Sendable, Hashable {
  var id: UInt32
  var root: UInt32
}

/// What the catalog keeps about one table: its schema, the stable numbers of its parts, and where
/// their trees are.
struct CatalogEntry: Sendable, Hashable {
  /// The table's number, also the id of the tree of its rows. Never reused.
  var id: UInt32
  /// The table's schema.
  var schema: TableSchema
  /// The number of each column of the schema, in its order. Never reused within the table.
  var columnIDs: [UInt32]
  /// The number that the next new column gets.
  var nextColumnID: UInt32
  /// The fields of a row, in the order in which they were added. A dropped column keeps its
  /// place; columns that the key gives back are not among them.
  var layout: [Field]
  /// The tree of the rows.
  var rows: CatalogTree
  /// The tree of the documents, in a table with columns whose values may leave the row.
  var documents: CatalogTree?
  /// The trees of the unique constraints, in the schema's order.
  var unique: [CatalogTree]
  /// The trees of the secondary indexes, in the schema's order.
  var indexes: [CatalogTree]
  /// The indexes made for references that no declared index serves.
  var childIndexes: [ChildIndex]

  /// An index that the engine made for a reference.
  struct ChildIndex: Sendable, Hashable {
    var columns: [String]
    var tree: CatalogTree
  }

  /// One field of a row.
  struct Field: Sendable, Hashable {
    /// The number of its column.
    var column: UInt32
    var type: ColumnType
  }
}

extension CatalogEntry {
  /// The entry as it is stored: JSON, whose unknown members a reader skips.
  var schemaJSON: SchemaJSON {
    func ids(_ list: [UInt32]) -> SchemaJSON { .array(list.map { .number(String($0)) }) }
    func tree(_ tree: CatalogTree) -> SchemaJSON { .object(Self.members(tree)) }
    var members: [SchemaJSON.Member] = [
      .init("id", .number(String(id))),
      .init("rows", tree(rows)),
    ]
    if let documents { members.append(.init("documents", tree(documents))) }
    if schema.columns.contains(where: { $0.collation == .nocase }) {
      members.append(.init("foldingVersion", .number(String(Collation.nocase.version))))
    }
    members += [
      .init("columnIds", ids(columnIDs)),
      .init("nextColumnId", .number(String(nextColumnID))),
      .init(
        "layout",
        .array(
          layout.map { field in
            .object([
              .init("column", .number(String(field.column))),
              .init("type", .string(field.type.name)),
            ])
          })),
      .init("uniqueTrees", .array(unique.map(tree))),
      .init("indexTrees", .array(indexes.map(tree))),
      .init(
        "childIndexes",
        .array(
          childIndexes.map { index in
            .object(
              Self.members(index.tree) + [
                .init("columns", .array(index.columns.map { .string($0) }))
              ])
          })),
      .init("table", .object(schema.members)),
    ]
    return .object(members)
  }

  private static func members(_ tree: CatalogTree) -> [SchemaJSON.Member] {
    [.init("id", .number(String(tree.id))), .init("root", .number(String(tree.root)))]
  }

  /// Reads an entry. Whatever contradicts itself is corruption.
  init(_ json: SchemaJSON) throws {
    guard let id = json["id"]?.uint32, let rows = CatalogTree(json["rows"]),
      let columnIDs = json["columnIds"]?.uint32s, let next = json["nextColumnId"]?.uint32,
      case .array(let layoutItems)? = json["layout"],
      let unique = json["uniqueTrees"]?.trees, let indexes = json["indexTrees"]?.trees,
      case .array(let childItems)? = json["childIndexes"], let table = json["table"]
    else { throw Self.damaged("a member is missing or of a wrong kind") }
    if let folding = json["foldingVersion"]?.uint32, folding != Collation.nocase.version {
      throw DatabaseError(
        .newerFormat,
        "the file folds letters by version \(folding) of the rules, this program by version "
          + "\(Collation.nocase.version); open it with the version that wrote it")
    }
    var reader = try SchemaReader(table, place: "catalog", isLenient: true)
    self.id = id
    self.schema = try TableSchema(&reader)
    self.columnIDs = columnIDs
    self.nextColumnID = next
    self.layout = try layoutItems.map { item in
      guard let column = item["column"]?.uint32, case .string(let name)? = item["type"],
        let type = ColumnType.allCases.first(where: { $0.name == name })
      else { throw Self.damaged("a field has no type") }
      return Field(column: column, type: type)
    }
    self.rows = rows
    self.documents = CatalogTree(json["documents"])
    self.unique = unique
    self.indexes = indexes
    self.childIndexes = try childItems.map { item in
      guard let tree = CatalogTree(item), let columns = item["columns"]?.texts else {
        throw Self.damaged("an index has no tree")
      }
      return ChildIndex(columns: columns, tree: tree)
    }
    try validate()
  }

  private func validate() throws {
    guard columnIDs.count == schema.columns.count, Set(columnIDs).count == columnIDs.count,
      columnIDs.allSatisfy({ $0 < nextColumnID }), unique.count == schema.unique.count,
      indexes.count == schema.indexes.count, layout.count <= RowFormat.maximumColumns,
      Set(layout.map(\.column)).count == layout.count, rows.id == id, fieldsMatchColumns
    else { throw Self.damaged("its parts do not match its schema") }
  }

  /// Whether each column has its field, of its type, or is given back by the key.
  private var fieldsMatchColumns: Bool {
    var types: [UInt32: ColumnType] = [:]
    for field in layout { types[field.column] = field.type }
    return zip(columnIDs, schema.columns).allSatisfy { id, column in
      schema.primaryKey.contains(column.name) && column.isLosslessInKeys
        ? types[id] == nil : types[id] == column.type
    }
  }

  static func damaged(_ what: String) -> DatabaseError {
    DatabaseError(.corrupt, "the catalog is damaged: \(what); see carefs recover")
  }
}

extension CatalogEntry {
  /// All trees of the table: rows, then documents if it has any, then indexes.
  var trees: [CatalogTree] {
    var trees = [rows]
    if let documents { trees.append(documents) }
    trees += unique + indexes
    trees += childIndexes.map(\.tree)
    return trees
  }

  /// Puts another tree into the place of each, in the same order.
  mutating func moveTrees(_ place: (CatalogTree) throws -> CatalogTree) rethrows {
    rows = try place(rows)
    documents = try documents.map(place)
    unique = try unique.map(place)
    indexes = try indexes.map(place)
    for index in childIndexes.indices {
      childIndexes[index].tree = try place(childIndexes[index].tree)
    }
  }
}

extension CatalogTree {
  init?(_ json: SchemaJSON?) {
    guard let id = json?["id"]?.uint32, let root = json?["root"]?.uint32 else { return nil }
    self.init(id: id, root: root)
  }
}

extension SchemaJSON {
  var uint32: UInt32? {
    guard case .number(let text) = self else { return nil }
    return UInt32(text)
  }

  var uint64: UInt64? {
    guard case .number(let text) = self else { return nil }
    return UInt64(text)
  }

  var uint32s: [UInt32]? {
    guard case .array(let items) = self else { return nil }
    let numbers = items.compactMap(\.uint32)
    return numbers.count == items.count ? numbers : nil
  }

  var texts: [String]? {
    guard case .array(let items) = self else { return nil }
    let texts = items.compactMap { item -> String? in
      guard case .string(let text) = item else { return nil }
      return text
    }
    return texts.count == items.count ? texts : nil
  }

  var trees: [CatalogTree]? {
    guard case .array(let items) = self else { return nil }
    let trees = items.compactMap { CatalogTree($0) }
    return trees.count == items.count ? trees : nil
  }
}
