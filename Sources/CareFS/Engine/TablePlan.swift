import BTree
import PageStore

/// A table as the engine works with it, worked out once per version of the schema.
final class TablePlan: Sendable {
  /// The position in the plan of the schema.
  let position: Int
  let entry: CatalogEntry
  let schema: TableSchema
  /// The tree of the rows.
  let rows: Tree
  /// Where the columns lie in keys and rows.
  let layout: RecordLayout
  /// The type of each column.
  let types: [ColumnType]
  /// Unique constraints, then declared indexes, then those made for references.
  let indexes: [IndexPlan]
  /// The references of this table, by their position in the plan of the schema.
  let outgoing: [Int]
  /// The references to this table.
  let incoming: [Int]
  /// The columns to which other tables refer.
  let referencedColumns: Set<Int>
  /// Values for new rows that give none.
  let defaults: [ColumnDefault]
  /// What each row must hold.
  let constraints: [RowConstraint]
  /// The json columns, whose cells hold documents.
  let documentColumns: [Int]
  /// The column that is numbered automatically.
  let automaticKey: Int?
  /// The columns that take the time of each update.
  let updatedColumns: [Int]
  /// The names of the columns.
  let shape: RowColumns

  init(
    position: Int, shape: TableShape, indexes: [IndexPlan], outgoing: [Int], incoming: [Int],
    foreignKeys: [ForeignKeyPlan]
  ) throws {
    self.position = position
    let schema = shape.schema
    entry = shape.entry
    self.schema = schema
    rows = shape.entry.rows.tree
    layout = shape.layout
    types = schema.columns.map(\.type)
    self.indexes = indexes
    self.outgoing = outgoing
    self.incoming = incoming
    referencedColumns = incoming.reduce(into: []) { $0.formUnion(foreignKeys[$1].parentColumns) }
    defaults = try schema.columns.map { try ColumnDefault($0) }
    constraints = try RowConstraint.all(of: schema, layout: shape.layout)
    documentColumns = schema.columns.indices.filter { schema.columns[$0].type.usesDocuments }
    automaticKey = schema.columns.firstIndex(where: \.autoincrement)
    updatedColumns = schema.columns.indices.filter { schema.columns[$0].automatic == .updatedAt }
    self.shape = RowColumns(schema.columns.map(\.name))
  }

  /// The position of a column.
  func ordinal(_ name: String) throws -> Int {
    guard let ordinal = shape.position(of: name) else {
      throw DatabaseError(
        .notFound, "\(schema.name).\(name): there is no such column; see carefs schema",
        table: schema.name, columns: [name])
    }
    return ordinal
  }

  /// The tree of the table's documents.
  var documents: Tree? { entry.documents?.tree }

  /// The name of an index, or of the primary key.
  func indexName(_ index: Int?) -> String { index.map { indexes[$0].name } ?? "primary key" }
}

extension TablePlan {
  /// Appends the primary key of the row that an entry of an index stands for.
  @inline(__always)
  func appendKey(
    from cursor: TreeCursor, index: Int?, to buffer: ByteBuffer
  ) throws {
    buffer.append(try rowKey(entry: cursor.key, value: cursor.value, index: index))
  }

  /// The primary key of the row that an entry stands for: of a unique index its value, of others
  /// what follows the index's own components, of the primary key itself the key.
  @inline(__always)
  func rowKey(
    entry: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, index: Int?
  ) throws(RowError) -> UnsafeRawBufferPointer {
    guard let index else { return entry }
    let plan = indexes[index]
    if plan.kind == .unique { return value }
    var decoder = KeyDecoder(entry)
    for field in plan.parts { try decoder.skip(field.part) }
    return UnsafeRawBufferPointer(rebasing: entry[decoder.place...])
  }

  /// How many bytes of an entry that begins with these come before the key of its row: all of them,
  /// if they are the index's own components. 0 if the entry itself must be looked at.
  func ownPart(ofEntriesUnder prefix: [UInt8], index: Int) -> Int {
    let plan = indexes[index]
    guard plan.kind != .unique else { return 0 }
    return prefix.withUnsafeBytes { prefix in
      var decoder = KeyDecoder(prefix)
      do { for field in plan.parts { try decoder.skip(field.part) } } catch { return 0 }
      return decoder.isAtEnd ? prefix.count : 0
    }
  }
}
