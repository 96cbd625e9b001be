extension Pager {
  /// Leaves off the free pages at the file's end. The caller has the writer's place.
  func giveBackTrailingPages(atLeast least: UInt32 = 1) throws(StoreError) {
    let tx = makeWriter()
    let needed: UInt32
    do throws(StoreError) {
      needed = try freeSpace.neededPageCount(tx)
    } catch {
      tx.endQuietly()
      throw error
    }
    guard needed < tx.pageCount, tx.pageCount - needed >= least else {
      tx.endQuietly()
      return
    }
    tx.pageCount = needed
    tx.isShrinking = true
    defer { tx.endQuietly() }
    try logAndPublish(tx)
    try log?.flushAll()
  }

  /// Gives back the free pages at the file's end, however few, and cuts the file. While a snapshot
  /// needs them the file is cut at a later checkpoint.
  public func shrink() throws(StoreError) {
    try waitForWriter(nil)
    do throws(StoreError) {
      try prepareForWriting()
      try giveBackTrailingPages()
    } catch {
      releaseWriter()
      throw error
    }
    releaseWriter()
    // The end goes when neither copy of the header names it any more.
    for _ in 0..<2 { try checkpoint() }
  }

  /// Before a checkpoint, when no one is writing: gives back free pages at the end when they are more
  /// than a sixteenth of the file.
  func giveBackBeforeCheckpoint() throws(StoreError) {
    let isMine = writerLock.with { () -> Bool in
      guard !isWriting else { return false }
      isWriting = true
      return true
    }
    guard isMine else { return }
    defer { releaseWriter() }
    do throws(StoreError) {
      try giveBackTrailingPages(atLeast: max(16, pageCount / 16))
    } catch {
      // A checkpoint is what makes room on a full disk.
      guard error.code == .diskFull else { throw error }
    }
  }

  /// After a checkpoint: cuts the page file where no header, commit or snapshot needs it any more.
  func cutFile() throws(StoreError) {
    // A bulk commit writes new pages beyond the end under the same lock, sealed ones go there before.
    try appendLock.with { () throws(StoreError) in
      guard !isBeingFilled else { return }
      let isNeeded = cache.lock.with { cache.readers.isAnySnapshot(below: header.checkpointLSN) }
      guard !isNeeded else { return }
      // The older header must still find its pages, should the newer one rot.
      let count = max(header.pageCount, olderPageCount, writerLock.with { pageCount })
      let wanted = UInt64(count) * UInt64(pageSize)
      if try file.size() > wanted { try file.truncate(to: wanted) }
      reservedPages = min(reservedPages, count)
    }
  }
}

extension PageTransaction {
  /// Ends without giving the writer's place to others.
  func endQuietly() {
    discardOwned()
    end()
  }
}
