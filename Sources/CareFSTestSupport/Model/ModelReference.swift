import CareFS

/// A reference between two tables of a model, by positions.
struct ModelReference: Sendable {
  let schema: ForeignKeySchema
  let child: Int
  let childColumns: [Int]
  let parent: Int
  let parentColumns: [Int]
  /// The unique constraint of the parent; nil is its primary key.
  let constraint: Int?
  /// Where the values of the parent's key stand among the referring columns.
  let order: [Int]

  static func all(in schema: DatabaseSchema) -> [ModelReference] {
    schema.tables.indices.flatMap { child in
      schema.tables[child].foreignKeys.compactMap { key in
        ModelReference(key, child: child, in: schema)
      }
    }
  }

  private init?(_ key: ForeignKeySchema, child: Int, in schema: DatabaseSchema) {
    guard let parent = schema.tables.firstIndex(where: { $0.name == key.references }) else {
      return nil
    }
    let target = schema.tables[parent]
    let names = key.referencedColumns ?? target.primaryKey
    let isPrimary = Set(names) == Set(target.primaryKey)
    constraint =
      isPrimary
      ? nil : target.unique.firstIndex { Set($0.columns.map(\.name)) == Set(names) }
    let keyNames =
      constraint.map { target.unique[$0].columns.map(\.name) } ?? target.primaryKey
    self.schema = key
    self.child = child
    childColumns = key.columns.compactMap { schema.tables[child].ordinal(of: $0) }
    self.parent = parent
    parentColumns = names.compactMap { target.ordinal(of: $0) }
    order = keyNames.compactMap { names.firstIndex(of: $0) }
  }
}

extension ModelDatabase {
  /// The values by which a child refers, as keys compare them; nil when it refers to nothing.
  private func values(_ reference: ModelReference, child row: [Value]) -> [Value]? {
    let values = tables[reference.child].folded(reference.childColumns, of: row)
    return values.contains(.null) ? nil : values
  }

  /// The values by which children refer to a parent.
  func values(_ reference: ModelReference, parent row: [Value]) -> [Value]? {
    let values = tables[reference.parent].folded(reference.parentColumns, of: row)
    return values.contains(.null) ? nil : values
  }

  /// Whether a parent has these values.
  func hasParent(_ reference: ModelReference, _ values: [Value]) -> Bool {
    let key = reference.order.map { values[$0] }
    let parent = tables[reference.parent]
    guard let constraint = reference.constraint else { return parent.rows[key] != nil }
    return parent.key(unique: constraint, key) != nil
  }

  /// The keys of the rows that refer by these values.
  func children(_ reference: ModelReference, _ wanted: [Value]) -> [[Value]] {
    tables[reference.child].rows.compactMap { key, row in
      values(reference, child: row) == wanted ? key : nil
    }
  }

  /// Refuses a row that refers to nothing by columns that `isTouched`.
  func requireParents(
    of row: [Value], _ position: Int, _ isTouched: ([Int]) -> Bool
  ) throws {
    for reference in references where reference.child == position && !reference.schema.deferred {
      guard isTouched(reference.childColumns), let values = values(reference, child: row),
        !hasParent(reference, values)
      else { continue }
      throw ModelViolation(.foreignKeyViolation, tables[position].schema.name)
    }
  }

  /// Refuses the change of a row that leaves behind rows which refer to its old values.
  func refuseOrphans(of old: [Value], _ position: Int) throws {
    for reference in references where reference.parent == position && !reference.schema.deferred {
      guard let values = values(reference, parent: old), !hasParent(reference, values),
        !children(reference, values).isEmpty
      else { continue }
      throw ModelViolation(.foreignKeyViolation, tables[position].schema.name)
    }
  }

  /// Whether all references close, deferred ones too: what a commit demands.
  public func requireClosedReferences() throws {
    for reference in references {
      for row in tables[reference.child].rows.values {
        guard let values = values(reference, child: row), !hasParent(reference, values) else {
          continue
        }
        throw ModelViolation(.foreignKeyViolation, tables[reference.child].schema.name)
      }
    }
  }
}
