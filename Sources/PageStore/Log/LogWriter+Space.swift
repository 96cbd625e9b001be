/// Where the log's bytes go: segments are added, used again, and cut off.
extension LogWriter {
  /// Makes sure that the pending group and `bytes` more fit into segments that are on disk already,
  /// so that a full disk refuses a commit before it begins rather than half-way.
  func reserve(_ bytes: Int) throws(StoreError) {
    let needed = pending.count - Self.headRoom + bytes
    var room = freeSegments.count * payloadPerSegment
    if let last = segments.last {
      room += payloadPerSegment - Int(min(groupStart &- last.startLSN, UInt64(payloadPerSegment)))
    }
    while room < needed {
      try addSegment()
      room += payloadPerSegment
    }
  }

  /// Makes sure that records of `bytes` in all can be appended and flushed without growing the file.
  func makeRoom(for bytes: Int) throws(StoreError) {
    try lock.with { () throws(StoreError) in
      if let failure { throw failure }
      try reserve(bytes + 2 * LogFormat.block)
    }
  }

  /// Names the incarnation in its first segment. Once that is synced a header may count on this log,
  /// and is told from one of a log that others have removed, and begun again, since.
  func begin() throws(StoreError) {
    try lock.with { () throws(StoreError) in
      let index: Int
      if let free = freeSegments.last { index = free } else { index = try preWriteSegment() }
      try write(headerOf: Segment(startLSN: groupStart, index: index))
    }
  }

  /// Pre-writes one more segment, so that a later sync of it touches no file metadata; answers which.
  @discardableResult
  private func preWriteSegment() throws(StoreError) -> Int {
    let place = UInt64(segmentCount) * UInt64(segmentSize)
    do throws(StoreError) {
      try file.writeZeros(segmentSize, at: place)
    } catch {
      // The part that found room may be all that others need.
      try? file.truncate(to: place)
      throw error
    }
    free(segmentCount)
    segmentCount += 1
    return segmentCount - 1
  }

  /// Pre-writes one more segment, and syncs it.
  private func addSegment() throws(StoreError) {
    try preWriteSegment()
    do {
      try gate.sync()
    } catch {
      failure = .init(.poisoned, "a sync failed (\(error.message)): close and open again")
      throw error
    }
    counters.addSync()
  }

  /// Lets segments that lie wholly below `lsn` be written again.
  func release(below lsn: LSN) {
    lock.with {
      while let first = segments.first,
        first.startLSN &+ UInt64(payloadPerSegment) <= lsn, segments.count > 1 || !isFlushing
      {
        segments.removeFirst()
        free(first.index)
      }
    }
  }

  private func free(_ index: Int) {
    freeSegments.insert(index, at: freeSegments.firstIndex { $0 < index } ?? freeSegments.count)
  }

  /// Gives up free segments at the file's end until it has `wanted`, or `kept` are free, as far as
  /// that goes; answers whether there were any. They are cut off by `cutFile`, when no header counts
  /// on them any more.
  func giveUpSegments(beyond wanted: Int, keeping kept: Int) -> Bool {
    lock.with {
      let before = segmentCount
      while segmentCount > wanted, freeSegments.count > kept,
        freeSegments.first == segmentCount - 1
      {
        freeSegments.removeFirst()
        segmentCount -= 1
      }
      return segmentCount < before
    }
  }

  /// Cuts off what `giveUpSegments` gave up and no one has added again.
  func cutFile() throws(StoreError) {
    try lock.with { () throws(StoreError) in
      let wanted = UInt64(segmentCount) * UInt64(segmentSize)
      if try file.size() > wanted { try file.truncate(to: wanted) }
    }
  }

  /// Lets segments be written that held an incarnation that is not needed any more.
  func reuse(_ indexes: Set<Int>) {
    lock.with { for index in indexes { free(index) } }
  }
}
