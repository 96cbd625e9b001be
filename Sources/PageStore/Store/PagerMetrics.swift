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

/// What a log has written since its store was opened.
public struct LogCounts: Sendable {
  /// Bytes of all groups; not the zeros that a new segment is filled with.
  public var bytesWritten: UInt64 = 0
  /// Syncs.
  public var syncs: UInt64 = 0
  /// Commits that became durable.
  public var commits: UInt64 = 0
  /// The groups in which they did, by size: place `i` counts those of `2^i` commits or more, and fewer
  /// than twice as many. The last has no upper end.
  public var groupSizes = [UInt64](repeating: 0, count: Self.sizeCount)

  /// Places of `groupSizes`.
  public static let sizeCount = 16

  /// Groups of commits.
  public var groups: UInt64 { groupSizes.reduce(0, &+) }

  /// Counts a group that is durable. One without a commit holds pages for a checkpoint.
  mutating func add(bytes: Int, commits count: Int) {
    bytesWritten &+= UInt64(bytes)
    syncs &+= 1
    guard count > 0 else { return }
    commits &+= UInt64(count)
    let place = count.bitWidth - 1 - count.leadingZeroBitCount
    groupSizes[min(place, Self.sizeCount - 1)] &+= 1
  }
}

/// The counts of one store's log. Apart from the log, which comes with the first write: whoever asks
/// needs none of its locks, nor waits for a disk.
final class LogCounters: Sendable {
  let counts = Mutex(LogCounts())
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
    result.log = logCounters.counts.withLock { $0 }
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
