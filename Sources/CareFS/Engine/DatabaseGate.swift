#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the threads of one database share: the current plan, whether it is open, how many
/// transactions are, and which thread writes.
final class DatabaseGate: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var current: SchemaPlan
  private var isClosed = false
  private var users = 0
  private var writingThread: pthread_t?

  init(plan: SchemaPlan) {
    current = plan
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  @inline(__always)
  private func locked<R>(_ body: () throws -> R) rethrows -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  static var closed: DatabaseError {
    DatabaseError(.closed, "the database has been closed; open it again")
  }

  /// The plan of the current schema.
  var plan: SchemaPlan {
    get { locked { current } }
    set { locked { current = newValue } }
  }

  /// Counts a transaction in and returns the plan.
  func enter() throws -> SchemaPlan {
    try locked {
      guard !isClosed else { throw Self.closed }
      users += 1
      return current
    }
  }

  /// Counts a transaction out.
  func leave() {
    locked {
      users -= 1
      if users == 0 { pthread_cond_broadcast(condition) }
    }
  }

  /// Refuses a write inside a write of the same thread, which would wait for itself.
  func refuseNestedWrite() throws {
    try locked {
      if let writingThread, pthread_equal(writingThread, pthread_self()) != 0 {
        throw DatabaseError(
          .misuse, "write inside write: use the transaction that is open, or its savepoint")
      }
    }
  }

  /// Remembers that this thread writes.
  func beginWriting() { locked { writingThread = pthread_self() } }

  /// Forgets the writing thread.
  func endWriting() { locked { writingThread = nil } }

  /// Lets no further transaction in; false when that was done before.
  func close() -> Bool {
    locked {
      guard !isClosed else { return false }
      isClosed = true
      return true
    }
  }

  /// Waits until the last open transaction has ended.
  func waitUntilIdle() {
    locked {
      while users > 0 { pthread_cond_wait(condition, mutex) }
    }
  }
}
