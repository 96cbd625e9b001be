import BTree
import PageStore

/// A consistent view of a database, valid inside the closure of `read` or `write` that it was
/// handed to. Used after that, it throws `closed`. One thread uses it at a time.
public class Transaction {
  let plan: SchemaPlan
  let pages: PageTransaction
  let options: DatabaseOptions
  /// Keys that a statement looks up are built here.
  let keyBuffer: KeyEncoder
  private(set) var isOpen = true
  private var moment: Timestamp?
  private var stores: [DocumentStore?]
  private var views: [RecordView?]
  /// The record type that was used last, and its binding.
  final var lastType: ObjectIdentifier?
  final var lastBinding: RecordBinding?
  /// The view for single rows that is bound to it, if there is one yet.
  final var lastView: RecordView?
  /// What a record was looked up by last, besides its primary key.
  final var lastTarget: RecordTarget?
  /// The property whose document was asked for a path last, and where its column stands.
  final var lastColumn: (path: AnyKeyPath, place: Int)?

  init(plan: SchemaPlan, pages: PageTransaction, options: DatabaseOptions) {
    self.plan = plan
    self.pages = pages
    self.options = options
    let memory = plan.pool.takeMemory(tables: plan.tables.count)
    keyBuffer = memory.keyBuffer
    stores = memory.stores
    views = memory.views
    lastType = memory.lastType
    lastBinding = memory.lastBinding
    lastView = memory.lastView
    lastTarget = memory.lastTarget
    lastColumn = memory.lastColumn
    for store in stores { store?.move(to: pages) }
  }

  /// The schema.
  public final var schema: DatabaseSchema { plan.schema }

  /// What `now()` and `today()` are throughout the transaction.
  public final var now: Timestamp {
    if let moment { return moment }
    let now = Timestamp.now
    moment = now
    return now
  }

  /// The documents of a table; nil when it has none.
  final func documents(of table: TablePlan) throws -> DocumentStore? {
    guard let tree = table.documents else { return nil }
    if let store = stores[table.position] { return store }
    let store = DocumentStore(tree: tree, in: pages, dictionaries: plan.dictionaries)
    stores[table.position] = store
    return store
  }

  /// A view of rows of a table for one use.
  final func makeView(_ table: TablePlan) throws -> RecordView {
    try RecordView(table.layout, documents: try documents(of: table))
  }

  /// The view for single rows of a table that are read at once.
  @inline(__always)
  final func sharedView(_ table: TablePlan) throws -> RecordView {
    if let view = views[table.position] { return view }
    let view = try makeView(table)
    views[table.position] = view
    return view
  }

  @inline(__always)
  final func ensureOpen() throws {
    guard isOpen else { throw Self.ended }
  }

  static var ended: DatabaseError {
    DatabaseError(
      .closed, "the transaction has ended; use it only inside the closure that it was handed to")
  }

  /// Called before a query goes through an index.
  func willLookAtIndexes() throws {}

  /// Ends the view. What it still holds goes to a later transaction.
  final func end() {
    guard isOpen else { return }
    isOpen = false
    plan.pool.give(
      TransactionMemory(
        keyBuffer: keyBuffer, stores: stores, views: views, lastType: lastType,
        lastBinding: lastBinding, lastView: lastView, lastTarget: lastTarget,
        lastColumn: lastColumn))
  }

  /// The table of that name, for repeated use within this transaction.
  public final func table(_ name: String) throws -> Table {
    try ensureOpen()
    return Table(try plan.table(name))
  }
}

/// A table of a database, found once by its name.
public struct Table: Sendable {
  let plan: TablePlan

  init(_ plan: TablePlan) { self.plan = plan }

  /// The schema of the table.
  public var schema: TableSchema { plan.schema }
  /// The table's name.
  public var name: String { plan.schema.name }
}

/// A transaction that only reads: the last durable commit before it began, whatever is written
/// meanwhile.
public final class ReadTransaction: Transaction {}
