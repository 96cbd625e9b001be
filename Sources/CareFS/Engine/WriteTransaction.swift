import BTree
import PageStore

/// A transaction that reads and writes. It sees its own changes. When the closure that it was
/// handed to returns, it becomes durable as a whole; when the closure throws, nothing of it stays.
///
/// A statement that is refused (a duplicate, a missing reference, a broken check) leaves nothing
/// behind either, and the transaction may go on.
public final class WriteTransaction: Transaction {
  /// A check that was put off to the commit.
  enum DeferredCheck {
    /// The row of the child table with this key must have its parent, if it still exists.
    case reference(Int, childKey: [UInt8])
    /// No row may be left with this prefix, unless its parent is back.
    case children(Int, [UInt8])
  }

  private var writers: [TableWriter?]
  /// Whether changes of indexes may wait for others: until a query goes through an index.
  final var changesMayWait = true
  /// Takes the references of batches to rows that are not there yet: the reference, the key of the
  /// row and its place in the batch. Who sets it looks at them before the commit.
  var postponed: ((_ reference: Int, _ childKey: UnsafeRawBufferPointer, _ element: Int) -> Void)?
  private var deferredChecks: [DeferredCheck] = []
  private var lastDelete: DeleteStatement?
  private var catalog: TreeEditor?
  /// Why the transaction cannot go on: a statement failed and could not undo itself.
  private var failure: (any Error)?

  override init(plan: SchemaPlan, pages: PageTransaction, options: DatabaseOptions) {
    writers = Array(repeating: nil, count: plan.tables.count)
    super.init(plan: plan, pages: pages, options: options)
  }

  /// The write state of a table, made at its first use.
  func writer(_ table: TablePlan) throws -> TableWriter {
    if let writer = writers[table.position] { return writer }
    let writer: TableWriter
    if let idle = plan.pool.takeWriter(of: table) {
      try idle.move(to: self)
      writer = idle
    } else {
      writer = try TableWriter(table, self)
    }
    writers[table.position] = writer
    return writer
  }

  /// Applies the changes of indexes that wait.
  func settleIndexes() throws {
    for case let writer? in writers { try writer.settle() }
  }

  /// Called before a query goes through an index: its cursor may be open while changes come, so from
  /// now on none waits.
  override func willLookAtIndexes() throws {
    guard changesMayWait else { return }
    changesMayWait = false
    for case let writer? in writers {
      for index in writer.patience.indices { try writer.lookAt(index) }
    }
  }

  /// A deletion to run next; its memory serves one after the other.
  func deleteStatement() -> DeleteStatement {
    let statement = lastDelete ?? DeleteStatement(self)
    lastDelete = statement
    statement.reset()
    return statement
  }

  func ensureWritable() throws {
    try ensureOpen()
    if let failure { throw failure }
  }

  /// Gives up what the writers hold.
  ///
  /// - Parameter keeps: whether later transactions may have them, as nothing has failed half way.
  func closeWriters(keeps: Bool) {
    for case let writer? in writers {
      writer.close()
      if keeps { plan.pool.give(writer) }
    }
    writers = []
    if keeps, let catalog { plan.pool.give(catalogEditor: catalog) }
    catalog = nil
  }

  func deferCheck(_ check: DeferredCheck) { deferredChecks.append(check) }

  /// Runs a statement that undoes itself when it is refused. Any other failure ends the
  /// transaction.
  @inline(__always)
  func statement<R>(_ body: () throws -> R) throws -> R {
    try ensureWritable()
    do { return try body() } catch { throw fail(error) }
  }

  /// Runs a statement of several steps under a savepoint.
  func compound<R>(_ body: () throws -> R) throws -> R {
    try ensureWritable()
    let mark = try mark()
    do {
      let result = try body()
      release(mark)
      return result
    } catch {
      do { try rollback(to: mark) } catch let second { throw fail(second) }
      throw DatabaseError.reported(error)
    }
  }

  func fail(_ error: any Error) -> any Error {
    let error = DatabaseError.reported(error)
    if let known = error as? DatabaseError, known.isRefusal { return error }
    failure = error
    return error
  }

  /// Runs the checks that were put off and stores what the catalog keeps per table. The pages are
  /// then ready to be committed.
  func prepareCommit() throws {
    try ensureWritable()
    try settleIndexes()
    for check in deferredChecks where !planted(.deferredChecksForgotten) {
      switch check {
      case .reference(let reference, let key):
        try key.withUnsafeBytes { try checkReference(reference, childKey: $0) }
      case .children(let reference, let prefix):
        let foreignKey = plan.foreignKeys[reference]
        try prefix.withUnsafeBytes { prefix in
          guard try hasChildren(of: foreignKey, prefix: prefix),
            try parentIsMissing(foreignKey, prefix: prefix)
          else { return }
          throw stillReferred(foreignKey)
        }
      }
    }
    for case let writer? in writers where writer.countersChanged {
      try writer.storeCounters(with: catalogEditor())
    }
  }

  private func catalogEditor() -> TreeEditor {
    if let catalog { return catalog }
    let editor = plan.pool.takeCatalogEditor() ?? Catalog.tree.editor(in: pages)
    editor.move(to: pages)
    catalog = editor
    return editor
  }
}

extension WriteTransaction {
  /// A state to which a statement or savepoint can go back.
  struct Mark {
    let pages: PageSavepoint
    let counters: [TableCounters?]
    let deferred: Int
  }

  func mark() throws -> Mark {
    // What waits afterwards came after the mark.
    try settleIndexes()
    return Mark(
      pages: pages.savepoint(), counters: writers.map { $0?.counters },
      deferred: deferredChecks.count)
  }

  func release(_ mark: Mark) { pages.release(mark.pages) }

  func rollback(to mark: Mark) throws {
    try pages.rollback(to: mark.pages)
    deferredChecks.removeSubrange(mark.deferred...)
    for (position, counters) in mark.counters.enumerated() {
      writers[position]?.forgetWaiting()
      if let counters {
        writers[position]?.reset(to: counters)
      } else {
        // Made after the mark: the next use reads the counters again.
        writers[position]?.close()
        writers[position] = nil
      }
    }
  }

  /// Runs a part of the transaction that is kept or undone as a whole. When the closure throws,
  /// what it wrote is undone, the error is thrown on, and the transaction may go on. Nests.
  public func savepoint<R>(_ body: () throws -> R) throws -> R {
    try compound(body)
  }
}
