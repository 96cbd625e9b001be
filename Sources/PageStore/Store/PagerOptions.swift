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
  /// Lets a large transaction write complete pages before its commit. For a file that nobody else
  /// knows of, and that goes if the transaction fails.
  package var writesNewPagesEarly = false
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
