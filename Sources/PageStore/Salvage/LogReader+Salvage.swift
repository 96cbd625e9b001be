/// What a pass over a damaged log found.
struct LogSalvage {
  /// Groups that were whole.
  var groupCount = 0
  /// Places where something is missing or damaged; a torn tail is one, though no loss.
  var gapCount = 0
}

extension LogReader {
  /// Visits every sound record at or after `start`, whatever lies between them.
  ///
  /// - Parameter salt: the incarnation of that LSN; nil when it is not known.
  func salvage(from start: LSN, salt: UInt64?, visit: (LogRecord) -> Void) -> LogSalvage {
    var found = LogSalvage()
    found.gapCount = unreadableCount
    var end = start
    // A group whose records' headers are sound fills its part of the stream, whole or damaged: where
    // it reaches, no other began. Else each of many could make all behind it be read.
    var reach: [UInt64: LSN] = [:]
    for group in wholeGroups(from: start, among: incarnations(from: salt), &found) {
      // A copy of a group that was visited.
      guard group.start >= max(end, reach[group.salt] ?? 0) else { continue }
      if group.start > end, found.groupCount > 0, !begins(group.salt, at: group.start) {
        found.gapCount += 1
      }
      var size: Int?
      for copy in copies(of: group.salt) where size == nil {
        // A part of it that cannot be read is missing.
        size = try? sizeAfterVisiting(group, copy: copy, visit)
        reach[group.salt] = max(reach[group.salt] ?? 0, self.reach)
      }
      guard let size else {
        found.gapCount += 1
        continue
      }
      found.groupCount += 1
      end = group.start &+ UInt64(size)
    }
    return found
  }

  private typealias Group = (start: LSN, salt: UInt64)

  private func sizeAfterVisiting(
    _ group: Group, copy: UInt16, _ visit: (LogRecord) -> Void
  ) throws(StoreError) -> Int? {
    var busy: Set<Int> = []
    // What preceded the group may be what is damaged.
    var check: UInt64?
    guard let size = try loadGroup(at: group.start, salt: group.salt, copy: copy, &busy),
      try visitGroup(at: group.start, salt: group.salt, size: size, &check, visit: visit)
    else { return nil }
    return size
  }

  /// The incarnations that follow one another from `salt`, and where each ended: what stands behind
  /// its end was dropped.
  private func incarnations(from salt: UInt64?) -> [UInt64: LSN] {
    var ends: [UInt64: LSN] = [:]
    if let salt { ends[salt] = .max }
    var isComplete = false
    while !isComplete {
      isComplete = true
      for (_, header) in headers {
        if ends[header.salt] == nil, salt == nil || ends[header.previousSalt] != nil {
          ends[header.salt] = .max
          isComplete = false
        }
        guard header.salt != header.previousSalt, let end = ends[header.previousSalt],
          header.previousEnd < end
        else { continue }
        ends[header.previousSalt] = header.previousEnd
      }
    }
    return ends
  }

  private func begins(_ salt: UInt64, at start: LSN) -> Bool {
    headers.allSatisfy { $0.header.salt != salt || $0.header.startLSN >= start }
  }

  /// Where groups begin whose first record's header is sound, ascending. A segment that cannot be
  /// read is a gap.
  private func wholeGroups(
    from start: LSN, among ends: [UInt64: LSN], _ found: inout LogSalvage
  ) -> [Group] {
    var groups: [Group] = []
    for index in 0..<segmentCount {
      do throws(StoreError) {
        try load(index)
      } catch {
        found.gapCount += 1
        continue
      }
      var at = LogFormat.block
      while at + LogFormat.recordHeaderSize <= cache.count {
        let header = UnsafeRawPointer(cache.base + at)
        let lsn = header.u64(LogFormat.lsn)
        let salt = header.u64(LogFormat.salt)
        if let end = ends[salt], lsn >= start, lsn < end,
          isSound(header: header, lsn: lsn, salt: salt, group: lsn)
        {
          groups.append((lsn, salt))
        }
        at += LogFormat.block
      }
    }
    return groups.sorted { $0.start < $1.start }
  }
}
