extension ForeignKeyPlan {
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

  /// The key of a table, primary or index, that starts with the columns of a reference.
  static func servingIndex(
    columns: Set<Int>, keyParts: [KeyField], _ indexes: [IndexPlan]
  ) -> (index: Int?, parts: [KeyField])? {
    func starts(_ parts: [KeyField]) -> Bool {
      parts.count >= columns.count && Set(parts.prefix(columns.count).map(\.ordinal)) == columns
    }
    if starts(keyParts) { return (nil, Array(keyParts.prefix(columns.count))) }
    // Shorter keys first: more of them fit a page.
    let serving = indexes.indices
      .filter { indexes[$0].coversAllRows && starts(indexes[$0].parts) }
      .min { indexes[$0].parts.count < indexes[$1].parts.count }
    guard let serving else { return nil }
    return (serving, Array(indexes[serving].parts.prefix(columns.count)))
  }
}

extension TableShape {
  /// The components of the primary key, as the tree of the rows orders them.
  func keyParts(_ ordinals: [Int]) -> [KeyField] {
    ordinals.map { part($0, as: keyPart($0)) }
  }

  func primaryKeyParts() throws -> [KeyField] {
    keyParts(try schema.primaryKey.map { try ordinal($0) })
  }
}
