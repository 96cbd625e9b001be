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

  /// Writes a packed copy of a database into a new file, and leaves it as it is. Takes a snapshot, so
  /// another process may go on writing; the copy is a database of its own.
  ///
  /// - Parameters:
  ///   - output: the new file, which must not exist.
  ///   - progress: is told the table that is being copied, and may throw to end it.
  public static func compact(
    path: String, into output: String, options: DatabaseOptions = DatabaseOptions(),
    progress: ((String) throws -> Void)? = nil
  ) throws -> CompactReport {
    try reporting {
      let fileSystem = options.fileSystem ?? PosixFileSystem.shared
      var pagerOptions = options.pagerOptions
      pagerOptions.isReadOnly = true
      let source = try Pager.open(path: path, fileSystem: fileSystem, options: pagerOptions)
      defer { try? source.close() }
      pagerOptions.isReadOnly = false
      pagerOptions.pageSize = source.pageSize
      pagerOptions.bulkLogBytes = 0
      pagerOptions.writesNewPagesEarly = true
      let target = try Pager.create(path: output, fileSystem: fileSystem, options: pagerOptions)
      do {
        try copy(source, target, options, progress)
        try target.close()
      } catch {
        try? target.close()
        removeUnfinished(output, fileSystem)
        throw error
      }
      let copied = try fileSystem.open(output, .readOnly)
      defer { copied.close() }
      return CompactReport(before: try source.fileBytes(), after: try copied.size())
    }
  }

  /// Removes a new database that could not be completed, as far as that goes.
  static func removeUnfinished(_ path: String, _ fileSystem: any FileSystem) {
    for name in [path, Pager.logPath(path)] { try? fileSystem.remove(name) }
  }

  private static func copy(
    _ source: Pager, _ target: Pager, _ options: DatabaseOptions,
    _ progress: ((String) throws -> Void)?
  ) throws {
    let from = try source.beginRead()
    defer { from.rollback() }
    let to = try target.beginWrite()
    do {
      try copy(from, to, options, progress)
      try to.commit()
    } catch {
      to.rollback()
      throw error
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
    // Roots never move: at the file's beginning they are in the way of nothing.
    for position in old.entries.indices {
      try new.entries[position].moveTrees { tree in
        CatalogTree(id: tree.id, root: try Tree.create(id: tree.id, in: to).root)
      }
    }
    for (position, (entry, copied)) in zip(old.entries, new.entries).enumerated() {
      try progress?(entry.schema.name)
      var trees = Array(zip(entry.trees, copied.trees))
      if let documents = entry.documents?.tree, let target = copied.documents?.tree,
        try DocumentCopy.isNeeded(documents, in: from)
      {
        try DocumentCopy(plan.tables[position], from: from, to: to)
          .run(rows: copied.rows.tree, documents: (documents, target))
        trees.removeFirst(2)
      }
      for (tree, target) in trees { try copy(tree.tree, from, target.tree, to) }
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
    let loader = try BulkLoader(target, in: to)
    try loader.append(contentsOf: tree, in: from)
    try loader.finish()
  }
}
