/// One sound record of the log; `payload` is valid during the visit only.
struct LogRecord {
  var kind: UInt8
  var lsn: LSN
  var payload: UnsafeRawBufferPointer
}

/// What a pass over the log found.
struct LogScan {
  /// The incarnation in which the sound part ends.
  var salt: UInt64
  /// The end of the last whole group.
  var end: LSN
  /// Bytes after `end` that belonged to a group that was never acknowledged.
  var droppedBytes: UInt64 = 0
  /// Segments that hold some of the sound part.
  var busySegments: Set<Int> = []
  var groupCount = 0
  /// The last whole group, and which copy of its segments has it.
  var lastGroup: (start: LSN, end: LSN, salt: UInt64, copy: UInt16)?
}

/// Reads the log from a checkpoint on, group by group, by the tail rule.
final class LogReader {
  let file: any StorageFile
  private let fileID: FileID
  private let timeline: UInt64
  /// True beside a writer in another process: what looks torn may be on its way.
  var isGrowing = false
  /// For saving what there is: Whether a segment whose header cannot be read is passed over.
  private let skipsUnreadable: Bool
  /// How many were.
  private(set) var unreadableCount = 0
  private let seed: UInt64
  let segmentSize: Int
  var segmentCount: Int
  private(set) var headers: [(index: Int, header: LogSegmentHeader)] = []
  /// Whether any segment begins with something else than zeros, sound or not: a header that counts on a
  /// log counts on that.
  private(set) var isBegun = false
  private var copies: [UInt64: [UInt16]] = [:]
  private(set) var cache = RawBuffer(capacity: 1 << 16)
  private var cachedIndex = -1
  /// What was asked for last, and found.
  private var last: (salt: UInt64, copy: UInt16, found: (index: Int, header: LogSegmentHeader))?
  /// How far the group that was loaded last reaches, as far as its records' headers are sound.
  private(set) var reach: LSN = 0
  private var group = RawBuffer(capacity: 1 << 16)

  /// Reads the segments' headers. Throws `corrupt` when the log is that of another file, or of
  /// another past of this one.
  init(
    file: any StorageFile, fileID: FileID, timeline: UInt64, segmentSize: Int,
    skipsUnreadable: Bool = false
  ) throws(StoreError) {
    self.file = file
    self.fileID = fileID
    self.timeline = timeline
    self.segmentSize = segmentSize
    self.skipsUnreadable = skipsUnreadable
    seed = fileID.seed
    segmentCount = 0
    try readHeaders()
  }

