import BTree
import PageStore

/// Copies the rows of a table whose documents share dictionaries, and stores each document anew.
///
/// A dictionary is made of words of documents, and those may have been deleted since. New ones are
/// made of what is still there, so that nothing else is left of the rest.
struct DocumentCopy {
  private let table: TablePlan
  private let from: PageTransaction
  private let to: PageTransaction

  init(_ table: TablePlan, from: PageTransaction, to: PageTransaction) {
    self.table = table
    self.from = from
    self.to = to
  }

  /// Whether a tree of documents has dictionaries.
  static func isNeeded(_ documents: Tree, in pages: PageTransaction) throws -> Bool {
    let cursor = documents.cursor(in: pages)
    defer { cursor.close() }
    let mark = [DocumentFormat.dictionaryMark]
    return try mark.withUnsafeBytes { mark in
      try cursor.seek(mark) && cursor.key.first == DocumentFormat.dictionaryMark
    }
  }

  /// Fills new trees from the old ones. The ids of documents go on where they were.
  func run(rows: Tree, documents: (old: Tree, new: Tree)) throws {
    let source = DocumentStore(tree: documents.old, in: from)
    let target = DocumentStore(tree: documents.new, in: to)
    try target.startIDs(at: try source.readCounter())
    let view = try RecordView(table.layout)
    let builder = RowBuilder(table.layout.row)
    let cursor = table.rows.cursor(in: from)
    defer { cursor.close() }
    let loader = try BulkLoader(rows, in: to)
    var found = try cursor.seekFirst()
    while found {
      let row = try cursor.loadValue()
      try view.load(key: cursor.key, row: row)
      let columns = table.documentColumns.filter { !view.row.isNull(table.layout.places[$0].row) }
      if columns.isEmpty {
        try loader.append(cursor.key, row)
      } else {
        try builder.begin(copying: view.row)
        for column in columns {
          let text = try source.load(try view.cell(column))
          let cell = try target.store(text, column: table.entry.columnIDs[column])
          builder.setField(table.layout.places[column].row, cell)
        }
        try loader.append(cursor.key, try builder.finish())
      }
      found = try cursor.next()
    }
    try loader.finish()
  }
}
