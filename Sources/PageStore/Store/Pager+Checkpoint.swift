import Synchronization

extension Pager {
  /// Writes all durable changes into the page file, so that the log before them can be reused.
  public func checkpoint() throws(StoreError) {
    guard !isReadOnly else { return }
    guard !isInChild else { throw StoreError.openedByParent(path) }
    try checkpointLock.with { () throws(StoreError) in
      // One that waited for the last checkpoint would call the file open again, without its log.
      guard log != nil, !hasEnded else { return }
      try requireOwnName()
      try giveBackBeforeCheckpoint()
      try runCheckpoint(closing: false)
      try cutFile()
    }
  }

  /// After a commit: begins a checkpoint when the log or the dirty pages have grown enough.
  func checkpointIfDue() {
    guard let log, !planted(.rule8NoTrigger) else { return }
    let dirty = cache.lock.with { dirtyPages.count }
    let (end, segments) = log.lock.with { (log.durableEnd, log.segmentCount) }
    noteLogGrowth(segments)
    let since = end &- checkpointEnd.load(ordering: .relaxed)
    guard since > UInt64(options.checkpointLogBytes) || dirty > cache.budgetPages / 2 else {
      return
    }
    if options.hasBackgroundCheckpoints {
      checkpointer?.wake()
    } else {
      try? checkpoint()
    }
  }

  /// One checkpoint, under `checkpointLock`.
  ///
  /// Images of the pages that stand to be overwritten go into the log first, so that a torn write
  /// has a sound base; then the pages, then the header. Commits go on meanwhile.
  func runCheckpoint(closing: Bool, both: Bool = false) throws(StoreError) {
    guard let log else { return }
    // After a failed sync the system may call clean what the disk lacks: syncing again proves nothing.
    if let failure = log.lock.with({ log.failure }) { throw failure }
    let (slot, snapshot, candidates, state, position) = beginCheckpoint(log)
    defer { give(slot) }
    guard !closing || snapshot == cache.lock.with({ publishedLSN }) else {
      throw StoreError(
        .poisoned, "\(path) cannot be closed cleanly: its last commits are not durable")
    }
    var versions: [VersionPointer] = []
    cache.lock.with {
      for number in candidates {
        // The snapshot keeps them. Their bytes may spill meanwhile: they are copied one by one.
        if let version = cache.find(number, snapshot), version.pointee.isDirty {
          versions.append(version)
        }
      }
    }
    versions.sort { $0.pointee.page < $1.pointee.page }
    do throws(StoreError) {
      try writeImages(versions, slot, log)
      try preserveOldVersions(versions)
      func finish() throws(StoreError) {
        try finishCheckpoint(
          position: position, state: state, closing: closing, both: both || closing)
      }
      if planted(.headerBeforePages) { try finish() }
      try writePages(versions, slot)
      try finish()
    } catch {
      cache.lock.with {
        dirtyPages.append(contentsOf: candidates)
        countImages()
      }
      throw error
    }
    markClean(versions, candidates)
    let older = planted(.rule7ReuseBelowNewer) ? header.checkpointLSN : olderCheckpointLSN
    log.release(below: min(older, header.checkpointLSN))
    if !closing { try shrinkLog(to: options.maximumLogBytes) }
    checkpoints.wrappingAdd(1, ordering: .relaxed)
  }

  /// Fixes one moment: a snapshot, the stream's position behind it, and what is dirty.
  private func beginCheckpoint(_ log: LogWriter) -> (
    slot: UnsafeMutablePointer<ReaderSlot>, snapshot: LSN, candidates: [PageNumber],
    state: CommitState, position: LSN
  ) {
    appendLock.with {
      log.lock.with {
        let position = log.durableEnd
        return cache.lock.with {
          let snapshot = visibleLSN
          let slot = cache.readers.take(snapshot: snapshot)
          let candidates = dirtyPages
          dirtyPages = []
          return (slot, snapshot, candidates, visibleState, position)
        }
      }
    }
  }

