import Synchronization

/// A commit that may not be durable yet.
public struct CommitTicket: Sendable {
  let pager: Pager?
  /// The LSN of the commit's record, or of the newest one that it could see.
  public let lsn: LSN

  /// Returns when the commit is durable.
  public func wait() throws(StoreError) {
    try flush()
    pager?.checkpointIfDue()
  }

  func flush() throws(StoreError) { try pager?.log?.flush(upTo: lsn) }
}

extension PageTransaction {
  /// Ends the transaction and makes its changes durable. Returns when they are, unless `durability`
  /// says otherwise.
  public func commit(durability: Durability = .durable) throws(StoreError) {
    let ticket = try commitWithoutWaiting()
    if durability == .durable { try ticket.wait() }
  }

  /// Ends the transaction and lets the next begin; the changes become durable and visible with the
  /// next sync, which `CommitTicket.wait` waits for. Many tickets share one sync.
  public func commitWithoutWaiting() throws(StoreError) -> CommitTicket {
    guard !isOver else { throw StoreError(.closed, "the transaction has ended") }
    guard isWritable else {
      end()
      return CommitTicket(pager: nil, lsn: 0)
    }
    if !savepoints.isEmpty { release(PageSavepoint(depth: 1)) }
    guard !logPages.isEmpty || isShrinking else {
      end()
      return pager.endWrite(self, rolledBack: false)
    }
    do throws(StoreError) {
      try pager.logAndPublish(self)
    } catch {
      discardOwned()
      end()
      pager.freeSpace.forgetHints()
      try pager.endWrite(self, rolledBack: true).flush()
      throw error
    }
    end()
    return pager.endWrite(self, rolledBack: false)
  }

  /// Ends the transaction without its changes and lets the next begin. What its reads led to, an
  /// error too, may be told once the ticket's `wait` has returned: until then a power cut could take
  /// back what was read.
  public func rollbackWithoutWaiting() -> CommitTicket {
    guard !isOver else { return CommitTicket(pager: nil, lsn: 0) }
    guard isWritable else {
      end()
      return CommitTicket(pager: nil, lsn: 0)
    }
    let hadChanges = !logPages.isEmpty
    discardOwned()
    end()
    return pager.endWrite(self, rolledBack: hadChanges)
  }
}

extension Pager {
  /// Gives the writer's place to the next transaction.
  func endWrite(_ tx: PageTransaction, rolledBack: Bool) -> CommitTicket {
    if rolledBack { freeSpace.forgetHints() }
    // An outcome, a refusal too, may rest on commits that a power cut could still take back.
    let ticket = CommitTicket(pager: self, lsn: cache.lock.with { publishedLSN })
    changeBuffer = tx.changes
    releaseWriter()
    return ticket
  }

  /// Writes the transaction's record into the pending group of the log.
  func logAndPublish(_ tx: PageTransaction) throws(StoreError) {
    guard log != nil else { throw Self.closedError }
    // Closing completes a file that was moved wherever it is: it gives pages back there.
    if !isClosed.load(ordering: .acquiring) {
      try requireOwnName()
      try requireOwnLog()
    }
    try tx.logImages()
    let now = max(options.clock(), commitTime)
    let hasBulk = tx.logPages.contains { $0.flags & LogFormat.bulkFlag != 0 }
    let tableBytes = tx.logPages.count * LogFormat.tableEntrySize
    let head = UnsafeMutableRawPointer.allocate(
      byteCount: LogFormat.commitHeaderSize + tableBytes, alignment: 8)
    defer { head.deallocate() }
    head.set64(LogFormat.commitNumber, commitNumber + 1)
    head.set64(LogFormat.commitTime, UInt64(bitPattern: now))
    head.set32(LogFormat.commitPageCount, tx.pageCount)
    head.set32(LogFormat.commitTableCount, UInt32(tx.logPages.count))
    head.set64(LogFormat.commitChangeBytes, UInt64(tx.changes.count))
    head.set64(LogFormat.commitFlags, 0)
    for (i, entry) in tx.logPages.enumerated() {
      let at = LogFormat.commitHeaderSize + i * LogFormat.tableEntrySize
      head.set32(at, entry.page)
      head.set32(at + 4, entry.flags)
      head.set64(at + 8, entry.baseLSN)
    }
    let headBytes = UnsafeRawBufferPointer(
      start: head, count: LogFormat.commitHeaderSize + tableBytes)
    var attempts = 0
    while true {
      do throws(StoreError) {
        return try appendAndPublish(tx, headBytes, hasBulk: hasBulk, now)
      } catch {
        // While nothing is written, what two checkpoints no longer need is room for this commit.
        guard error.code == .diskFull, attempts < 3, !tx.isShrinking, !tx.hasWrittenBulk else {
          throw error
        }
        attempts += 1
        let isFileFull = appendLock.with { reservedPages < tx.pageCount }
        guard makeRoom(shrinksLog: isFileFull && attempts > 1) else { throw error }
      }
    }
  }

