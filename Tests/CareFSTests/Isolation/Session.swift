import CareFS
import PageStore
import Synchronization

/// A transaction on a thread of its own, one step at a time, so that a test decides how several of
/// them meet.
final class Session: @unchecked Sendable {
  struct Undone: Error {}
  private typealias Step = (Transaction) throws -> Void

  private let lock = Lock()
  private var steps: [Step] = []
  private var done = 0
  private var isBegun = false
  private var ending: Bool?
  private var outcome: Result<Void, any Error>?
  private var failure: (any Error)?
  private var thread: WorkThread?

  /// Begins a transaction that only reads.
  static func reading(_ database: Database) -> Session {
    let session = Session()
    session.start { try database.read { try session.serve($0) } }
    session.waitUntilBegun()
    return session
  }

  /// Asks for a transaction that writes; it waits while another one does.
  static func writing(_ database: Database) -> Session {
    let session = Session()
    session.start { try database.write { try session.serve($0) } }
    return session
  }

  private func start(_ body: @escaping @Sendable () throws -> Void) {
    thread = WorkThread.start { [self] in
      let result = Result { try body() }
      lock.with {
        outcome = result
        isBegun = true
        lock.broadcast()
      }
    }
  }

  private func serve(_ tx: Transaction) throws {
    lock.with {
      isBegun = true
      lock.broadcast()
    }
    while true {
      let step = lock.with { () -> Step? in
        while done == steps.count && ending == nil { lock.wait() }
        return done < steps.count ? steps[done] : nil
      }
      guard let step else { break }
      let problem = Result { try step(tx) }
      lock.with {
        if case .failure(let error) = problem { failure = error }
        done += 1
        lock.broadcast()
      }
    }
    if lock.with({ ending }) == false { throw Undone() }
  }

  func waitUntilBegun() {
    lock.with { while !isBegun { lock.wait() } }
  }

  /// Whether the transaction still waits for its turn after a while.
  var isWaiting: Bool {
    lock.with {
      for _ in 0..<5 where !isBegun { _ = lock.wait(milliseconds: 10) }
      return !isBegun
    }
  }

  /// Runs a step and answers what it found.
  func run<R: Sendable>(_ step: @escaping @Sendable (Transaction) throws -> R) throws -> R {
    let box = Box<R>()
    try lock.with {
      while !isBegun { lock.wait() }
      steps.append { tx in box.value = try step(tx) }
      let wanted = steps.count
      lock.broadcast()
      while done < wanted && outcome == nil { lock.wait() }
      if let failure { throw failure }
      if case .failure(let error)? = outcome { throw error }
    }
    guard let value = box.value else { throw Undone() }
    return value
  }

  private final class Box<R>: @unchecked Sendable {
    var value: R?
  }

  /// Commits; throws what the commit throws.
  func commit() throws { try end(true).get() }

  /// Rolls back.
  func abort() throws {
    do { try end(false).get() } catch is Undone {}
  }

  private func end(_ commits: Bool) -> Result<Void, any Error> {
    lock.with {
      ending = commits
      lock.broadcast()
    }
    thread?.join()
    return lock.with { outcome } ?? .failure(Undone())
  }
}
