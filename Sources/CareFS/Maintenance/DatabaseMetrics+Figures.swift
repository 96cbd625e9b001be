extension DatabaseMetrics {
  /// The part of all looks at pages that was served from memory, 0 to 1; nil when there was none.
  public var cacheHitRate: Double? {
    let looks = cacheHits &+ cacheMisses
    return looks > 0 ? Double(cacheHits) / Double(looks) : nil
  }

  /// Syncs of the log and of the page file.
  public var syncs: UInt64 { logSyncs &+ pageFileSyncs }

  /// Groups of commits, each written and synced as one.
  public var groups: UInt64 { groupSizes.reduce(0, &+) }

  /// Commits in a group on average; nil when there was none.
  public var averageGroupSize: Double? {
    groups > 0 ? Double(commits) / Double(groups) : nil
  }

  /// What was done between an earlier reading and this one; the levels are those of this one.
  ///
  /// A count that was higher in `earlier`, which then is not of the same opening, gives 0.
  public func since(_ earlier: DatabaseMetrics) -> DatabaseMetrics {
    func growth(_ now: UInt64, _ then: UInt64) -> UInt64 { now > then ? now - then : 0 }
    var result = self
    for (_, count) in Self.counts {
      result[keyPath: count] = growth(self[keyPath: count], earlier[keyPath: count])
    }
    for (place, then) in zip(groupSizes.indices, earlier.groupSizes) {
      result.groupSizes[place] = growth(groupSizes[place], then)
    }
    return result
  }

  private static var counts: [(name: String, path: WritableKeyPath<DatabaseMetrics, UInt64>)] {
    [
      ("cache hits", \.cacheHits), ("cache misses", \.cacheMisses), ("pages read", \.pagesRead),
      ("pages written", \.pagesWritten), ("pages spilled", \.pagesSpilled),
      ("pages evicted", \.pagesEvicted), ("page file syncs", \.pageFileSyncs),
      ("checkpoints", \.checkpoints), ("log bytes written", \.logBytesWritten),
      ("log syncs", \.logSyncs), ("commits", \.commits), ("pool allocations", \.poolAllocations),
    ]
  }
}

extension DatabaseMetrics: CustomStringConvertible {
  /// A line for each figure: its name, a colon and the number.
  public var description: String {
    var lines = Self.counts.map { "\($0.name): \(self[keyPath: $0.path])" }
    lines.append("page buffers: \(pageBuffers)")
    lines.append("page buffers in use: \(pageBuffersInUse)")
    lines.append("groups: \(groups)")
    for (place, count) in groupSizes.enumerated() where count > 0 {
      lines.append("groups of \(sizes(at: place)): \(count)")
    }
    return lines.joined(separator: "\n")
  }

  /// The sizes of groups that a place of `groupSizes` counts.
  private func sizes(at place: Int) -> String {
    let least = 1 << place
    if place == groupSizes.count - 1 { return "\(least) commits or more" }
    return place == 0 ? "1 commit" : "\(least) to \(2 * least - 1) commits"
  }
}
