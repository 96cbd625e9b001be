import BTree
import PageStore

/// What a write transaction keeps per table: editors of its trees, which remember where they were,
/// memory for rows and keys, and the counters. It goes from one transaction to the next.
final class TableWriter {
  let plan: TablePlan
  // What is of the transaction changes between two of them alone.
  @exclusivity(unchecked) private(set) unowned var transaction: WriteTransaction
  @exclusivity(unchecked) private(set) var pages: PageTransaction
  let rows: TreeEditor
  let editors: [TreeEditor]
  let assembler: RowAssembler
  /// The row being written.
  let draft: RecordView
  /// The row that was there.
  let old: RecordView
  private let oldBytes = ByteBuffer(capacity: 512)
  let entries = IndexEntries()
  let oldEntries = IndexEntries()
  let context: EvaluationContext
  let scratch = KeyEncoder()
  @exclusivity(unchecked) private(set) var documents: DocumentStore?
  /// Which columns an update changes.
  let touched: UnsafeMutablePointer<Bool>
  let drafts = DraftDocuments()
  /// What waits per index; nil where nothing may.
  @exclusivity(unchecked) var patience: [ChangePatience?]
  /// Cursors over the rows and the indexes, in this order, as far as they were needed.
  var cursors: [TreeCursor?]

  private(set) var counters: TableCounters
  private(set) var countersChanged = false

  init(_ plan: TablePlan, _ transaction: WriteTransaction) throws {
    self.plan = plan
    self.transaction = transaction
    let pages = transaction.pages
    self.pages = pages
    rows = plan.rows.editor(in: pages)
    editors = plan.indexes.map { $0.tree.tree.editor(in: pages) }
    assembler = RowAssembler(plan)
    counters = try TableCounters.load(plan.entry.id, in: pages)
    documents = try transaction.documents(of: plan)
    draft = try RecordView(plan.layout, documents: drafts)
    old = try RecordView(plan.layout, documents: documents)
    touched = .allocate(capacity: plan.types.count)
    touched.initialize(repeating: false, count: plan.types.count)
    cursors = Array(repeating: nil, count: plan.indexes.count + 1)
    patience = plan.indexes.map { _ in nil }
    context = EvaluationContext()
    beginWaiting()
  }

  deinit { touched.deallocate() }

  /// Goes on in another transaction of the same plan.
  func move(to transaction: WriteTransaction) throws {
    self.transaction = transaction
    pages = transaction.pages
    rows.move(to: pages)
    for editor in editors { editor.move(to: pages) }
    documents = try transaction.documents(of: plan)
    draft.documents = drafts
    old.documents = documents
    counters = try TableCounters.load(plan.entry.id, in: pages)
    countersChanged = false
    beginWaiting()
  }

  /// Bytes of memory that it keeps, about.
  var memory: Int {
    editors.reduce(rows.memory) { $0 + $1.memory } + oldBytes.capacity + entries.memory
      + oldEntries.memory + scratch.buffer.capacity + assembler.memory + context.memory
  }

  /// What `now` is in this transaction.
  var now: Timestamp { transaction.now }

  /// The next automatic key.
  func takeKey() throws -> Int64 {
    let key = counters.nextKey
    guard key != .min else {
      throw DatabaseError(
        .tooLarge, "\(plan.schema.name): the automatic keys have run out", table: plan.schema.name)
    }
    noteKey(key)
    return key
  }

  /// Moves the counter past a key that is in use.
  @inline(__always)
  func noteKey(_ key: Int64) {
    guard counters.nextKey != .min, key >= counters.nextKey else { return }
    counters.nextKey = key == .max ? .min : key + 1
    countersChanged = true
  }

  @inline(__always)
  func countRows(_ change: Int) {
    // The count is the file's: whatever it says, it stays within what a count can be.
    let (rows, isOver) = Int64(clamping: counters.rows).addingReportingOverflow(Int64(change))
    counters.rows = UInt64(isOver ? .max : max(0, rows))
    countersChanged = true
  }

  /// Goes back to the counters of a savepoint.
  func reset(to counters: TableCounters) { self.counters = counters }

  func storeCounters(with editor: TreeEditor) throws {
    let key = CatalogKey.bytes(.counters, plan.entry.id)
    try key.withUnsafeBytes { key in
      try counters.withBytes { bytes in
        _ = try editor.insert(key, bytes, ifPresent: .replace)
      }
    }
    countersChanged = false
  }

  /// Loads a row into `old`; false when there is none.
  func load(_ key: UnsafeRawBufferPointer) throws -> Bool {
    pages.enter()
    defer { pages.leave() }
    guard let row = try rows.find(key) else { return false }
    oldBytes.clear()
    oldBytes.append(key)
    oldBytes.append(row)
    try old.load(
      key: UnsafeRawBufferPointer(rebasing: oldBytes.bytes[..<key.count]),
      row: UnsafeRawBufferPointer(rebasing: oldBytes.bytes[key.count...]))
    return true
  }

  /// Whether there is a row with a key.
  func contains(_ key: UnsafeRawBufferPointer) throws -> Bool {
    pages.enter()
    defer { pages.leave() }
    return try rows.find(key) != nil
  }

  /// Removes the row in `old` with its entries and documents.
  func removeOld() throws {
    try oldEntries.gather(old, plan, context)
    for entry in oldEntries.all {
      guard try deleteEntry(Int(entry.index), oldEntries.key(entry)) else {
        throw transaction.indexDamage(plan, Int(entry.index))
      }
    }
    guard try rows.delete(old.key) else { throw transaction.indexDamage(plan, nil) }
    if let documents {
      for column in plan.documentColumns where try !old.isNull(column) {
        try documents.free(try old.cell(column))
      }
    }
    countRows(-1)
  }
}

/// Reads the JSON of a row that is not stored yet: its fields hold the text itself.
final class DraftDocuments: DocumentLoader {
  func load(_ cell: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer { cell }
}

extension TableCounters {
  /// The counters of a table in a snapshot.
  static func load(_ table: UInt32, in pages: PageTransaction) throws -> TableCounters {
    let key = CatalogKey.bytes(.counters, table)
    pages.enter()
    defer { pages.leave() }
    return try key.withUnsafeBytes { key in
      guard let bytes = try Catalog.tree.find(key, in: pages) else { return TableCounters() }
      return try TableCounters(bytes)
    }
  }
}
