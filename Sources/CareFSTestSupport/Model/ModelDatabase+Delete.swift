import CareFS

extension ModelDatabase {
  /// Deletes the row with a key and all that its references demand.
  ///
  /// - Returns: how many rows went, per table; empty when there is no such row.
  @discardableResult
  public mutating func delete(from table: String, key: [Value]) throws -> [String: Int] {
    try delete(from: table, keys: [key])
  }

  /// Deletes rows as one statement.
  @discardableResult
  public mutating func delete(from table: String, keys: [[Value]]) throws -> [String: Int] {
    let position = try position(of: table)
    var next = self
    var deletion = ModelDeletion()
    deletion.waiting = keys.map { (position, folded($0, tables[position])) }
    try next.run(&deletion)
    for (index, values) in deletion.restricted {
      let reference = references[index]
      guard !next.hasParent(reference, values), !next.children(reference, values).isEmpty else {
        continue
      }
      throw ModelViolation(.foreignKeyViolation, tables[reference.parent].schema.name)
    }
    for (index, key) in deletion.defaulted {
      let child = references[index].child
      guard let row = next.tables[child].rows[key] else { continue }
      try next.requireParents(of: row, child) { $0 == references[index].childColumns }
    }
    self = next
    return deletion.counts
  }

  private mutating func run(_ deletion: inout ModelDeletion) throws {
    while let (position, key) = deletion.waiting.popLast() {
      guard let row = tables[position].remove(key) else { continue }
      deletion.counts[tables[position].schema.name, default: 0] += 1
      for (index, reference) in references.enumerated() where reference.parent == position {
        guard let values = values(reference, parent: row) else { continue }
        switch reference.schema.onDelete {
        case .restrict:
          if !reference.schema.deferred { deletion.restricted.append((index, values)) }
        case .cascade:
          for child in children(reference, values) {
            deletion.waiting.append((reference.child, child))
          }
        case .setNull, .setDefault:
          try reset(reference, index, values, &deletion)
        }
      }
    }
  }

  private mutating func reset(
    _ reference: ModelReference, _ index: Int, _ values: [Value], _ deletion: inout ModelDeletion
  ) throws {
    let usesDefault = reference.schema.onDelete == .setDefault
    for key in children(reference, values) {
      guard var row = tables[reference.child].rows[key] else { continue }
      for ordinal in reference.childColumns {
        let column = tables[reference.child].schema.columns[ordinal]
        guard usesDefault, case .constant(let constant)? = column.defaultValue else {
          row[ordinal] = .null
          continue
        }
        row[ordinal] = column.value(of: constant) ?? .null
      }
      try tables[reference.child].put(row, replacing: key)
      if usesDefault { deletion.defaulted.append((index, key)) }
    }
  }
}

/// What a deletion has still to do and to check.
private struct ModelDeletion {
  var waiting: [(table: Int, key: [Value])] = []
  var restricted: [(reference: Int, values: [Value])] = []
  var defaulted: [(reference: Int, key: [Value])] = []
  var counts: [String: Int] = [:]
}