  /// Each batch is on disk before the next is gathered: waiting images would take the memory that
  /// spilled pages have left.
  private func writeImages(
    _ versions: [VersionPointer], _ slot: UnsafeMutablePointer<ReaderSlot>, _ log: LogWriter
  ) throws(StoreError) {
    let batch = RawBuffer(capacity: ImageBatch.bytes)
    var first: LSN = 0
    func append() throws(StoreError) {
      guard batch.count > 0 else { return }
      let last = try appendLock.with { () throws(StoreError) in
        try log.append(kind: LogFormat.RecordKind.images, batch.bytes)
      }
      if first == 0 { first = last }
      batch.count = 0
      try log.flush(upTo: last)
    }
    // An image that an earlier checkpoint logged serves while the log has it: one that fails again
    // and again, on a full disk, must not fill the log with them.
    var imaged: [VersionPointer] = []
    let isNeeded = !planted(.rule6NoImages)
    for version in versions where isNeeded && version.pointee.freshLSN < header.checkpointLSN {
      imaged.append(version)
      let image = batch.extend(pageSize)
      try cache.copy(version, to: image, for: slot)
      checksum.stamp(image, version.pointee.page)
      if batch.count >= ImageBatch.bytes { try append() }
    }
    try append()
    guard first != 0 else { return }
    let oldest = first
    cache.lock.with { for version in imaged { version.pointee.freshLSN = oldest } }
  }

