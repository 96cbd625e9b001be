import PageStore

extension Database {
  /// Writes changed pages to the page file now, on this thread. The engine does so by itself; a
  /// simulation chooses the moment.
  package func checkpoint() throws { try reporting { try pager.checkpoint() } }

  /// Writes in one transaction that joins the log's next group: durable when the ticket's `wait`
  /// returns, as one of several writes that tasks made at once.
  package func writeWithoutWaiting(
    _ body: (WriteTransaction) throws -> Void
  ) throws -> CommitTicket {
    let transaction = try beginWrite(options.lockTimeoutMilliseconds)
    do {
      try body(transaction)
      try transaction.prepareCommit()
      finish(transaction)
      let ticket = try transaction.pages.commitWithoutWaiting()
      gate.leave()
      return ticket
    } catch {
      let ticket = abandon(transaction)
      defer { gate.leave() }
      throw outcome(error, after: ticket)
    }
  }
}
