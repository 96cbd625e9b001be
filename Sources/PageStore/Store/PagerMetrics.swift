import Synchronization

/// Counts of work since a store was opened, and how much memory its pages take.
public struct PagerMetrics: Sendable {
  /// Looks of transactions that have ended at pages.
  public var pageLooks: UInt64 = 0
  /// Those of them that had to read the page file or the spill file.
  public var pageMisses: UInt64 = 0
  /// Pages read from the page file.
  public var pagesRead: UInt64 = 0
  /// Pages written to the page file, its headers too.
  public var pagesWritten: UInt64 = 0
  /// Syncs of the page file.
  public var pageFileSyncs: UInt64 = 0
  /// Commits, durable or not yet.
  public var commits: UInt64 = 0
  /// Checkpoints completed.
  public var checkpoints: UInt64 = 0
  /// Pages evicted from the cache.
  public var evictions: UInt64 = 0
  /// Pages written to the spill file.
  public var pagesSpilled: UInt64 = 0
  /// How often the system was asked for memory: for pages, or for what is kept beside them.
  public var allocations: UInt64 = 0
  /// Page buffers in memory.
  public var pagesInMemory: Int = 0
  /// Those of them that hold a page.
  public var pagesInUse: Int = 0
  /// The most page buffers in memory at once.
  public var mostPagesInMemory: Int = 0
  /// What the log has written.
  public var log = LogCounts()
}

extension Pager {
  /// Counts of work since the store was opened. All zero in a process made by fork.
  public var metrics: PagerMetrics {
    var result = PagerMetrics()
    guard !isInChild else { return result }
    result.pagesRead = pagesRead.load(ordering: .relaxed)
    result.pagesWritten = pagesWritten.load(ordering: .relaxed)
    result.pageFileSyncs = gate.syncs.load(ordering: .relaxed)
    result.checkpoints = checkpoints.load(ordering: .relaxed)
    result.commits = commits.load(ordering: .relaxed)
    result.log = logCounters.counts
    cache.lock.with {
      result.pageLooks = cache.looks
      result.pageMisses = cache.misses
      result.evictions = cache.evictions
      result.allocations = cache.allocations
      result.pagesInMemory = cache.bufferCount
      result.pagesInUse = cache.buffersInUse
      result.mostPagesInMemory = cache.mostBuffers
      result.pagesSpilled = cache.spill.pagesWritten
    }
    return result
  }
}
