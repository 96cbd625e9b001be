import Synchronization

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
}

/// The counts of one store's log. Apart from the log, which comes with the first write: whoever asks
/// needs none of its locks.
final class LogCounters: @unchecked Sendable {
  private let bytesWritten = Atomic<UInt64>(0)
  private let syncs = Atomic<UInt64>(0)
  private let commits = Atomic<UInt64>(0)
  private let groupSizes = UnsafeMutablePointer<Atomic<UInt64>>.allocate(
    capacity: LogCounts.sizeCount)

  init() {
    for place in 0..<LogCounts.sizeCount { (groupSizes + place).initialize(to: Atomic(0)) }
  }

  deinit {
    groupSizes.deinitialize(count: LogCounts.sizeCount)
    groupSizes.deallocate()
  }

  func addSync() { syncs.wrappingAdd(1, ordering: .relaxed) }

  /// Counts a group that is durable. One without a commit holds pages for a checkpoint.
  func addGroup(bytes: Int, commits count: Int) {
    bytesWritten.wrappingAdd(UInt64(bytes), ordering: .relaxed)
    addSync()
    guard count > 0 else { return }
    commits.wrappingAdd(UInt64(count), ordering: .relaxed)
    let place = min(count.bitWidth - 1 - count.leadingZeroBitCount, LogCounts.sizeCount - 1)
    groupSizes[place].wrappingAdd(1, ordering: .relaxed)
  }

  var counts: LogCounts {
    var result = LogCounts()
    result.bytesWritten = bytesWritten.load(ordering: .relaxed)
    result.syncs = syncs.load(ordering: .relaxed)
    result.commits = commits.load(ordering: .relaxed)
    for place in 0..<LogCounts.sizeCount {
      result.groupSizes[place] = groupSizes[place].load(ordering: .relaxed)
    }
    return result
  }
}
