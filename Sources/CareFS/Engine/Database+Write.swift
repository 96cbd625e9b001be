import PageStore

extension Database {
  /// Writes in one transaction, on the caller's thread, and returns when it is durable.
  ///
  /// Waits for another writer as long as ``DatabaseOptions/lockTimeoutMilliseconds`` allows. A
  /// write inside a write of the same thread throws `misuse`.
  @discardableResult
  public func write<R>(_ body: (WriteTransaction) throws -> R) throws -> R {
    try write(timeoutMilliseconds: options.lockTimeoutMilliseconds, body)
  }

  /// As `write`, waiting for another writer at most so long; nil waits without end.
  @discardableResult
  public func write<R>(
    timeoutMilliseconds: Int?, _ body: (WriteTransaction) throws -> R
  ) throws -> R {
    let transaction = try beginWrite(timeoutMilliseconds)
    do {
      let result = try body(transaction)
      try transaction.prepareCommit()
      finish(transaction)
      // Outcomes wait for the disk outside the writer's turn: the next writer runs meanwhile.
      try transaction.pages.commit()
      gate.leave()
      return result
    } catch {
      let ticket = abandon(transaction)
      defer { gate.leave() }
      throw outcome(error, after: ticket)
    }
  }

  func beginWrite(_ timeoutMilliseconds: Int?) throws -> WriteTransaction {
    guard !options.readOnly else {
      throw DatabaseError(.readOnly, "the database was opened for reading only")
    }
    try refuseChild()
    try gate.refuseNestedWrite()
    let plan = try gate.enter()
    do {
      let pages = try pager.beginWrite(timeoutMilliseconds: timeoutMilliseconds)
      gate.beginWriting()
      return WriteTransaction(plan: plan, pages: pages, options: options)
    } catch {
      gate.leave()
      throw reported(error)
    }
  }

  /// An error as it is reported; of a full disk with what to do about it.
  func reported(_ error: any Error) -> any Error {
    let error = DatabaseError.reported(error)
    guard var full = error as? DatabaseError, full.code == .diskFull else { return error }
    full.message += pager.fullDiskAdvice
    return full
  }

  /// Ends what the caller may use of a transaction, before its pages are committed.
  func finish(_ transaction: WriteTransaction, hasFailed: Bool = false) {
    transaction.closeWriters(keeps: !hasFailed)
    transaction.end()
    gate.endWriting()
  }

  /// Undoes a transaction. Its outcome is known when the ticket is durable.
  func abandon(_ transaction: WriteTransaction) -> CommitTicket {
    if transaction.isOpen { finish(transaction, hasFailed: true) }
    return transaction.pages.rollbackWithoutWaiting()
  }

  /// The error that a write ends with, once what it read is durable; when that fails, this is the
  /// outcome: what the write read may never have been.
  func outcome(_ error: any Error, after ticket: CommitTicket) -> any Error {
    do throws(StoreError) {
      try ticket.wait()
      return reported(error)
    } catch let failure {
      return DatabaseError.reported(failure)
    }
  }
}
