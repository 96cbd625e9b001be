/// One table: its columns, keys, references, indexes and checks.
public struct TableSchema: Sendable, Hashable {
  /// The name, unique within the database.
  public var name: String
  /// The columns, in the order in which they are exported.
  public var columns: [ColumnSchema]
  /// The names of the primary key's columns. Rows are kept in its order.
  public var primaryKey: [String]
  /// The unique constraints beside the primary key.
  public var unique: [UniqueSchema]
  /// The secondary indexes.
  public var indexes: [IndexSchema]
  /// The references to other tables.
  public var foreignKeys: [ForeignKeySchema]
  /// The conditions that each row must hold.
  public var checks: [CheckSchema]

  /// Creates a table.
  public init(
    _ name: String, columns: [ColumnSchema], primaryKey: [String] = ["id"],
    unique: [UniqueSchema] = [], indexes: [IndexSchema] = [],
    foreignKeys: [ForeignKeySchema] = [], checks: [CheckSchema] = []
  ) {
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.unique = unique
    self.indexes = indexes
    self.foreignKeys = foreignKeys
    self.checks = checks
  }

  /// The column of that name.
  public func column(_ name: String) -> ColumnSchema? { columns.first { $0.name == name } }

  /// The position of the column of that name, from 0.
  public func ordinal(of column: String) -> Int? { columns.firstIndex { $0.name == column } }
}

extension TableSchema {
  /// The name that `explain`, `stats` and errors print for an index.
  public func name(of index: IndexSchema) -> String {
    if let name = index.name { return name }
    var text = name + "_" + index.columns.map(\.name).joined(separator: "_")
    if let path = index.path { text += "." + path }
    if index.condition != nil {
      let alike = indexes.filter { $0.name == nil && $0.columns == index.columns }
      let place = alike.firstIndex(of: index) ?? 0
      text += place == 0 ? "_partial" : "_partial\(place + 1)"
    } else if index.columns.contains(where: \.descending) {
      text += "_descending"
    }
    return text
  }

  /// The name that `explain`, `stats` and errors print for a unique constraint.
  public func name(of unique: UniqueSchema) -> String {
    unique.name ?? name + "_" + unique.columns.map(\.name).joined(separator: "_") + "_unique"
  }

  /// The name that errors print for a reference.
  public func name(of foreignKey: ForeignKeySchema) -> String {
    foreignKey.name ?? name + "_" + foreignKey.columns.joined(separator: "_") + "_reference"
  }
}
