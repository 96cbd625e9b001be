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
    sorted.sort()
    if try tree.isEmpty(in: transaction.pages) {
      let loader = try BulkLoader(tree, in: transaction.pages)
      for rank in 0..<sorted.count { try loader.append(sorted.key(rank), empty) }
      return try loader.finish()
    }
    let editor = tree.editor(in: transaction.pages)
    for rank in 0..<sorted.count {
      guard try editor.insert(sorted.key(rank), empty) else {
        throw transaction.indexDamage(table, index)
      }
    }
  }
}
