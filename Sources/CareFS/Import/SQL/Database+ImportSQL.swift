/// How a dump is loaded.
public struct SQLImportOptions: Sendable {
  /// What happens to a row whose key, or another unique value, is there already.
  public var onConflict = ImportOptions.Conflict.fail

  /// Refuses duplicates.
  public init() {}
}

/// What loading a dump did.
public struct SQLImportReport: Sendable, Hashable {
  /// Tables that are new.
  public var tables = 0
  /// What became of the rows.
  public var rows = ImportReport()

  /// Nothing was done yet.
  public init() {}
}

extension Database {
  /// Loads an SQL dump: makes its tables, indexes and references and loads its rows, all in one
  /// transaction.
  ///
  /// The dump is read twice: first what it says about its tables, then its rows. Constraints hold
  /// at the end, so rows may refer to later ones, of later tables too. A table that is there
  /// already must be declared as in the dump, and takes its rows. What is passed over, such as
  /// views, is told to ``ImportEvents/noted``.
  ///
  /// - Parameter source: gives the dump from its beginning; called twice.
  /// - Throws: ``FormatError`` for a dump that is not understood; without
  ///   ``ImportEvents/rejected`` the error of the first refused row, its line in front. Nothing is
  ///   kept then.
  public func importSQL(
    from source: () throws -> any ByteSource, _ options: SQLImportOptions = SQLImportOptions(),
    events: ImportEvents = ImportEvents()
  ) throws -> SQLImportReport {
    let schema = try SQLSchemaReader.read(
      try source(), progress: { try events.progress?(0) },
      note: { try events.noted?($0, $1) })
    var report = SQLImportReport()
    report.rows = try write(adding: schema.tables.map(\.schema)) { transaction, added in
      report.tables = added
      let rows = try SQLRows(try source(), schema, transaction.plan)
      let load = SQLLoad(transaction, rows, options, events)
      try load.run()
      return load.report
    }
    return report
  }
}
