extension PageTransaction {
  /// Says that a new page is complete. In a transaction that fills a file of which nobody knows yet
  /// it goes to its place at once, and its memory serves the next page; else nothing happens. The
  /// editor is void afterwards.
  public func seal(_ page: PageEditor) throws(StoreError) {
    let own = page.version
    guard pager.options.writesNewPagesEarly, own.pointee.isBulk, savepoints.isEmpty,
      own.pointee.pins.load(ordering: .relaxed) == 0, let bytes = own.bytes
    else { return }
    let writer = if let bulkWriter { bulkWriter } else { try beginBulk() }
    try writer.add(own.pointee.page, bytes)
    own.pointee.isInFile = true
    letGo(own)
  }

  /// Nothing else is appended to the log of such a file: the commit's record will lie at its end.
  private func beginBulk() throws(StoreError) -> BulkWriter {
    guard let log = pager.log else { throw Pager.closedError }
    let lsn = try pager.appendLock.with { () throws(StoreError) in
      try log.flushAll()
      pager.isBeingFilled = true
      return log.end
    }
    let writer = BulkWriter(pager, lsn: lsn)
    bulkWriter = writer
    hasWrittenBulk = true
    return writer
  }

  /// Lets go of what has written the sealed pages, before a commit whose record lies at `lsn`.
  func finishBulk(_ lsn: LSN) throws(StoreError) {
    guard let writer = bulkWriter else { return }
    guard writer.lsn == lsn else {
      throw StoreError(.poisoned, "the log moved during a bulk transaction: open again")
    }
    bulkWriter = nil
  }

  /// Stops writing sealed pages, of which no commit will speak.
  func cancelBulk() {
    guard let writer = bulkWriter else { return }
    bulkWriter = nil
    writer.cancel()
    pager.spend(writer.lsn)
  }

  /// Reads a sealed page back.
  func readSealed(
    _ number: PageNumber, into buffer: UnsafeMutableRawPointer
  ) throws(StoreError) {
    if let writer = bulkWriter {
      // The next sealed page begins with a new thread.
      try writer.finish()
      bulkWriter = BulkWriter(pager, lsn: writer.lsn)
    }
    let count = try pager.file.read(
      into: UnsafeMutableRawBufferPointer(start: buffer, count: pageSize),
      at: UInt64(number) * UInt64(pageSize))
    guard count == pageSize, pager.checksum.isSound(buffer, number) else {
      throw StoreError.corrupt(number, "it was written and cannot be read back")
    }
  }
}