  /// Reads which segment holds what.
  private func readHeaders() throws(StoreError) {
    headers = []
    last = nil
    unreadableCount = 0
    cachedIndex = -1
    segmentCount = Int(min(try file.size() / UInt64(segmentSize), 1 << 20))
    var foreign = 0
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.block, alignment: 64)
    defer { block.deallocate() }
    for index in 0..<segmentCount {
      let n: Int
      do throws(StoreError) {
        n = try file.read(into: block, at: UInt64(index) * UInt64(segmentSize))
      } catch {
        guard skipsUnreadable else { throw error }
        unreadableCount += 1
        continue
      }
      guard n == LogFormat.block, let base = block.baseAddress.map({ UnsafeRawPointer($0) })
      else { continue }
      isBegun = isBegun || block.contains { $0 != 0 }
      guard let header = LogSegmentHeader(base) else { continue }
      guard header.version == LogSegmentHeader.currentVersion else {
        throw StoreError(.newerFormat, "the log was written by a newer CareFS: use that version")
      }
      guard header.fileID == fileID, header.timeline == timeline else {
        foreign += 1
        continue
      }
      guard Int(header.segmentSize) == segmentSize else { continue }
      headers.append((index, header))
    }
    copies = Dictionary(grouping: headers.map(\.header), by: \.salt)
      .mapValues { Set($0.map(\.copy)).union([0]).sorted() }
    if foreign > 0 && headers.isEmpty && !planted(.rule10ForeignLogTaken) {
      throw StoreError(
        .corrupt, "the log beside this file belongs to another database: put the right one back")
    }
  }

  var payloadSize: UInt64 { UInt64(segmentSize - LogFormat.block) }

  /// Visits every sound record at or after `start` of incarnation `salt` and of those that follow it.
  ///
  /// `syncedEnd` is how far the file's header knows the log to have been synced: damage below it is
  /// corruption, never a torn tail. With a `limit` nothing from there on is visited.
  func scan(
    from start: LSN, salt startSalt: UInt64, syncedEnd: LSN, wasClosed: Bool, limit: LSN? = nil,
    visit: (LogRecord) throws(StoreError) -> Void
  ) throws(StoreError) -> LogScan {
    var scan = LogScan(salt: startSalt, end: start)
    var previousCheck: UInt64?
    var catchUps = 0
    var incarnations = 0
    while true {
      if let limit, scan.end >= limit { return scan }
      if let (size, copy) = try visitGroup(
        at: scan.end, salt: scan.salt, &previousCheck, &scan.busySegments, visit: visit)
      {
        scan.lastGroup = (scan.end, scan.end &+ UInt64(size), scan.salt, copy)
        scan.end &+= UInt64(size)
        scan.groupCount += 1
        continue
      }
      // No sound group here. Recovery may have begun a new incarnation at this very point.
      // There are no more of them than segments: else they name each other in a circle.
      if let next = successor(of: scan.salt, endingAt: scan.end), incarnations < headers.count {
        incarnations += 1
        scan.salt = next.salt
        scan.end = next.startLSN
        // All of it is there, as no header names it yet: a first record that repeats the checksum of
        // another is not the incarnation's first one.
        previousCheck = 0
        continue
      }
      do throws(StoreError) {
        try judgeTail(&scan, previousCheck, syncedEnd: syncedEnd, wasClosed: wasClosed)
        return scan
      } catch {
        // Later groups may have been written since: then the one here is whole by now.
        guard isGrowing, catchUps < Self.maximumCatchUps else { throw error }
        catchUps += 1
        let end = scan.end
        try readHeaders()
        guard
          let (size, _) = try visitGroup(
            at: end, salt: scan.salt, &previousCheck, &scan.busySegments, visit: visit)
        else { throw error }
        scan.end = end &+ UInt64(size)
        scan.groupCount += 1
        // All up to here is whole, and what comes later is later than this moment.
        if catchUps == Self.maximumCatchUps { return scan }
      }
    }
  }

  private static let maximumCatchUps = 2

  /// The first segment of the incarnation that was begun where `salt` ended at `end`.
  private func successor(of salt: UInt64, endingAt end: LSN) -> LogSegmentHeader? {
    headers.lazy.map(\.header)
      .filter {
        $0.previousSalt == salt && $0.previousEnd == end && $0.salt != salt && $0.startLSN >= end
      }
      .min { $0.startLSN < $1.startLSN }
  }

  // MARK: Groups

  /// The segment, as of the `copy`-th time that its group was written.
  func segment(
    holding lsn: LSN, salt: UInt64, copy: UInt16
  ) -> (index: Int, header: LogSegmentHeader)? {
    // Records are read one after the other, and there may be as many segments as records.
    if let last, last.salt == salt, last.copy == copy, holds(last.found.header, lsn) {
      return last.found
    }
    let found = headers.lazy
      .filter {
        ($0.header.salt == salt || planted(.noSaltCheck)) && self.holds($0.header, lsn)
          && $0.header.copy <= copy
      }
      .max { $0.header.copy < $1.header.copy }
    if let found { last = (salt, copy, found) }
    return found
  }

  private func holds(_ header: LogSegmentHeader, _ lsn: LSN) -> Bool {
    header.startLSN <= lsn && lsn &- header.startLSN < payloadSize
  }

  /// How often the last group of `salt` was written again.
  func copyCount(_ salt: UInt64) -> UInt16 { copies(of: salt).reduce(0, max) }

  /// The copies of the last group of `salt` that there are, and 0, ascending.
  func copies(of salt: UInt64) -> [UInt16] { copies[salt] ?? [0] }

  /// Visits the group at `start` in the first of its copies that is sound; nil when none is.
  private func visitGroup(
    at start: LSN, salt: UInt64, _ previousCheck: inout UInt64?, _ busy: inout Set<Int>,
    visit: (LogRecord) throws(StoreError) -> Void
  ) throws(StoreError) -> (size: Int, copy: UInt16)? {
    for copy in copies(of: salt) {
      guard let size = try loadGroup(at: start, salt: salt, copy: copy, &busy) else { continue }
      if try visitGroup(at: start, salt: salt, size: size, &previousCheck, visit: visit) {
        return (size, copy)
      }
    }
    return nil
  }

  /// Reads the stream's bytes at `lsn` into `target`; false when a part is not there.
  private func read(
    _ lsn: LSN, count: Int, salt: UInt64, copy: UInt16, into target: UnsafeMutableRawPointer,
    _ busy: inout Set<Int>
  ) throws(StoreError) -> Bool {
    var done = 0
    while done < count {
      guard let (index, header) = segment(holding: lsn &+ UInt64(done), salt: salt, copy: copy)
      else {
        return false
      }
      if cachedIndex != index { try load(index) }
      let at = Int(lsn &+ UInt64(done) &- header.startLSN) + LogFormat.block
      let n = min(count - done, segmentSize - at)
      guard at + n <= cache.count else { return false }
      (target + done).copyMemory(from: cache.base + at, byteCount: n)
      busy.insert(index)
      done += n
    }
    return true
  }

  func load(_ index: Int) throws(StoreError) {
    cachedIndex = -1
    cache.reset(keepAtMost: .max)
    let room = cache.extend(segmentSize)
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: room, count: segmentSize),
      at: UInt64(index) * UInt64(segmentSize))
    cache.count = n
    cachedIndex = index
  }

  /// Reads a whole group into memory; nil when no group that begins soundly stands there.
  func loadGroup(
    at start: LSN, salt: UInt64, copy: UInt16, _ busy: inout Set<Int>
  ) throws(StoreError) -> Int? {
    group.reset(keepAtMost: .max)
    reach = start
    var at = start
    let limit = UInt64(segmentCount) * payloadSize
    while true {
      let header = group.extend(LogFormat.recordHeaderSize)
      guard
        try read(
          at, count: LogFormat.recordHeaderSize, salt: salt, copy: copy, into: header, &busy),
        isSound(header: header.readable, lsn: at, salt: salt, group: start)
      else { return nil }
      let length =
        Int(header.readable.u32(LogFormat.payloadLength))
        + Int(header.readable.u32(LogFormat.paddingLength))
      guard UInt64(group.count) + UInt64(length) <= limit, length & 7 == 0 else { return nil }
      let isLast = header.readable.u8(LogFormat.flags) & LogFormat.groupEndFlag != 0
      reach = at &+ UInt64(LogFormat.recordHeaderSize + length)
      let body = group.extend(length)
      guard
        try read(
          at &+ UInt64(LogFormat.recordHeaderSize), count: length, salt: salt, copy: copy,
          into: body, &busy)
      else { return nil }
      at &+= UInt64(LogFormat.recordHeaderSize + length)
      if isLast { return at % UInt64(LogFormat.groupBorder) == 0 ? group.count : nil }
    }
  }

  func isSound(
    header: UnsafeRawPointer, lsn: LSN, salt: UInt64, group: LSN
  ) -> Bool {
    header.u32(LogFormat.magic) == LogFormat.recordMagic
      && (header.u64(LogFormat.salt) == salt || planted(.noSaltCheck))
      && header.u64(LogFormat.lsn) == lsn
      && header.u64(LogFormat.group) == group
      && header.u64(LogFormat.headerCheck)
        == XXH64.hash(
          UnsafeRawBufferPointer(start: header, count: LogFormat.headerCheck), seed: seed)
  }

  /// Checks every record of the loaded group, then visits them; false when one is damaged.
  func visitGroup(
    at start: LSN, salt: UInt64, size: Int, _ previousCheck: inout UInt64?,
    visit: (LogRecord) throws(StoreError) -> Void
  ) throws(StoreError) -> Bool {
    var offsets: [Int] = []
    var at = 0
    var check = previousCheck
    while at < size {
      let header = UnsafeRawPointer(group.base + at)
      let length =
        Int(header.u32(LogFormat.payloadLength)) + Int(header.u32(LogFormat.paddingLength))
      let body = UnsafeRawBufferPointer(
        start: header + LogFormat.recordHeaderSize, count: length)
      guard header.u64(LogFormat.bodyCheck) == XXH64.hash(body, seed: seed) else { return false }
      if let check, header.u64(LogFormat.previousCheck) != check { return false }
      check = header.u64(LogFormat.headerCheck)
      offsets.append(at)
      at += LogFormat.recordHeaderSize + length
    }
    for offset in offsets {
      let header = UnsafeRawPointer(group.base + offset)
      try visit(
        LogRecord(
          kind: header.u8(LogFormat.kind), lsn: header.u64(LogFormat.lsn),
          payload: UnsafeRawBufferPointer(
            start: header + LogFormat.recordHeaderSize,
            count: Int(header.u32(LogFormat.payloadLength)))))
    }
    previousCheck = check
    return true
  }

  // MARK: The tail rule

  /// Refuses a log that has nothing of the header's incarnation or of one that followed it, and goes on
  /// behind its end: that of a file as a rewrite left it, beside a copy of it from before.
  private func refuseNewerLog(than scan: LogScan) throws(StoreError) {
    let isKnown = headers.contains {
      $0.header.salt == scan.salt || $0.header.previousSalt == scan.salt
    }
    guard !isKnown, headers.contains(where: { $0.header.startLSN > scan.end }) else { return }
    throw StoreError(
      .corrupt,
      "the log goes on from a later state than the file has: they were not copied at one moment")
  }

  /// Tells a torn last group, which was never acknowledged, from damage to acknowledged ones.
  private func judgeTail(
    _ scan: inout LogScan, _ previousCheck: UInt64?, syncedEnd: LSN, wasClosed: Bool
  ) throws(StoreError) {
    let damaged = StoreError(
      .corrupt,
      "the log is damaged at \(scan.end) and holds later commits: restore a backup or recover")
    if planted(.rule2DamageIsTail) { return }
    if scan.end < syncedEnd { throw damaged }
    for (_, header) in headers
    where header.previousSalt == scan.salt && header.previousEnd > scan.end {
      throw damaged
    }
    if scan.groupCount == 0 { try refuseNewerLog(than: scan) }
    var tailEnd = scan.end
    for index in 0..<segmentCount {
      try load(index)
      var at = LogFormat.block
      while at + LogFormat.recordHeaderSize <= cache.count {
        let header = UnsafeRawPointer(cache.base + at)
        let isOfSalt = header.u64(LogFormat.salt) == scan.salt
        let lsn = header.u64(LogFormat.lsn)
        let group = header.u64(LogFormat.group)
        let isMagic = header.u32(LogFormat.magic) == LogFormat.recordMagic
        if isOfSalt || (isMagic && lsn == scan.end) {
          let isWhole = isSound(header: header, lsn: lsn, salt: scan.salt, group: group)
          if isWhole && group > scan.end { throw damaged }
          // An incarnation whose first groups are gone: their space was used again.
          if isWhole, lsn == scan.end, previousCheck == 0, header.u64(LogFormat.previousCheck) != 0
          {
            throw damaged
          }
          // One damaged field of a header must not hide the group that it began.
          let likeness =
            (isOfSalt ? 1 : 0) + (isMagic ? 1 : 0) + (lsn == scan.end ? 1 : 0)
            + (group == scan.end ? 1 : 0)
          if (isWhole && lsn >= scan.end) || (!isWhole && likeness >= 3) {
            tailEnd = max(tailEnd, (isWhole ? lsn : scan.end) &+ UInt64(LogFormat.block))
          }
        }
        at += LogFormat.block
      }
    }
    cachedIndex = -1
    scan.droppedBytes = tailEnd &- scan.end
    if wasClosed && scan.droppedBytes > 0 && scan.groupCount == 0 {
      // After a clean close nothing may be missing; what stands here is an older remain.
      scan.droppedBytes = 0
    }
  }
}
