import BTree
import PageStore

/// Fills the empty tree of a new index from the rows of its table: entries are gathered, sorted
/// and loaded from the bottom up, as many as the cache may have bytes. Of a larger table the next ones
/// are inserted, sorted as well.
struct IndexBuild {
  private let table: TablePlan
  private let index: Int
  private let transaction: Transaction

  init(_ table: TablePlan, _ index: Int, _ transaction: Transaction) {
    self.table = table
    self.index = index
    self.transaction = transaction
  }

  /// The places of keys have 32 bits, and one row adds 2 GiB at most.
  private var chunkBytes: Int { min(max(transaction.options.cacheBytes, 1 << 20), 1 << 30) }

  func run() throws {
    let context = EvaluationContext()
    let row = try transaction.makeView(table)
    let entries = IndexEntries()
    let sorted = SortedEntries()
    let cursor = table.rows.cursor(in: transaction.pages)
    defer { cursor.close() }
    var found = try cursor.seekFirst()
    while found {
      try row.load(key: cursor.key, row: try cursor.loadValue())
      entries.clear()
      try entries.gather(row, table.indexes[index], index, context)
      for entry in entries.all { sorted.add(entries.key(entry), tag: 0) }
      if sorted.byteCount >= chunkBytes {
        try put(sorted)
        sorted.clear()
      }
      found = try cursor.next()
    }
    try put(sorted)
  }

  private func put(_ sorted: SortedEntries) throws {
    let tree = table.indexes[index].tree.tree
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    var done = 0
    sorted.sort()
    do throws(StoreError) {
      try sorted.put(
        into: tree, tree.editor(in: transaction.pages), in: transaction.pages, done: &done
      ) { _ in empty }
    } catch {
      throw error.code == .exists ? transaction.indexDamage(table, index) : error
    }
  }
}
