extension ForeignKeyPlan {
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