  /// Brings versions that open snapshots need, and that only the page file has, into memory before
  /// the page file loses them.
  private func preserveOldVersions(_ versions: [VersionPointer]) throws(StoreError) {
    for version in versions where !planted(.readerMarkIgnored) {
      let number = version.pointee.page
      let isNeeded = cache.lock.with { () -> Bool in
        guard let entry = cache.table.entry(number),
          var oldest = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring))
        else { return false }
        while let older = oldest.older { oldest = older }
        guard cache.readers.isAnySnapshot(below: oldest.pointee.lsn) else {
          retainOlder(than: version)
          return false
        }
        // A snapshot from before the page was allocated needs nothing of it; a later one does.
        if !oldest.pointee.isDirty && oldest != version {
          retainOlder(than: version)
          return false
        }
        return true
      }
      if isNeeded { try loadOldest(number, before: version) }
    }
  }

  /// Marks the versions before `version` as no longer in the page file. Under the cache's lock.
  private func retainOlder(than version: VersionPointer) {
    var successor = version
    while let older = successor.older {
      if !older.pointee.isDirty && !older.pointee.isRetained {
        cache.delist(older)
        older.pointee.isRetained = true
        cache.enlist(older)
        // One that was loaded after it had been replaced is on nobody's list yet.
        cache.trim(
          Superseded(
            page: older.pointee.page, lsn: older.pointee.lsn, successor: successor.pointee.lsn))
      }
      if successor.older == older { successor = older }
    }
  }

  private func loadOldest(
    _ number: PageNumber, before version: VersionPointer
  ) throws(StoreError) {
    // For many pages it would take as much memory again while one look lasts.
    if cache.isOverfull.load(ordering: .relaxed) { cache.waitForMemory() }
    cache.lock.lock()
    let buffer = cache.takeBuffer()
    cache.lock.unlock()
    var isKept = false
    defer { if !isKept { cache.lock.with { cache.giveBuffer(buffer) } } }
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: buffer, count: pageSize),
      at: UInt64(number) * UInt64(pageSize))
    pagesRead.wrappingAdd(1, ordering: .relaxed)
    // A page that was never written, or only as part of a longer past, has nothing to preserve.
    guard n == pageSize, checksum.isSound(buffer, number) else {
      return cache.lock.with { retainOlder(than: version) }
    }
    let lsn = buffer.readable.u64(PageHeader.lsn)
    cache.lock.with {
      // A reader may have loaded it meanwhile: then that one must stay, from this moment on.
      defer { retainOlder(than: version) }
      guard let entry = cache.table.entry(number),
        var oldest = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring))
      else { return }
      while let older = oldest.older { oldest = older }
      guard lsn < oldest.pointee.lsn,
        let holder = cache.readers.holder(from: lsn, below: oldest.pointee.lsn)
      else { return }
      let older = cache.takeVersion()
      older.pointee.page = number
      older.pointee.lsn = lsn
      older.pointee.isRetained = true
      older.pointee.data.store(UInt(bitPattern: buffer), ordering: .releasing)
      let held = holder.pointee.held
      held.list.append(
        Superseded(page: number, lsn: lsn, successor: oldest.pointee.lsn))
      cache.appendOldest(older)
      isKept = true
    }
  }

  private func writePages(
    _ versions: [VersionPointer], _ slot: UnsafeMutablePointer<ReaderSlot>
  ) throws(StoreError) {
    var writer = PageRunWriter(pager: self)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 64)
    defer { scratch.deallocate() }
    for version in versions {
      // Readers may be looking at the version: its checksum is stamped on a copy.
      try cache.copy(version, to: scratch, for: slot)
      checksum.stamp(scratch, version.pointee.page)
      try writer.add(version.pointee.page, scratch)
    }
    try writer.finish()
  }

  private func finishCheckpoint(
    position: LSN, state: CommitState, closing: Bool, both: Bool
  ) throws(StoreError) {
    guard let log else { return }
    let wanted = UInt64(state.pageCount) * UInt64(pageSize)
    if try file.size() < wanted { try file.truncate(to: wanted) }
    if !planted(.skipPageSync) { try syncOrPoison() }
    var next = header
    next.checkpointLSN = position
    next.salt = log.salt
    next.syncedLSN = closing ? log.lock.with { log.durableEnd } : position
    if closing { next.checkpointLSN = next.syncedLSN }
    next.pageCount = state.pageCount
    next.isClosedCleanly = closing
    // What is not durable yet may never have been: a map page that it added may not exist.
    next.commitNumber = state.number
    next.commitTime = state.time
    try write(next)
    if both {
      try write(header)
    }
    checkpointEnd.store(header.checkpointLSN, ordering: .relaxed)
  }

  /// Cuts free segments off the log's end. Under `checkpointLock`.
  func shrinkLog(to bytes: Int) throws(StoreError) {
    guard let log, log.giveUpSegments(beyond: bytes / log.segmentSize, keeping: Self.segmentsKept)
    else { return }
    // Either copy of the header must find as many segments as it names.
    try write(header)
    try write(header)
    try log.cutFile()
  }

  /// Notes in the header that the log has grown, so that a log that was cut off is told from one that
  /// ends there. A running checkpoint does that itself.
  private func noteLogGrowth(_ segments: Int) {
    guard segments > notedSegments.load(ordering: .relaxed), checkpointLock.tryLock() else {
      return
    }
    defer { checkpointLock.unlock() }
    // When it fails, the next commit tries again, or finds the handle poisoned.
    try? write(header)
  }

  /// Writes the header into the slot of the older copy and syncs it.
  func write(_ newHeader: FileHeader) throws(StoreError) {
    if let log, let failure = log.lock.with({ log.failure }) { throw failure }
    var next = newHeader
    next.sequence = header.sequence + 1
    let segments =
      next.isClosedCleanly ? 0 : log?.lock.with({ log?.segmentCount }) ?? Int(next.logSegments)
    next.logSegments = UInt32(segments)
    let slot = PageNumber(next.sequence & 1)
    let page = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 64)
    defer { page.deallocate() }
    next.encode(into: page, slot: slot)
    try file.write(
      UnsafeRawBufferPointer(start: page, count: pageSize),
      at: UInt64(slot) * UInt64(pageSize))
    pagesWritten.wrappingAdd(1, ordering: .relaxed)
    if !planted(.skipHeaderSync) { try syncOrPoison() }
    olderCheckpointLSN = header.checkpointLSN
    olderPageCount = header.pageCount
    header = next
    notedSegments.store(segments, ordering: .relaxed)
  }

  func syncOrPoison() throws(StoreError) {
    do throws(StoreError) {
      try gate.sync()
    } catch {
      log?.poison(
        StoreError(.poisoned, "a sync of \(path) failed (\(error.message)): close and open again"))
      throw error
    }
  }

  private func markClean(_ versions: [VersionPointer], _ candidates: [PageNumber]) {
    cache.lock.with {
      for version in versions { cache.becameClean(version) }
      // What was changed again while the checkpoint ran stays dirty.
      for number in candidates {
        guard let entry = cache.table.entry(number),
          let head = VersionPointer(word: entry.pointee.head.load(ordering: .acquiring)),
          head.pointee.isDirty
        else { continue }
        dirtyPages.append(number)
      }
      countImages()
    }
  }
}
