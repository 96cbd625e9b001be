/// The end of the log that grows: gathers records into groups, writes and syncs them.
///
/// Whoever finds the disk idle writes all waiting records as one group; the next group gathers
/// meanwhile. At most one group is written and not yet synced.
final class LogWriter: @unchecked Sendable {
  struct Segment {
    var startLSN: LSN
    var index: Int
  }

  let file: any StorageFile
  let gate: SyncGate
  let fileID: FileID
  let timeline: UInt64
  let segmentSize: Int
  let seed: UInt64
  let lock = Lock()
  let counters: LogCounters
  /// Called with the LSN of the last record that became durable.
  var onDurable: @Sendable (LSN) -> Void = { _ in }

  // Guarded by `lock`.
  private(set) var salt: UInt64
  private var previousSalt: UInt64
  private var previousEnd: LSN
  var pending = RawBuffer(capacity: 64 << 10)
  private var spare = RawBuffer(capacity: 64 << 10)
  private var recordOffsets: [Int] = []
  private var spareOffsets: [Int] = []
  var groupStart: LSN
  private var lastRecord: LSN = 0
  var isFlushing = false
  private var lastCheck: UInt64 = 0
  private(set) var durableRecord: LSN = 0
  private(set) var durableEnd: LSN
  var segments: [Segment] = []
  /// Descending: the one nearest to the file's start is taken next, so that the end can be cut off.
  var freeSegments: [Int]
  var segmentCount: Int
  var failure: StoreError?
  /// Commits in the pending group.
  private var pendingCommits = 0

  static let headRoom = LogFormat.block

  init(
    file: any StorageFile, fileID: FileID, timeline: UInt64, salt: UInt64, startLSN: LSN,
    previousSalt: UInt64, previousEnd: LSN, segmentSize: Int, segmentCount: Int,
    busySegments: Set<Int>, counters: LogCounters = LogCounters()
  ) {
    self.file = file
    gate = SyncGate(file)
    self.counters = counters
    self.fileID = fileID
    self.timeline = timeline
    self.salt = salt
    self.previousSalt = previousSalt
    self.previousEnd = previousEnd
    self.segmentSize = segmentSize
    self.segmentCount = segmentCount
    seed = fileID.seed
    groupStart = startLSN
    durableEnd = startLSN
    freeSegments = (0..<segmentCount).filter { !busySegments.contains($0) }.reversed()
    pending.count = Self.headRoom
    spare.count = Self.headRoom
  }

  var payloadPerSegment: Int { segmentSize - LogFormat.block }

  /// Where the stream ends, flushed or not.
  var end: LSN { lock.with { groupStart &+ UInt64(pending.count - Self.headRoom) } }

  /// Bytes of the log that may not be reused yet.
  var bytesInUse: Int { lock.with { segments.count * segmentSize } }

  // MARK: Appending

  /// Adds a record and answers its LSN. `parts` are copied one after the other.
  ///
  /// - Parameter keeping: bytes of the log on disk that must stay free after it, for a checkpoint.
  func append(
    kind: UInt8, _ parts: UnsafeRawBufferPointer..., keeping kept: Int = 0
  ) throws(StoreError) -> LSN {
    lock.lock()
    defer { lock.unlock() }
    if let failure { throw failure }
    var length = 0
    for part in parts { length += part.count }
    guard length < Int(UInt32.max) - 8192 else {
      throw StoreError(.tooLarge, "a transaction may not log more than 4 GiB: commit in parts")
    }
    try reserve(LogFormat.recordHeaderSize + length + LogFormat.block + kept)
    let offset = pending.count
    let header = pending.extend(LogFormat.recordHeaderSize)
    header.initializeMemory(as: UInt8.self, repeating: 0, count: LogFormat.recordHeaderSize)
    for part in parts { pending.append(part) }
    let padding = (8 - (length & 7)) & 7
    pending.appendZeros(padding)
    let lsn = groupStart &+ UInt64(offset - Self.headRoom)
    let written = pending.base + offset
    written.set32(LogFormat.magic, LogFormat.recordMagic)
    written.set8(LogFormat.kind, kind)
    written.set64(LogFormat.salt, salt)
    written.set64(LogFormat.lsn, lsn)
    written.set64(LogFormat.group, groupStart)
    written.set32(LogFormat.payloadLength, UInt32(length))
    written.set32(LogFormat.paddingLength, UInt32(padding))
    recordOffsets.append(offset)
    if kind == LogFormat.RecordKind.commit { pendingCommits += 1 }
    lastRecord = lsn
    return lsn
  }

  // MARK: Flushing

  /// Returns when every record up to `lsn` is durable.
  func flush(upTo lsn: LSN) throws(StoreError) {
    lock.lock()
    while true {
      if durableRecord >= lsn {
        lock.unlock()
        return
      }
      if let failure {
        lock.unlock()
        throw failure
      }
      if isFlushing {
        lock.wait()
        continue
      }
      if recordOffsets.isEmpty {
        // Nothing is on its way: `lsn` was durable before this log was opened.
        lock.unlock()
        return
      }
      flushPending()
    }
  }

  /// Makes all that was appended so far durable.
  func flushAll() throws(StoreError) {
    let last = lock.with { lastRecord }
    try flush(upTo: last)
  }

