import PageStore

extension Database {
  /// Saves every row of a damaged file that can be read into a new one.
  ///
  /// Rows are read from the leaves alone, so what is lost are rows of the pages that cannot be read,
  /// not those behind them. Of a damaged log the sound commits are applied; a page that lacks a change
  /// is taken as it was before. The new file holds its schema's constraints: a row that lost its
  /// parent, or a column, or that breaks a constraint, goes to ``RecoverEvents/refused`` instead.
  /// The damaged file stays as it is. For a while the disk must hold the rows twice more.
  ///
  /// - Parameters:
  ///   - path: the damaged file; no other process may be writing it.
  ///   - output: the new file, which must not exist.
  /// - Throws: `corrupt` or `notADatabase` when nothing tells what the file held; `exists`.
  public static func recover(
    path: String, into output: String, options: DatabaseOptions = DatabaseOptions(),
    events: RecoverEvents = RecoverEvents()
  ) throws -> RecoverReport {
    try reporting {
      let fileSystem = options.fileSystem ?? PosixFileSystem.shared
      guard try fileSystem.identity(of: output) == nil else {
        throw DatabaseError(.exists, "\(output) is there already: name a new file")
      }
      var report = RecoverReport()
      let damaged = try Pager.salvage(
        path: path, fileSystem: fileSystem, options: options.pagerOptions)
      defer { try? damaged.close() }
      report.notes = [damaged.headerNote].compactMap { $0 }
      if let note = damaged.lossNote { report.doubt(note) }
      let pages = try damaged.beginRead()
      let leaves = try SalvagedLeaves(pages, &report, progress: events.progress)
      let catalog = try SalvagedCatalog(pages, leaves, &report)
      let store = try salvage(
        pages, leaves, catalog, output, fileSystem, options, events, &report)
      pages.rollback()
      defer { store.remove() }
      try load(store, catalog, into: output, options, events, &report)
      return report
    }
  }

  private static func salvage(
    _ pages: PageTransaction, _ leaves: SalvagedLeaves, _ catalog: SalvagedCatalog,
    _ output: String, _ fileSystem: any FileSystem, _ options: DatabaseOptions,
    _ events: RecoverEvents, _ report: inout RecoverReport
  ) throws -> SalvageStore {
    report.tables = catalog.entries.map { entry in
      RecoverReport.Table(name: entry.schema.name, counted: catalog.rows(of: entry.id))
    }
    if leaves.doubtfulCount > 0 {
      report.doubt(
        "a map of free pages is damaged: of \(leaves.doubtfulCount) pages nothing tells whether "
          + "their rows had been deleted")
    }
    return try SalvageStore(
      output + "-salvage", fileSystem, options, from: pages, leaves, catalog, &report,
      progress: events.progress)
  }

  private static func load(
    _ store: SalvageStore, _ catalog: SalvagedCatalog, into output: String,
    _ options: DatabaseOptions, _ events: RecoverEvents, _ report: inout RecoverReport
  ) throws {
    var options = options
    options.readOnly = false
    options.pageSize = store.pager.pageSize
    let pages = try store.pager.beginRead()
    defer { pages.rollback() }
    let source = Transaction(plan: store.plan, pages: pages, options: options)
    let fileSystem = options.fileSystem ?? PosixFileSystem.shared
    let database: Database
    do {
      database = try Database.create(path: output, schema: store.plan.schema, options: options)
    } catch let error as DatabaseError {
      // A file that another process has made meanwhile is not this one's to remove.
      if error.code != .exists { removeUnfinished(output, fileSystem) }
      throw error
    }
    do {
      report.tables = try database.write { target in
        let load = RecoverLoad(from: source, to: target, report.tables, events)
        try load.run(nextKeys: catalog.entries.map { catalog.counters[$0.id]?.nextKey })
        return load.tables
      }
      try database.close()
    } catch {
      try? database.close()
      removeUnfinished(output, fileSystem)
      throw error
    }
  }
}
