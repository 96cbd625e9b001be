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
struct IndexPlan: Sendable {
  /// Which kind of index.
  enum Kind: Sendable, Hashable {
    case unique, secondary, child
  }

  var kind: Kind
  var name: String
  /// The tree: id and root.
  var tree: CatalogTree
  /// The components before the primary key.
  var parts: [KeyField]
  /// The path into the one json column.
  var path: JSONPath?
  /// Whether only rows with ``condition`` have an entry.
  var isPartial = false
  /// Only rows for which this is true have an entry.
  var condition: BoundExpression?
  /// The condition as it was written, for the planner.
  var conditionTree: Expression?
  /// The table's columns whose change changes an entry.
  var columns: Set<Int>

  /// Whether every row has exactly one entry, so that the index can stand in for the table.
  var coversAllRows: Bool { path == nil && !isPartial }
}

/// A reference, with how to go from child to parent and back.
struct ForeignKeyPlan: Sendable {
  var name: String
  var schema: ForeignKeySchema
  /// The referring table, by its position in the plan.
  var child: Int
  /// The referring columns, by their position in the child.
  var childColumns: [Int]
  /// The table referred to, by its position in the plan.
  var parent: Int
  /// Which key of the parent is referred to; nil is its primary key, else the index's position.
  var parentIndex: Int?
  /// The parent's key, with values from a child row.
  var probe: [KeyField]
  /// Which index of the child finds referring rows; nil is its primary key.
  var childIndex: Int?
  /// The start of the child index's keys, with values from a parent row.
  var prefix: [KeyField]
  /// The columns referred to, by their position in the parent.
  var parentColumns: Set<Int>
}

extension IndexPlan {
  /// Binds the index's own condition to its table.
  mutating func bind(_ text: String, to schema: TableSchema) throws {
    let tree = try Expression.parse(text)
    let bound = try schema.bind(tree)
    conditionTree = tree
    condition = bound
    columns.formUnion(bound.columnOrdinals)
  }
}
