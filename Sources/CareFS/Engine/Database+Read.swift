import PageStore

extension Database {
  /// Reads a consistent snapshot. Never waits for a writer. `read` within `read` or `write` opens
  /// a snapshot of its own.
  public func read<R>(_ body: (ReadTransaction) throws -> R) throws -> R {
    let transaction = try beginRead()
    defer { end(transaction) }
    return try reporting { try body(transaction) }
  }

  /// Reads a consistent snapshot on the caller's task.
  public func read<R: Sendable>(_ body: @Sendable (ReadTransaction) throws -> R) async throws -> R {
    let transaction = try beginRead()
    defer { end(transaction) }
    return try reporting { try body(transaction) }
  }

  func beginRead() throws -> ReadTransaction {
    try refuseChild()
    let plan = try gate.enter()
    do {
      return ReadTransaction(plan: plan, pages: try pager.beginRead(), options: options)
    } catch {
      gate.leave()
      throw DatabaseError.reported(error)
    }
  }

  func end(_ transaction: ReadTransaction) {
    transaction.end()
    transaction.pages.rollback()
    gate.leave()
  }
}
