/// How a store is opened.
public struct PagerOptions: Sendable {
  /// Bytes in a page of a new file: 4096, 8192, 16384, 32768 or 65536.
  public var pageSize = PageLimits.defaultPageSize
  /// Bytes of pages that the cache keeps. At least 32 pages are kept.
  public var cacheBytes = 64 << 20
  /// Opens for reading only; changes nothing on disk, not even after a crash.
  public var isReadOnly = false
  /// Log bytes at which a checkpoint begins.
  public var checkpointLogBytes = 32 << 20
  /// Log bytes at which writers wait for the checkpoint.
  public var maximumLogBytes = 128 << 20
  /// Bytes of one log segment of a new file.
  public var segmentSize = 1 << 20
  /// Runs checkpoints on a thread of their own; otherwise the committing thread runs them.
  public var hasBackgroundCheckpoints = true
  /// Log bytes of one transaction after which new pages go straight to the page file.
  public var bulkLogBytes = 4 << 20
  /// Makes random identifiers; a simulation gives its own.
  public var random: @Sendable () -> UInt64 = {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
  /// The wall clock in microseconds since 1970 UTC; a simulation gives its own.
  public var clock: @Sendable () -> Int64 = { wallClock() }

  /// The defaults.
  public init() {}
}

/// The wall clock in microseconds since 1970 UTC.
public func wallClock() -> Int64 { wallClockMicroseconds() }

/// When a commit returns.
public enum Durability: Sendable {
  /// When it is on disk.
  case durable
  /// At once; it becomes durable, and visible to others, with the next sync.
  case relaxed
}

/// Counts of work since a store was opened.
public struct PagerMetrics: Sendable {
  /// Pages read from the page file.
  public var pagesRead: UInt64 = 0
  /// Pages written to the page file.
  public var pagesWritten: UInt64 = 0
  /// Bytes written to the log.
  public var logBytesWritten: UInt64 = 0
  /// Syncs of the log.
  public var logSyncs: UInt64 = 0
  /// Groups of commits written to the log.
  public var groups: UInt64 = 0
  /// Commits.
  public var commits: UInt64 = 0
  /// Checkpoints completed.
  public var checkpoints: UInt64 = 0
  /// Pages evicted from the cache.
  public var evictions: UInt64 = 0
  /// Pages written to the spill file.
  public var pagesSpilled: UInt64 = 0
  /// Page buffers in memory.
  public var pagesInMemory: Int = 0
  /// The most page buffers in memory at once.
  public var mostPagesInMemory: Int = 0
  /// Bytes of the log that may not be reused yet.
  public var logBytesInUse: Int = 0
}
