extension FuzzTarget {
  /// Every target. A new decoder gets a file of its own and a place here.
  public static let all: [FuzzTarget] = [
    pages, recovery, compaction, salvage, row, key, catalog, schema, json, document, csv, rows,
    gzip,
    expression, load, sql, operations,
  ]

  /// The target of a name.
  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
