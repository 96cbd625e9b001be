import PageStore

/// Sorts the entries of a large batch on a thread of its own, one list after the other, while its
/// caller puts those that are sorted into their trees.
///
/// The lists belong to this until `wait` has returned for all of them.
final class BatchSort: @unchecked Sendable {
  private let lists: [SortedEntries]
  private let lock = Lock()
  /// How many lists were begun, in their order, and which are sorted. Guarded by the lock.
  private var begun = 0
  private var isSorted: [Bool]
  private var thread: WorkThread?

  /// Fewer entries are sorted sooner than a thread has begun.
  private static let leastEntries = 1 << 15

  /// Begins to sort, if there is enough of it; else each list is sorted when it is waited for.
  init(_ lists: [SortedEntries]) {
    self.lists = lists
    isSorted = Array(repeating: false, count: lists.count)
    guard lists.reduce(0, { $0 + $1.count }) >= Self.leastEntries else { return }
    thread = WorkThread.start { [self] in while sortNext() {} }
  }

  /// Sorts the next list that nobody has begun; false when there is none.
  private func sortNext() -> Bool {
    let next = lock.with { () -> Int? in
      guard begun < lists.count else { return nil }
      defer { begun += 1 }
      return begun
    }
    guard let next else { return false }
    lists[next].sort()
    lock.with {
      isSorted[next] = true
      lock.broadcast()
    }
    return true
  }

  /// Returns when a list is sorted; helps as long as there is something to sort.
  func wait(for list: Int) {
    while !lock.with({ isSorted[list] }) {
      if sortNext() { continue }
      lock.with { if !isSorted[list] { lock.wait() } }
    }
  }

  /// Ends the thread. Lists that nobody has begun stay as they are.
  func stop() {
    lock.with { begun = lists.count }
    thread?.join()
    thread = nil
  }
}
