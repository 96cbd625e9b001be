import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lets several threads share the tasks of one operation, and waits for them.
package enum WorkGroup {
  /// How many threads are of use: one for each core, at most eight.
  package static let threads = min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), 8)

  /// Calls `body` on this thread and on up to `threads - 1` others, and returns when all are done.
  /// Each takes tasks from the queue until there are none.
  ///
  /// - Throws: the first error of a thread; the others are told to stop.
  package static func run<Failure: Error>(
    _ tasks: Int, threads: Int,
    _ body: @escaping @Sendable (_ queue: WorkQueue, _ isCaller: Bool) throws(Failure) -> Void
  ) throws(Failure) {
    let queue = WorkQueue(tasks)
    let failure = FirstFailure<Failure>()
    let work: @Sendable (Bool) -> Void = { isCaller in
      do throws(Failure) {
        try body(queue, isCaller)
      } catch {
        queue.stop()
        failure.note(error)
      }
    }
    // A thread that the system does not give leaves its share to the others.
    let others = (1..<max(min(threads, tasks), 1)).map { _ in WorkThread.start { work(false) } }
    work(true)
    for thread in others { thread?.join() }
    if let error = failure.error { throw error }
  }
}

/// Numbers of tasks, each handed out once.
package final class WorkQueue: Sendable {
  private let count: Int
  private let next = Atomic<Int>(0)

  init(_ count: Int) { self.count = count }

  /// The next task; nil when none is left or the rest is not wanted any more.
  package func take() -> Int? {
    let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return task < count ? task : nil
  }

  /// Hands out no more tasks.
  package func stop() { next.store(count, ordering: .relaxed) }
}

private final class FirstFailure<Failure: Error>: @unchecked Sendable {
  private let lock = Lock()
  private var first: Failure?
  var error: Failure? { lock.with { first } }
  func note(_ error: Failure) { lock.with { if first == nil { first = error } } }
}