  /// Frees what can be freed of the log, for its own next records or for the page file; false when
  /// not even that is possible.
  private func makeRoom(shrinksLog: Bool) -> Bool {
    do throws(StoreError) {
      try checkpoint()
      if shrinksLog {
        try checkpointLock.with { () throws(StoreError) in try shrinkLog(to: 0) }
      }
      return true
    } catch {
      return false
    }
  }

  private func appendAndPublish(
    _ tx: PageTransaction, _ headBytes: UnsafeRawBufferPointer, hasBulk: Bool, _ now: Int64
  ) throws(StoreError) {
    guard let log else { throw Self.closedError }
    // Nobody may write into the page file while its size is changed.
    try tx.bulkWriter?.finish()
    let kept = imageBytes(after: tx)
    let lsn: LSN
    appendLock.lock()
    defer { appendLock.unlock() }
    try reservePages(tx.pageCount)
    if hasBulk {
      // A commit that fails half-way must still be able to use up its LSN.
      try log.makeRoom(for: headBytes.count + tx.changes.count + kept)
      // With the pending group flushed and appends held back, the record's LSN is known before it
      // is written, as the pages that it covers must bear it.
      try log.flushAll()
      let expected = log.end
      tx.hasWrittenBulk = true
      do throws(StoreError) {
        try tx.finishBulk(expected)
        try writeBulkPages(tx, expected)
        lsn = try log.append(
          kind: LogFormat.RecordKind.commit, headBytes, tx.changes.bytes, keeping: kept)
      } catch {
        spend(expected, log)
        throw error
      }
      guard lsn == expected else {
        let error = StoreError(.poisoned, "the log moved during a bulk commit: open again")
        log.poison(error)
        throw error
      }
    } else {
      lsn = try log.append(
        kind: LogFormat.RecordKind.commit, headBytes, tx.changes.bytes, keeping: kept)
    }
    writerLock.with {
      commitNumber += 1
      commitTime = now
      pageCount = tx.pageCount
      firstUntouchedPage = max(firstUntouchedPage, pageCount)
    }
    isBeingFilled = false
    // Still under `appendLock`: a checkpoint must not find a durable record that is not published.
    publish(tx, lsn)
  }

  /// Pages in the file may bear the LSN of a record that was never written: no other may get it, or
  /// recovery would take such a page for one that has that record's changes.
  private func spend(_ lsn: LSN, _ log: LogWriter) {
    isBeingFilled = false
    do throws(StoreError) {
      _ = try log.append(kind: LogFormat.RecordKind.images)
    } catch {
      log.poison(
        StoreError(.poisoned, "a bulk commit failed half-way (\(error.message)): open again"))
    }
  }

  /// The same of a transaction that wrote pages and is rolled back.
  func spend(_ lsn: LSN) {
    appendLock.with {
      isBeingFilled = false
      if let log, log.end == lsn { spend(lsn, log) }
    }
  }

  /// Writes new pages of a large transaction straight into the page file, where no snapshot and no
  /// log record can name them, and syncs them before the commit is logged.
  private func writeBulkPages(_ tx: PageTransaction, _ lsn: LSN) throws(StoreError) {
    var pages = tx.owned.filter {
      $0.pointee.isBulk && !$0.pointee.isInFile && tx.ownVersion($0.pointee.page) == $0
    }
    pages.sort { $0.pointee.page < $1.pointee.page }
    var writer = PageRunWriter(pager: self)
    for version in pages {
      let bytes = try tx.bytes(ofOwn: version)
      bytes.set64(PageHeader.lsn, lsn)
      checksum.stamp(bytes, version.pointee.page)
      try writer.add(version.pointee.page, bytes)
      if tx.ownedInMemory > cache.budgetPages / 2 { tx.letGo(version) }
    }
    try writer.finish()
    if !planted(.bulkPagesNotSynced) { try syncOrPoison() }
  }

