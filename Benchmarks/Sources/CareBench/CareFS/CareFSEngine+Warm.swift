import CareFS

extension CareFSEngine {
  /// By the engine's own counts: such reads write nothing, sync nothing and, where the cache holds the
  /// whole file, neither read a page nor ask for memory for one.
  func warm(_ work: String, _ reads: () throws -> Void) throws {
    let before = try database().metrics
    try reads()
    let done = try database().metrics.since(before)
    guard done.cacheHits > 0 else { throw BenchError("\(work): carefs counted no page") }
    var still = [
      ("pages written", done.pagesWritten), ("pages spilled", done.pagesSpilled),
      ("log bytes", done.logBytesWritten), ("syncs", done.syncs), ("commits", done.commits),
    ]
    if store.isWholeInMemory {
      still.append(("pages read", done.pagesRead))
      still.append(("allocations of the page pool", done.poolAllocations))
    }
    let moved = still.filter { $0.1 != 0 }
    guard moved.isEmpty else {
      let figures = moved.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
      throw BenchError("\(work): carefs did more than look at pages in memory: \(figures)")
    }
  }
}
