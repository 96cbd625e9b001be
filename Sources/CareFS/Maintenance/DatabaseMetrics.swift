import PageStore

/// What an open database has done since it was opened, counted, and the memory that its cache has.
///
/// Counts only grow. Of two readings, ``since(_:)`` tells what was done between them:
///
/// ```swift
/// let before = db.metrics
/// try db.read { tx in _ = try tx.get("patients", key: [.int(7)]) }
/// print(db.metrics.since(before))
/// ```
///
/// They are of this object alone: not of other processes, nor of what recovery reads while the file is
/// opened, nor of another file that `compact` writes. Beside threads at work the figures of one reading
/// may be some operations apart. A reading takes about a microsecond and waits for no sync.
public struct DatabaseMetrics: Sendable, Hashable {
  /// Looks at pages that were served from memory. Looks are counted when their transaction ends.
  public var cacheHits: UInt64 = 0
  /// Looks at pages that had to read the page file or the spill file.
  public var cacheMisses: UInt64 = 0

  /// Pages read from the page file, be it for a transaction, a checkpoint or a check.
  public var pagesRead: UInt64 = 0
  /// Pages written to the page file, its headers too.
  public var pagesWritten: UInt64 = 0
  /// Pages that found no room in the cache while the page file could not give them back, and were
  /// written to a temporary file.
  public var pagesSpilled: UInt64 = 0
  /// Pages that left the cache to make room. The page file has them.
  public var pagesEvicted: UInt64 = 0
  /// Syncs of the page file, by checkpoints and by transactions that write pages past the log.
  public var pageFileSyncs: UInt64 = 0
  /// Checkpoints completed.
  public var checkpoints: UInt64 = 0

  /// Bytes of commits, and of pages for checkpoints, written to the log. The zeros with which room in
  /// its file is made are not among them.
  public var logBytesWritten: UInt64 = 0
  /// Syncs of the log: one for each group, and some when room is made.
  public var logSyncs: UInt64 = 0
  /// Transactions that changed something and became durable.
  public var commits: UInt64 = 0
  /// Groups of commits, each written and synced as one, by size: place `i` counts those of `2^i`
  /// commits or more, and fewer than twice as many. The last of 16 places has no upper end.
  public var groupSizes = [UInt64](repeating: 0, count: LogCounts.sizeCount)

  /// How often the cache has asked the system for memory: in pieces of 2 MiB, above its budget for
  /// single pages, and for what it notes of them. Stands still once the cache has all that is used; at
  /// the edge of its budget single pages come and go.
  public var poolAllocations: UInt64 = 0
  /// The pages that the memory of the cache has room for, now. A level, not a count.
  public var pageBuffers = 0
  /// Those of them that hold a page, now. A level, not a count.
  public var pageBuffersInUse = 0

  /// All zero.
  public init() {}
}
