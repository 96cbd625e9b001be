import PageStore

/// What the threads of one database share: the current plan, whether it is open, how many
/// transactions are, and which thread writes.
final class DatabaseGate: @unchecked Sendable {
  private let lock = Lock()
  private var current: SchemaPlan
  private var isClosed = false
  private var users = 0
  private var writingThread: ThreadIdentity?

  init(plan: SchemaPlan) { current = plan }

  static var closed: DatabaseError {
    DatabaseError(.closed, "the database has been closed; open it again")
  }

  /// The plan of the current schema.
  var plan: SchemaPlan {
    get { lock.with { current } }
    set { lock.with { current = newValue } }
  }

  /// Counts a transaction in and returns the plan.
  func enter() throws -> SchemaPlan {
    try lock.with {
      guard !isClosed else { throw Self.closed }
      users += 1
      return current
    }
  }

  /// Counts a transaction out.
  func leave() {
    lock.with {
      users -= 1
      if users == 0 { lock.broadcast() }
    }
  }

  /// Refuses a write inside a write of the same thread, which would wait for itself.
  func refuseNestedWrite() throws {
    try lock.with {
      if writingThread == .current {
        throw DatabaseError(
          .misuse, "write inside write: use the transaction that is open, or its savepoint")
      }
    }
  }

  /// Remembers that this thread writes.
  func beginWriting() { lock.with { writingThread = .current } }

  /// Forgets the writing thread.
  func endWriting() { lock.with { writingThread = nil } }

  /// Lets no further transaction in; false when that was done before.
  func close() -> Bool {
    lock.with {
      guard !isClosed else { return false }
      isClosed = true
      return true
    }
  }

  /// Waits until the last open transaction has ended.
  func waitUntilIdle() {
    lock.with {
      while users > 0 { lock.wait() }
    }
  }
}
