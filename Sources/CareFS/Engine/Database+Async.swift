import PageStore

extension Database {
  /// Writes in one transaction on the database's writer thread; returns when it is durable.
  ///
  /// The task is suspended meanwhile. Writes that wait together share one sync.
  @discardableResult
  public func write<R: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws -> R
  ) async throws -> R {
    try refuseChild()
    return try await withCheckedThrowingContinuation { continuation in
      let isQueued = writer.submit { [self] in
        do {
          let transaction = try beginWrite(options.lockTimeoutMilliseconds)
          let result: R
          let ticket: CommitTicket
          do {
            result = try body(transaction)
            try transaction.prepareCommit()
            finish(transaction)
            ticket = try transaction.pages.commitWithoutWaiting()
          } catch {
            let ticket = abandon(transaction)
            return { [self] in
              let outcome = outcome(error, after: ticket)
              gate.leave()
              continuation.resume(throwing: outcome)
            }
          }
          return { [gate] in
            do {
              try ticket.wait()
              gate.leave()
              continuation.resume(returning: result)
            } catch {
              gate.leave()
              continuation.resume(throwing: DatabaseError.reported(error))
            }
          }
        } catch {
          continuation.resume(throwing: DatabaseError.reported(error))
          return nil
        }
      }
      if !isQueued { continuation.resume(throwing: DatabaseGate.closed) }
    }
  }
}
