import PageStore
import Synchronization

/// Work that is spread over threads, each taking the next piece.
enum Workers {
  /// Calls `body` with each of `0 ..< count` on `threads` threads, until all are done or `isOver`
  /// says that the time is up. Answers how many pieces were done.
  @discardableResult
  static func run(
    _ count: Int, threads: Int, until isOver: @escaping @Sendable () -> Bool = { false },
    _ body: @escaping @Sendable (Int) -> Void
  ) -> Int {
    let progress = Progress()
    let work: @Sendable () -> Void = {
      while !isOver() {
        let piece = progress.next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard piece < count else { return }
        body(piece)
        progress.done.wrappingAdd(1, ordering: .relaxed)
      }
    }
    let helpers = (1..<max(threads, 1)).compactMap { _ in WorkThread.start(work) }
    work()
    for helper in helpers { helper.join() }
    return progress.done.load(ordering: .relaxed)
  }

  private final class Progress: Sendable {
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
  }
}

/// A moment after which a part stops looking for more to try.
struct Deadline: Sendable {
  private let end: ContinuousClock.Instant

  /// `minutes` from now.
  init(minutes: Double) { end = .now + .seconds(minutes * 60) }

  /// Whether the moment has passed.
  var isOver: Bool { .now >= end }
}
