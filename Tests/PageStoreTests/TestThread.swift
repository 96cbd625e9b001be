import Synchronization

@testable import PageStore

/// A thread that runs once; what it throws comes back from `join`.
final class TestThread: @unchecked Sendable {
  private let done = Atomic<Bool>(false)
  private let lock = Lock()
  private var problem: (any Error)?
  private var thread: WorkThread?

  init(_ body: @escaping @Sendable () throws -> Void) {
    thread = WorkThread.start { self.run(body) }
    if thread == nil {
      problem = StoreError(.io, "no thread")
      done.store(true, ordering: .releasing)
    }
  }

  private func run(_ body: () throws -> Void) {
    do { try body() } catch { lock.with { problem = error } }
    done.store(true, ordering: .releasing)
  }

  /// Whether the body has ended.
  var isDone: Bool { done.load(ordering: .acquiring) }

  /// Waits for the body's end; throws what it threw.
  func join() throws {
    thread?.join()
    if let problem = lock.with({ problem }) { throw problem }
  }
}
