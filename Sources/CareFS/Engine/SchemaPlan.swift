/// Everything that the engine works out once per version of the schema: where each column stands,
/// how each key is built, and how references go both ways.
final class SchemaPlan: Sendable {
  let catalog: Catalog
  let schema: DatabaseSchema
  let tables: [TablePlan]
  let foreignKeys: [ForeignKeyPlan]
  /// The record types that were used so far.
  let bindings = BindingCache()
  /// What ended transactions leave to later ones.
  let pool = TransactionPool()
  /// The dictionaries of documents that were read so far.
  let dictionaries = DocumentDictionaries()
  private let positions: [String: Int]
  private let freelyDeleted: [Bool]

  init(_ catalog: Catalog) throws {
    self.catalog = catalog
    schema = catalog.schema
    try schema.validate()
    var positions: [String: Int] = [:]
    for (index, entry) in catalog.entries.enumerated() { positions[entry.schema.name] = index }
    self.positions = positions
    let shapes = try catalog.entries.map { try TableShape($0) }
    let indexes = try shapes.map { try $0.indexPlans() }
    var foreignKeys: [ForeignKeyPlan] = []
    var outgoing: [[Int]] = Array(repeating: [], count: shapes.count)
    var incoming: [[Int]] = Array(repeating: [], count: shapes.count)
    for (child, shape) in shapes.enumerated() {
      for key in shape.schema.foreignKeys {
        guard let parent = positions[key.references] else {
          throw CatalogEntry.damaged("a reference to an unknown table")
        }
        outgoing[child].append(foreignKeys.count)
        incoming[parent].append(foreignKeys.count)
        foreignKeys.append(
          try ForeignKeyPlan(
            key, child: child, shape, indexes[child], parent: parent, shapes[parent],
            indexes[parent]))
      }
    }
    self.foreignKeys = foreignKeys
    freelyDeleted = Self.freelyDeleted(incoming, foreignKeys)
    tables = try shapes.enumerated().map { position, shape in
      try TablePlan(
        position: position, shape: shape, indexes: indexes[position],
        outgoing: outgoing[position], incoming: incoming[position], foreignKeys: foreignKeys)
    }
  }

  /// Whether deleting rows of a table can never be refused: everything that hangs on it, over any
  /// number of steps, is deleted with it.
  func deletesFreely(_ table: TablePlan) -> Bool { freelyDeleted[table.position] }

  private static func freelyDeleted(
    _ incoming: [[Int]], _ foreignKeys: [ForeignKeyPlan]
  ) -> [Bool] {
    incoming.indices.map { start in
      var seen: Set<Int> = [start]
      var waiting = [start]
      while let table = waiting.popLast() {
        for reference in incoming[table] {
          guard foreignKeys[reference].schema.onDelete == .cascade else { return false }
          if seen.insert(foreignKeys[reference].child).inserted {
            waiting.append(foreignKeys[reference].child)
          }
        }
      }
      return true
    }
  }

  /// The table of that name.
  func table(_ name: String) throws -> TablePlan {
    guard let position = positions[name] else {
      throw DatabaseError(
        .notFound, "there is no table \"\(name)\"; see carefs schema", table: name)
    }
    return tables[position]
  }
}

extension ColumnSchema {
  /// Whether a primary key gives the value back, so that the row need not hold it too.
  var isLosslessInKeys: Bool { KeyPart(type, collation: collation).isLossless }
}

/// The layout of a table, before its keys and references are worked out.
struct TableShape {
  let entry: CatalogEntry
  let layout: RecordLayout

  var schema: TableSchema { entry.schema }

  init(_ entry: CatalogEntry) throws {
    self.entry = entry
    let columns = entry.schema.columns
    let key = try entry.schema.primaryKey.map { name in
      guard let ordinal = entry.schema.ordinal(of: name) else {
        throw CatalogEntry.damaged("a key names an unknown column")
      }
      return (ordinal: ordinal, descending: false)
    }
    let plain = RecordLayout(
      columns: columns.map {
        ColumnShape($0.type, nullable: $0.nullable, collation: $0.collation)
      }, primaryKey: key)
    layout = try plain.filling(defaultsOf: columns)
    guard layout.rowOrdinals.map({ entry.columnIDs[$0] }) == entry.layout.map(\.column) else {
      throw CatalogEntry.damaged("the fields of a row are not in the order of the columns")
    }
  }

  /// A component with the value of one of this table's columns, in a key that treats the value
  /// as `part` says.
  func part(_ ordinal: Int, as part: KeyPart) -> KeyField {
    let column = schema.columns[ordinal]
    var copied: Int?
    if let component = schema.primaryKey.firstIndex(of: column.name), !part.descending,
      column.collation == part.collation, column.type == part.type
    {
      copied = component
    }
    return KeyField(ordinal: ordinal, part: part, copied: copied)
  }

  /// How a column of this table stands in a key of this table.
  func keyPart(_ ordinal: Int, descending: Bool = false) -> KeyPart {
    let column = schema.columns[ordinal]
    return KeyPart(
      column.type, nullable: column.nullable, descending: descending, collation: column.collation)
  }

  func ordinal(_ name: String) throws -> Int {
    guard let ordinal = schema.ordinal(of: name) else {
      throw CatalogEntry.damaged("a key names an unknown column")
    }
    return ordinal
  }

  func parts(_ columns: [IndexColumn]) throws -> [KeyField] {
    try columns.map { column in
      let ordinal = try ordinal(column.name)
      return part(ordinal, as: keyPart(ordinal, descending: column.descending))
    }
  }

  /// The indexes of the table: unique ones first, then declared ones, then those made for
  /// references.
  func indexPlans(bindingConditions: Bool = true) throws -> [IndexPlan] {
    var plans: [IndexPlan] = []
    for (unique, tree) in zip(schema.unique, entry.unique) {
      plans.append(
        IndexPlan(
          kind: .unique, name: schema.name(of: unique), tree: tree,
          parts: try parts(unique.columns)))
    }
    for (index, tree) in zip(schema.indexes, entry.indexes) {
      var parts = try parts(index.columns)
      let path = try index.path.map { try JSONPath.parse($0) }
      if path != nil {
        // What a path finds has no type of its own, and a null has no entry.
        let descending = index.columns.first?.descending ?? false
        parts[0].part = KeyPart(.any, descending: descending)
      }
      let condition = bindingConditions ? index.condition : nil
      plans.append(
        IndexPlan(
          kind: .secondary, name: schema.name(of: index), tree: tree, parts: parts, path: path,
          condition: try condition.map { try schema.bind(try Expression.parse($0)) },
          isPartial: index.condition != nil))
    }
    for child in entry.childIndexes {
      plans.append(
        IndexPlan(
          kind: .child, name: "\(schema.name)_\(child.columns.joined(separator: "_"))_children",
          tree: child.tree, parts: try parts(child.columns.map { IndexColumn($0) })))
    }
    return plans
  }
}
