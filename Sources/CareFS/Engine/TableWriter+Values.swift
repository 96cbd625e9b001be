import BTree
import PageStore

/// Some columns of a table in an order of the caller's, found once for many rows.
public struct ColumnList: Sendable {
  let ordinals: [Int]
}

extension Table {
  /// Finds columns by their names.
  public func columns(_ names: [String]) throws -> ColumnList {
    ColumnList(ordinals: try names.map { try plan.ordinal($0) })
  }

  /// All columns, in the schema's order.
  public var allColumns: ColumnList { ColumnList(ordinals: Array(plan.types.indices)) }
}

extension TableWriter {
  /// Starts a row with values.
  func assemble(_ columns: ColumnList, _ values: [Value]) throws {
    assembler.begin()
    try assembler.assemble(columns, values)
  }

  /// The primary key of the draft as values.
  func draftKey() throws -> [Value] {
    try plan.layout.keyOrdinals.map { try draft.value($0) }
  }

  /// A cursor over the rows or an index, made once.
  func cursor(_ index: Int?) throws -> TreeCursor {
    let place = (index ?? -1) + 1
    if let index { try lookAt(index) }
    if let cursor = cursors[place] { return cursor }
    let tree = index.map { plan.indexes[$0].tree.tree } ?? plan.rows
    let cursor = tree.cursor(in: pages)
    cursors[place] = cursor
    return cursor
  }

  /// Gives the pages that its cursors hold back, and the memory of changes that waited.
  func close() {
    for place in cursors.indices {
      cursors[place]?.close()
      cursors[place] = nil
    }
    for index in patience.indices { patience[index] = nil }
  }

  /// Loads the row that has the given values in a key; false when there is none, or when a part
  /// of the key is not given or null.
  func loadConflicting(_ given: [(Int, Value)], _ target: ConflictTarget) throws -> Bool {
    scratch.clear()
    for field in target.parts {
      guard let value = given.last(where: { $0.0 == field.ordinal })?.1, !value.isNull else {
        return false
      }
      do { try scratch.append(value, as: field.part) } catch {
        throw assembler.mismatch(field.ordinal, value.type)
      }
    }
    guard let index = target.index else { return try load(scratch.key) }
    let key = ByteBuffer(capacity: 64)
    do {
      pages.enter()
      defer { pages.leave() }
      guard let found = try editors[index].find(scratch.key) else { return false }
      key.append(found)
    }
    guard try load(key.bytes) else { throw transaction.indexDamage(plan, index) }
    return true
  }
}

/// The key by which an upsert finds the row to change.
struct ConflictTarget {
  /// The unique index; nil is the primary key.
  var index: Int?
  var parts: [KeyField]
}

extension TablePlan {
  /// The primary key or unique constraint over these columns.
  func conflictTarget(_ names: [String]?) throws -> ConflictTarget {
    let own = zip(layout.keyOrdinals, layout.keyParts).map { KeyField(ordinal: $0, part: $1) }
    guard let names else { return ConflictTarget(index: nil, parts: own) }
    let wanted = Set(try names.map { try ordinal($0) })
    if wanted == Set(layout.keyOrdinals) { return ConflictTarget(index: nil, parts: own) }
    guard
      let index = indexes.firstIndex(where: { $0.kind == .unique && $0.columns == wanted })
    else {
      throw DatabaseError(
        .notFound,
        "\(schema.name).\(names.joined(separator: ", ")): these columns are neither the primary "
          + "key nor unique", table: schema.name, columns: names)
    }
    return ConflictTarget(index: index, parts: indexes[index].parts)
  }
}

extension RowAssembler {
  /// Sets some columns.
  func assemble(_ columns: ColumnList, _ values: [Value]) throws {
    guard columns.ordinals.count == values.count else {
      throw DatabaseError(
        .typeMismatch,
        "\(plan.schema.name): \(values.count) values for \(columns.ordinals.count) columns",
        table: plan.schema.name)
    }
    for (place, ordinal) in columns.ordinals.enumerated() { try set(ordinal, values[place]) }
  }
}
