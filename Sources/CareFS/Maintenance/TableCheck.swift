import BTree
import PageStore

/// Checks one table: every row decodes and holds what it must, every index has exactly the rows'
/// entries, references lead to rows, documents are whole.
final class TableCheck {
  let transaction: Transaction
  let table: TablePlan
  private(set) var report = CheckReport()
  /// The pages of each tree.
  private(set) var trees: [(id: UInt32, pages: [PageNumber])] = []

  let row: RecordView
  let documentCheck = DocumentCheck()
  let context = EvaluationContext()
  let entries = IndexEntries()
  let scratch = KeyEncoder()
  let columns: CheckedColumns
  /// What the rows that were read say must be in each index.
  let expected: UnsafeMutableBufferPointer<EntrySum>
  let tally: UnsafeMutablePointer<Tally>
  private var isReadable = true

  /// What was counted; behind a pointer because accesses to a class's variables are checked at run
  /// time.
  struct Tally {
    var rows = 0
    var entries = 0
    var highestKey = Int64.min
    /// The entries of the index that is being read.
    var sum = EntrySum()
  }

  init(_ transaction: Transaction, _ table: TablePlan) throws {
    self.transaction = transaction
    self.table = table
    row = try transaction.makeView(table)
    columns = CheckedColumns(table)
    expected = .allocate(capacity: table.indexes.count)
    expected.initialize(repeating: EntrySum())
    tally = .allocate(capacity: 1)
    tally.initialize(to: Tally())
  }

  deinit {
    expected.deallocate()
    tally.deallocate()
  }

  func add(
    _ message: String, index: Int? = nil, page: PageNumber? = nil,
    key: UnsafeRawBufferPointer? = nil
  ) {
    report.add(
      .init(
        page: page, table: table.schema.name, index: index.map { table.indexes[$0].name },
        key: key.flatMap(values), message: "\(table.schema.name): \(message)"))
  }

  private func values(_ key: UnsafeRawBufferPointer) -> [Value]? {
    var decoder = KeyDecoder(key)
    return try? table.layout.keyParts.map { try decoder.value($0) }
  }

  /// Damage that reading meets becomes a finding; other failures are thrown.
  func guarding(_ what: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as StoreError where error.code == .corrupt {
      isReadable = false
      add("\(what) cannot be read: \(error.message)", page: error.page)
    } catch let error as RowError {
      isReadable = false
      add("\(what) is damaged: \(error)")
    } catch let error as DatabaseError where error.code == .corrupt {
      isReadable = false
      add("\(what) is damaged: \(error.message)", page: error.page)
    }
  }

  private func tree(
    _ tree: Tree, _ what: String,
    _ visit: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try guarding(what) {
      let result = try tree.check(in: transaction.pages, visit: visit)
      note(result.findings, what)
      trees.append((tree.id, result.pages))
    }
  }

  /// Adds what was found in a tree.
  func note(_ findings: [TreeReport.Finding], _ what: String) {
    for finding in findings {
      isReadable = false
      add("\(what): \(finding.message)", page: finding.page)
    }
  }

  /// Checks pages and the order of keys alone.
  func runQuick() throws {
    let tally = tally
    try tree(table.rows, Self.rowsName) { _, _ in tally.pointee.rows += 1 }
    for index in table.indexes {
      try tree(index.tree.tree, "index \(index.name)") { _, _ in tally.pointee.entries += 1 }
    }
    if let documents = table.documents { try tree(documents, Self.documentsName) { _, _ in } }
    count()
  }

  /// Checks everything.
  func run() throws {
    try tree(table.rows, Self.rowsName) { [self] key, value in try visit(key, value) }
    try checkCounters()
    for (index, plan) in table.indexes.enumerated() {
      tally.pointee.sum = EntrySum()
      try tree(plan.tree.tree, "index \(plan.name)") { [tally] key, value in
        tally.pointee.entries &+= 1
        tally.pointee.sum.add(key, value)
      }
      if tally.pointee.sum != expected[index] { try compare(index) }
    }
    if let documents = table.documents {
      try tree(documents, Self.documentsName) { [self] key, value in
        documentCheck.entry(key, value)
      }
      finishDocuments()
    }
    for reference in table.outgoing { try checkReference(reference) }
    count()
  }

  static let rowsName = "the tree of the rows"
  static let documentsName = "the tree of documents"

  /// Checks a row; damage becomes a finding.
  @inline(__always)
  func visit(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws {
    tally.pointee.rows &+= 1
    do { try check(key, value) } catch let error as StoreError where error.code != .corrupt {
      throw error
    } catch {
      isReadable = false
      add("a row cannot be read: \(error)", key: key)
    }
  }

  /// Compares rows and documents, once all are known.
  func finishDocuments() {
    documentCheck.finish()
    for finding in documentCheck.findings { add(finding) }
  }

  private func count() {
    report.rows = tally.pointee.rows
    report.entries = tally.pointee.entries
  }

  /// Adds what an index that does not agree with the rows lacks a reason for.
  func noteDisagreement(_ index: Int) {
    guard isReadable else { return }
    add("index \(table.indexes[index].name) does not agree with the rows", index: index)
  }

  /// Compares the rows with what the catalog says of them.
  func checkCounters() throws {
    try guarding("the table's entry in the catalog") {
      let counters = try TableCounters.load(table.entry.id, in: transaction.pages)
      let found = tally.pointee
      if counters.rows != UInt64(found.rows), isReadable {
        add("the catalog counts \(counters.rows) rows, there are \(found.rows)")
      }
      if table.automaticKey != nil, counters.nextKey != .min, found.rows > 0,
        counters.nextKey <= found.highestKey
      {
        add("the next automatic key is in use already")
      }
    }
  }
}