  /// Writes and syncs the pending group. Called and returns with the lock held.
  private func flushPending() {
    guard !recordOffsets.isEmpty else { return }
    isFlushing = true
    let group = pending
    let offsets = recordOffsets
    let start = groupStart
    let last = lastRecord
    let commits = pendingCommits
    pendingCommits = 0
    pending = spare
    pending.reset()
    pending.count = Self.headRoom
    recordOffsets = spareOffsets
    recordOffsets.removeAll(keepingCapacity: true)
    let used = group.count - Self.headRoom
    let border = LogFormat.groupBorder
    let padding = (border - used % border) % border
    group.appendZeros(padding)
    groupStart = start &+ UInt64(used + padding)
    let places = place(start, count: used + padding)
    lock.unlock()

    seal(group, offsets, extraPadding: padding)
    var problem: StoreError?
    do throws(StoreError) {
      try write(group, start, places)
      if !planted(.skipLogSync) { try gate.sync() }
    } catch {
      problem = planted(.rule9SyncRetried) ? gate.retry() : error
    }

    lock.lock()
    spare = group
    spareOffsets = offsets
    isFlushing = false
    if failure != nil {
      // Something else has failed since: nothing is acknowledged any more.
    } else if let problem {
      failure = StoreError(
        .poisoned,
        "the log could not be made durable (\(problem.message)): close the database and open it again",
        errno: problem.errno)
    } else {
      counters.addGroup(bytes: used + padding, commits: commits)
      durableRecord = last
      durableEnd = start &+ UInt64(used + padding)
      onDurable(last)
    }
    lock.broadcast()
  }

  /// Finds segments for a group; takes free ones where the last is full.
  private func place(_ start: LSN, count: Int) -> [Segment] {
    var places: [Segment] = []
    var at = start
    let end = start &+ UInt64(count)
    while at < end {
      if let last = segments.last, at &- last.startLSN < UInt64(payloadPerSegment) {
        places.append(last)
        at = last.startLSN &+ UInt64(payloadPerSegment)
      } else {
        // `reserve` has put enough segments on disk.
        let index = freeSegments.popLast() ?? segmentCount
        if index == segmentCount { segmentCount += 1 }
        segments.append(Segment(startLSN: at, index: index))
      }
    }
    return places
  }

  /// Fills in what is known only when the group is complete: its end and the checksums.
  private func seal(_ group: RawBuffer, _ offsets: [Int], extraPadding: Int) {
    for (i, offset) in offsets.enumerated() {
      let header = group.base + offset
      if i == offsets.count - 1 {
        header.set8(LogFormat.flags, LogFormat.groupEndFlag)
        header.set32(
          LogFormat.paddingLength,
          header.readable.u32(LogFormat.paddingLength) + UInt32(extraPadding))
      }
      let length =
        Int(header.readable.u32(LogFormat.payloadLength))
        + Int(header.readable.u32(LogFormat.paddingLength))
      let body = UnsafeRawBufferPointer(
        start: header + LogFormat.recordHeaderSize, count: length)
      header.set64(LogFormat.previousCheck, lastCheck)
      header.set64(LogFormat.bodyCheck, XXH64.hash(body, seed: seed))
      lastCheck = XXH64.hash(
        UnsafeRawBufferPointer(start: header, count: LogFormat.headerCheck), seed: seed)
      header.set64(LogFormat.headerCheck, lastCheck)
    }
  }

  private func write(_ group: RawBuffer, _ start: LSN, _ places: [Segment]) throws(StoreError) {
    var at = start
    let end = start &+ UInt64(group.count - Self.headRoom)
    for segment in places {
      let stop = min(end, segment.startLSN &+ UInt64(payloadPerSegment))
      let count = Int(stop &- at)
      let from = group.base + Self.headRoom + Int(at &- start)
      let place = UInt64(segment.index) * UInt64(segmentSize)
      if at == segment.startLSN {
        // The 4 KiB before the bytes are free or written already: the header goes with them.
        header(of: segment).encode(into: from - LogFormat.block)
        try file.write(
          UnsafeRawBufferPointer(start: from - LogFormat.block, count: count + LogFormat.block),
          at: place)
      } else {
        try file.write(
          UnsafeRawBufferPointer(start: from, count: count),
          at: place + UInt64(LogFormat.block) + (at &- segment.startLSN))
      }
      at = stop
    }
  }

  func write(headerOf segment: Segment) throws(StoreError) {
    let block = UnsafeMutableRawPointer.allocate(byteCount: LogFormat.block, alignment: 64)
    defer { block.deallocate() }
    header(of: segment).encode(into: block)
    try file.write(
      UnsafeRawBufferPointer(start: block, count: LogFormat.block),
      at: UInt64(segment.index) * UInt64(segmentSize))
  }

  private func header(of segment: Segment) -> LogSegmentHeader {
    LogSegmentHeader(
      fileID: fileID, timeline: timeline, salt: salt, startLSN: segment.startLSN,
      previousSalt: previousSalt, previousEnd: previousEnd, segmentSize: UInt32(segmentSize))
  }

  /// Refuses everything from now on.
  func poison(_ error: StoreError) {
    lock.with {
      if failure == nil { failure = error }
      lock.broadcast()
    }
  }
}
