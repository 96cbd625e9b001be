/// Puts the rows of a query into an order that no index has: only their sort keys and primary keys
/// are kept, and of a limited query only those that may still be wanted.
final class QuerySort {
  private let table: TablePlan
  private let order: [(target: QueryTarget, descending: Bool)]
  private let wanted: Int?
  private var entries = SortedEntries()
  private var spare = SortedEntries()
  private let encoder = KeyEncoder()
  private let scratch = ByteBuffer()

  init(
    _ table: TablePlan, _ order: [(target: QueryTarget, descending: Bool)], wanted: Int?
  ) {
    self.table = table
    self.order = order
    self.wanted = wanted
  }

  /// Takes a row.
  func add(_ row: RecordView) throws {
    encoder.clear()
    for term in order { try append(term.target, term.descending, row) }
    let length = encoder.key.count
    encoder.buffer.append(row.key)
    entries.add(encoder.key, tag: UInt32(truncatingIfNeeded: length))
    if let wanted, entries.count >= 1024 + wanted * 2 { prune(wanted) }
  }

  private func append(
    _ target: QueryTarget, _ descending: Bool, _ row: RecordView
  ) throws {
    let column = table.layout.columns[target.ordinal]
    guard let path = target.path else {
      guard column.type != .json else {
        throw DatabaseError(
          .invalidExpression,
          "\(table.schema.name).\(table.schema.columns[target.ordinal].name): "
            + "whole documents have no order; order by a path", table: table.schema.name)
      }
      let part = KeyPart(
        column.type, nullable: column.nullable, descending: descending,
        collation: column.collation)
      return try row.appendKey(target.ordinal, as: part, to: encoder)
    }
    let start = encoder.key.count
    encoder.buffer.append(1)
    var isFound = false
    if try !row.isNull(target.ordinal) {
      let document = try row.bytes(target.ordinal)
      if let match = try path.find(in: document) {
        isFound = match.appendKey(
          in: document, collation: column.collation, scratch: scratch, to: encoder)
      }
    }
    if !isFound { encoder.buffer.set(0, at: start) }
    if descending { encoder.buffer.complement(from: start) }
  }

  private func prune(_ wanted: Int) {
    entries.sort()
    spare.clear()
    for rank in 0..<wanted { spare.add(entries.key(rank), tag: entries.tag(rank)) }
    swap(&entries, &spare)
  }

  /// Visits the primary keys in order.
  func visitKeys(_ body: (UnsafeRawBufferPointer) throws -> Bool) throws {
    entries.sort()
    for rank in 0..<entries.count {
      let key = entries.key(rank)
      let start = Int(entries.tag(rank))
      guard try body(UnsafeRawBufferPointer(rebasing: key[start...])) else { return }
    }
  }
}
