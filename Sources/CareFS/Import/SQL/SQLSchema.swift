/// The tables of a dump as the engine keeps them, and how its rows go into them.
struct SQLSchema {
  /// A table and how the dump names it.
  struct Target {
    var schema: TableSchema
    /// The columns that rows without a list of columns are for.
    var ordinals: [Int]
  }

  /// The tables in the order of the dump.
  private(set) var tables: [Target] = []
  /// The tables by the names of automatic sequences.
  var sequences: [String: String] = [:]
  /// Whether numbers and texts stand as SQLite keeps them.
  var isSQLite = false
  /// Whether the dump is one of CareFS, whose values are of the columns' types already.
  var isOwn = false
  /// The tables whose rows are not wanted, their names in lower case.
  var leftOut: Set<String> = []
  private var places: [String: Int] = [:]

  mutating func add(_ schema: TableSchema, ordinals: [Int]) {
    places[SQLName.fold(schema.name)] = tables.count
    tables.append(Target(schema: schema, ordinals: ordinals))
  }

  func isLeftOut(_ name: String) -> Bool { leftOut.contains(SQLName.fold(name)) }

  /// The table of a name, whatever the case of its letters.
  func target(_ name: String) -> Target? {
    places[SQLName.fold(name)].map { tables[$0] }
  }
}
