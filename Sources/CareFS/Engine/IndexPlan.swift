/// One component of a key, and where its value comes from in a row. The same fields describe
/// primary keys, index entries, the keys under which a parent is found, and the prefixes under
/// which children are found.
struct KeyField: Sendable {
  /// The column of the source row, by its position in the table.
  var ordinal: Int
  /// How the value stands in the key.
  var part: KeyPart
  /// The component of the source's primary key whose bytes can be taken as they are.
  var copied: Int?
}

/// One index of a table as the engine works with it: a unique constraint, a declared index, or
/// one made for a reference.
final class IndexPlan: Sendable {
  /// Which kind of index.
  enum Kind: Sendable, Hashable {
    case unique, secondary, child
  }

  let kind: Kind
  let name: String
  /// The tree: id and root.
  let tree: CatalogTree
  /// The components before the primary key.
  let parts: [KeyField]
  /// The path into the one json column.
  let path: JSONPath?
  /// Only rows for which this is true have an entry.
  let condition: BoundExpression?
  /// Whether only some rows have an entry, whatever ``condition`` is known yet.
  let isPartial: Bool
  /// The table's columns whose change changes an entry.
  let columns: Set<Int>

  init(
    kind: Kind, name: String, tree: CatalogTree, parts: [KeyField], path: JSONPath? = nil,
    condition: BoundExpression? = nil, isPartial: Bool = false
  ) {
    self.kind = kind
    self.name = name
    self.tree = tree
    self.parts = parts
    self.path = path
    self.condition = condition
    self.isPartial = isPartial
    columns = Set(parts.map(\.ordinal)).union(condition?.columnOrdinals ?? [])
  }

  /// Whether every row has exactly one entry, so that the index can stand in for the table.
  var coversAllRows: Bool { path == nil && !isPartial }
}

/// A reference, with how to go from child to parent and back.
final class ForeignKeyPlan: Sendable {
  let name: String
  let schema: ForeignKeySchema
  /// The referring table, by its position in the plan.
  let child: Int
  /// The referring columns, by their position in the child.
  let childColumns: [Int]
  /// The table referred to, by its position in the plan.
  let parent: Int
  /// Which key of the parent is referred to; nil is its primary key, else the index's position.
  let parentIndex: Int?
  /// The parent's key, with values from a child row.
  let probe: [KeyField]
  /// Which index of the child finds referring rows; nil is its primary key.
  let childIndex: Int?
  /// The start of the child index's keys, with values from a parent row.
  let prefix: [KeyField]
  /// The columns referred to, by their position in the parent.
  let parentColumns: Set<Int>

  /// Works out both directions of a reference.
  init(
    _ key: ForeignKeySchema, child: Int, _ childShape: TableShape, _ childIndexes: [IndexPlan],
    parent: Int, _ parentShape: TableShape, _ parentIndexes: [IndexPlan]
  ) throws {
    let childColumns = try key.columns.map { try childShape.ordinal($0) }
    let targets = try (key.referencedColumns ?? parentShape.schema.primaryKey)
      .map { try parentShape.ordinal($0) }
    guard targets.count == childColumns.count else {
      throw CatalogEntry.damaged("a reference has too few columns")
    }
    var childOf: [Int: Int] = [:]
    var parentOf: [Int: Int] = [:]
    for (target, column) in zip(targets, childColumns) {
      childOf[target] = column
      parentOf[column] = target
    }
    self.name = childShape.schema.name(of: key)
    self.schema = key
    self.child = child
    self.childColumns = childColumns
    self.parent = parent
    self.parentColumns = Set(targets)

    let keyColumns = try parentShape.schema.primaryKey.map { try parentShape.ordinal($0) }
    let parentParts: [KeyField]
    if Set(keyColumns) == Set(targets) {
      parentIndex = nil
      parentParts = parentShape.keyParts(keyColumns)
    } else if let position = parentIndexes.firstIndex(where: {
      $0.kind == .unique && $0.columns == Set(targets)
    }) {
      parentIndex = position
      parentParts = parentIndexes[position].parts
    } else {
      throw CatalogEntry.damaged("a reference to columns that are not a key")
    }
    probe = try parentParts.map { part in
      guard let column = childOf[part.ordinal] else {
        throw CatalogEntry.damaged("a reference misses a column of its key")
      }
      return childShape.part(column, as: part.part)
    }

    guard
      let served = Self.servingIndex(
        columns: Set(childColumns), keyParts: try childShape.primaryKeyParts(), childIndexes)
    else { throw CatalogEntry.damaged("a reference without an index") }
    childIndex = served.index
    prefix = try served.parts.map { part in
      guard let target = parentOf[part.ordinal] else {
        throw CatalogEntry.damaged("a reference misses a column of its index")
      }
      return parentShape.part(target, as: part.part)
    }
  }
}
