import BTree
import PageStore

/// What a compaction did.
public struct CompactReport: Sendable {
  /// Bytes of the page file before.
  public var before: UInt64
  /// Bytes of the page file after.
  public var after: UInt64
}

extension Database {
  /// Rewrites a database file that nobody has open: each tree is loaded anew from the bottom up,
  /// in order and without gaps. At any crash the old or the new file is whole. Rows, ids and
  /// counters stay what they are. Of deleted rows and documents nothing is left in the new file, nor
  /// in the log, which goes; the old file's blocks are given back to the file system as they are.
  ///
  /// - Parameter progress: is told the table that is being copied, and may throw to end it.
  public static func compact(
    path: String, options: DatabaseOptions = DatabaseOptions(),
    progress: ((String) throws -> Void)? = nil
  ) throws -> CompactReport {
    try reporting {
      let sizes = try Pager.rewrite(
        path: path, fileSystem: options.fileSystem ?? PosixFileSystem.shared,
        options: options.pagerOptions
      ) { from, to in
        try copy(from, to, options, progress)
      }
      return CompactReport(before: sizes.before, after: sizes.after)
    }
  }

  private static func copy(
    _ from: PageTransaction, _ to: PageTransaction, _ options: DatabaseOptions,
    _ progress: ((String) throws -> Void)?
  ) throws {
    let old = try Catalog.load(from)
    let plan = try SchemaPlan(old)
    // The catalog's tree comes first: its root is the first page of every file.
    let made = try Tree.create(id: CatalogKey.treeID, in: to)
    guard made.root == Pager.firstPage else {
      throw DatabaseError(.misuse, "the catalog must be the first tree of a file")
    }
    var new = old
    for (position, entry) in old.entries.enumerated() {
      try progress?(entry.schema.name)
      func moved(_ tree: CatalogTree) throws -> CatalogTree {
        let made = try Tree.create(id: tree.id, in: to)
        try copy(tree.tree, from, made, to)
        return CatalogTree(id: tree.id, root: made.root)
      }
      var entry = entry
      if let documents = entry.documents, try DocumentCopy.isNeeded(documents.tree, in: from) {
        let rows = try Tree.create(id: entry.rows.id, in: to)
        let made = try Tree.create(id: documents.id, in: to)
        try DocumentCopy(plan.tables[position], from: from, to: to)
          .run(rows: rows, documents: (documents.tree, made))
        entry.rows = CatalogTree(id: entry.rows.id, root: rows.root)
        entry.documents = CatalogTree(id: documents.id, root: made.root)
      } else {
        entry.rows = try moved(entry.rows)
        entry.documents = try entry.documents.map(moved)
      }
      entry.unique = try entry.unique.map(moved)
      entry.indexes = try entry.indexes.map(moved)
      for index in entry.childIndexes.indices {
        entry.childIndexes[index].tree = try moved(entry.childIndexes[index].tree)
      }
      new.entries[position] = entry
    }
    let editor = Catalog.tree.editor(in: to)
    try new.store(tables: new.entries, with: editor)
    try copyRest(from, editor)
  }

  /// Copies the entries of the catalog that do not name pages.
  private static func copyRest(_ from: PageTransaction, _ editor: TreeEditor) throws {
    let cursor = Catalog.tree.cursor(in: from)
    defer { cursor.close() }
    var found = try cursor.seekFirst()
    while found {
      let kind = CatalogKey.Kind(rawValue: cursor.key.first ?? .max)
      if kind != .database, kind != .table {
        _ = try editor.insert(cursor.key, try cursor.loadValue(), ifPresent: .replace)
      }
      found = try cursor.next()
    }
  }

  private static func copy(
    _ tree: Tree, _ from: PageTransaction, _ target: Tree, _ to: PageTransaction
  ) throws {
    let cursor = tree.cursor(in: from)
    defer { cursor.close() }
    let loader = try BulkLoader(target, in: to)
    var found = try cursor.seekFirst()
    while found {
      try loader.append(cursor.key, try cursor.loadValue())
      found = try cursor.next()
    }
    try loader.finish()
  }
}
