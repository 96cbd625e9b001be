import PageStore

extension Database {
  /// Writes in one transaction that begins with new tables. Those that are there already must be
  /// declared alike.
  ///
  /// - Parameter body: is handed the transaction and the number of tables that are new.
  func write<R>(
    adding tables: [TableSchema], _ body: (WriteTransaction, _ added: Int) throws -> R
  ) throws -> R {
    let first = try beginWrite(options.lockTimeoutMilliseconds)
    var transaction = first
    do {
      let catalog = try Catalog.load(first.pages)
      var adaptation = Catalog.Adaptation()
      for table in tables {
        guard let own = catalog.schema.table(table.name) else {
          adaptation.newTables.append(table)
          continue
        }
        guard own == table else {
          throw DatabaseError(
            .schemaMismatch,
            "table \"\(table.name)\" is in the file already and is declared otherwise there; "
              + "load into a new file", table: table.name)
        }
      }
      var plan = first.plan
      if !adaptation.isEmpty {
        plan = try Self.apply(adaptation, to: catalog, in: first.pages, options)
        transaction = WriteTransaction(plan: plan, pages: first.pages, options: options)
      }
      let result = try body(transaction, adaptation.newTables.count)
      try transaction.prepareCommit()
      finish(transaction)
      try transaction.pages.commit()
      // Readers may only learn of tables that are there.
      gate.plan = plan
      gate.leave()
      return result
    } catch {
      let ticket = abandon(transaction)
      defer { gate.leave() }
      throw outcome(error, after: ticket)
    }
  }
}