  /// Makes the transaction's pages the newest committed ones.
  private func publish(_ tx: PageTransaction, _ lsn: LSN) {
    commits.wrappingAdd(1, ordering: .relaxed)
    cache.lock.lock()
    defer { cache.lock.unlock() }
    for own in tx.owned {
      let number = own.pointee.page
      guard let entry = cache.table.entry(number), entry.pointee.own == own.word else {
        tx.giveBack(own)
        continue
      }
      if own.pointee.isBulk && own.bytes == nil {
        // Only the page file has it, and that is enough.
        entry.pointee.own = 0
        tx.giveBack(own)
        continue
      }
      own.pointee.lsn = lsn
      if own.pointee.isFresh { own.pointee.freshLSN = lsn }
      if let bytes = own.bytes { bytes.set64(PageHeader.lsn, lsn) }
      own.pointee.isDirty = !own.pointee.isBulk
      if own.pointee.isBulk { own.pointee.freshLSN = 0 }
      let head = entry.pointee.head.load(ordering: .acquiring)
      own.pointee.previous.store(head, ordering: .relaxed)
      entry.pointee.own = 0
      cache.enlist(own)
      entry.pointee.head.store(own.word, ordering: .releasing)
      cache.showNewest(of: entry)
      if let before = VersionPointer(word: head) {
        superseded.append(Superseded(page: number, lsn: before.pointee.lsn, successor: lsn))
        if own.pointee.isDirty && !before.pointee.isDirty { becameDirty(own) }
      } else if own.pointee.isDirty {
        becameDirty(own)
      }
    }
    tx.owned.removeAll()
    tx.dropped.removeAll()
    publishedLSN = lsn
    pendingStates.append(
      CommitState(lsn: lsn, pageCount: tx.pageCount, number: commitNumber, time: commitTime))
    advance()
  }

  /// Called by the log when a record is durable.
  func becameDurable(_ lsn: LSN) {
    cache.lock.lock()
    durableLSN = max(durableLSN, lsn)
    advance()
    cache.lock.unlock()
  }

  /// Lets new snapshots see what is both published and durable, and drops what they no longer need.
  private func advance() {
    let visible = min(publishedLSN, durableLSN)
    guard visible > visibleLSN else { return }
    visibleLSN = visible
    let passed = pendingStates.firstIndex { $0.lsn > visible } ?? pendingStates.count
    if passed > 0 {
      visibleState = pendingStates[passed - 1]
      pendingStates.removeFirst(passed)
    }
    while supersededStart < superseded.count, superseded[supersededStart].successor <= visible {
      cache.trim(superseded[supersededStart])
      supersededStart += 1
    }
    if supersededStart == superseded.count {
      superseded.removeAll(keepingCapacity: superseded.capacity < 1 << 16)
      supersededStart = 0
    }
  }
}

/// What a commit made of the file as a whole.
struct CommitState: Sendable {
  var lsn: LSN
  var pageCount: UInt32
  var number: UInt64
  var time: Int64
}

/// Gathers pages in ascending order and writes neighbours together.
struct PageRunWriter {
  private let pager: Pager
  private let buffer = RawBuffer(capacity: 64 << 10)
  private var first: PageNumber = 0
  private static let limit = 1 << 20

  init(pager: Pager) { self.pager = pager }

  mutating func add(_ page: PageNumber, _ bytes: UnsafeMutableRawPointer) throws(StoreError) {
    let size = pager.pageSize
    if buffer.count > 0,
      UInt64(first) + UInt64(buffer.count / size) != UInt64(page)
        || buffer.count + size > Self.limit
    {
      try finish()
    }
    if buffer.count == 0 { first = page }
    buffer.append(UnsafeRawBufferPointer(start: bytes, count: size))
  }

  mutating func finish() throws(StoreError) {
    guard buffer.count > 0 else { return }
    try pager.file.write(buffer.bytes, at: UInt64(first) * UInt64(pager.pageSize))
    pager.pagesWritten.wrappingAdd(
      UInt64(buffer.count / pager.pageSize), ordering: .relaxed)
    buffer.count = 0
  }
}
