import BTree
import PageStore

/// Fills the empty tree of a new index from the rows of its table: entries are gathered, sorted
/// and loaded from the bottom up.
struct IndexBuild {
  private let table: TablePlan
  private let index: Int

  init(_ table: TablePlan, _ index: Int) {
    self.table = table
    self.index = index
  }

  func run(_ transaction: Transaction) throws {
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
      found = try cursor.next()
    }
    let loader = try BulkLoader(table.indexes[index].tree.tree, in: transaction.pages)
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    sorted.sort()
    for rank in 0..<sorted.count { try loader.append(sorted.key(rank), empty) }
    try loader.finish()
  }
}
