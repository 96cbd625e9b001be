import BTree
import PageStore

/// Sizes and shapes of a database.
public struct DatabaseStats: Sendable {
  /// One tree: the rows, an index or the documents of a table.
  public struct Tree: Sendable {
    /// Entries.
    public var entries = 0
    /// Levels from the root to the leaves.
    public var depth = 0
    /// Pages, overflow pages too.
    public var pages = 0
    /// Overflow pages.
    public var overflowPages = 0
    /// Bytes of all pages.
    public var bytes: UInt64 = 0
    /// How full the leaves are, 0 to 1.
    public var fill = 0.0
  }

  /// One table.
  public struct Table: Sendable {
    /// Its name.
    public var name: String
    /// Its rows.
    public var rows: UInt64
    /// The tree of the rows.
    public var tree: Tree
    /// The indexes by name: unique constraints, declared ones, and those made for references.
    public var indexes: [(name: String, tree: Tree)]
    /// The tree of documents that are too large for their rows.
    public var documents: Tree?
    /// Bytes of all JSON documents as they were given.
    public var documentBytes: UInt64
    /// Bytes that those documents take in rows and in the tree of documents.
    public var storedDocumentBytes: UInt64

    /// Bytes of all its pages.
    public var bytes: UInt64 {
      indexes.reduce(tree.bytes + (documents?.bytes ?? 0)) { $0 + $1.tree.bytes }
    }
  }

  /// The tables, in the schema's order.
  public var tables: [Table] = []
  /// Bytes of a page.
  public var pageSize = 0
  /// Bytes of the page file.
  public var fileBytes: UInt64 = 0
  /// Bytes of free pages.
  public var freeBytes: UInt64 = 0
  /// Bytes of the log's file.
  public var logBytes: UInt64 = 0
  /// How many bytes the log has grown by since the oldest reader of this handle began.
  public var oldestReaderLag: UInt64 = 0
  /// Bytes of the catalog's pages.
  public var catalogBytes: UInt64 = 0
}

extension Database {
  /// Measures all tables and indexes. Reads every page once.
  public func stats(progress: ((String) throws -> Void)? = nil) throws -> DatabaseStats {
    let transaction = try beginRead()
    defer { end(transaction) }
    return try reporting {
      var stats = DatabaseStats()
      let pages = transaction.pages
      stats.pageSize = pages.pageSize
      let report = try pager.verifyPages(in: pages)
      let size = UInt64(pages.pageSize)
      stats.fileBytes = UInt64(report.pageCount) * size
      stats.freeBytes = UInt64(report.freeCount) * size
      stats.logBytes = try pager.logFileBytes()
      stats.oldestReaderLag = pager.oldestReaderLag
      stats.catalogBytes = try measure(Catalog.tree, pages).bytes
      for table in transaction.plan.tables {
        try progress?(table.schema.name)
        stats.tables.append(try measure(table, transaction))
      }
      return stats
    }
  }

  private func measure(
    _ tree: BTree.Tree, _ pages: PageTransaction,
    _ visit: ((UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> DatabaseStats.Tree {
    let report = try tree.check(in: pages, visit: visit)
    if let finding = report.findings.first {
      throw DatabaseError(
        .corrupt, "\(finding.description); run carefs check", page: finding.page)
    }
    let bytes = UInt64(report.pages.count) * UInt64(pages.pageSize)
    return DatabaseStats.Tree(
      entries: report.entries, depth: report.depth, pages: report.pages.count,
      overflowPages: report.overflowPages, bytes: bytes,
      fill: report.leafBytes > 0 ? Double(report.leafBytesUsed) / Double(report.leafBytes) : 0)
  }

  private func measure(
    _ table: TablePlan, _ transaction: Transaction
  ) throws -> DatabaseStats.Table {
    let pages = transaction.pages
    let row = try transaction.makeView(table)
    var given: UInt64 = 0
    var stored: UInt64 = 0
    let tree = try measure(table.rows, pages) { key, value in
      guard !table.documentColumns.isEmpty else { return }
      try row.load(key: key, row: value)
      for column in table.documentColumns where try !row.isNull(column) {
        stored += UInt64(try row.cell(column).count)
        given += UInt64(try row.bytes(column).count)
      }
    }
    var stats = DatabaseStats.Table(
      name: table.schema.name, rows: try transaction.rowCount(table), tree: tree, indexes: [],
      documents: nil, documentBytes: given, storedDocumentBytes: stored)
    for index in table.indexes {
      stats.indexes.append((index.name, try measure(index.tree.tree, pages)))
    }
    if let documents = table.documents {
      let tree = try measure(documents, pages)
      stats.documents = tree
      if tree.entries > 0 { stats.storedDocumentBytes += tree.bytes }
    }
    return stats
  }
}
