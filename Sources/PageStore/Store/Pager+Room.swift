extension Pager {
  /// Notes that a page has changes that the page file lacks. Under the cache's lock.
  func becameDirty(_ version: VersionPointer) {
    dirtyPages.append(version.pointee.page)
    if needsImage(version) { imagesNeeded += 1 }
  }

  /// Counts anew which dirty pages need an image, after a checkpoint. Under the cache's lock.
  func countImages() {
    imagesNeeded = 0
    for number in dirtyPages {
      if let version = cache.find(number, .max), needsImage(version) { imagesNeeded += 1 }
    }
  }

  private func needsImage(_ version: VersionPointer) -> Bool {
    version.pointee.freshLSN < checkpointEnd.load(ordering: .relaxed)
  }

  /// Log bytes that the images of all dirty pages take once `tx` is committed: a commit leaves them
  /// free, so that a checkpoint can always be made, on a full disk too.
  func imageBytes(after tx: PageTransaction) -> Int {
    let changed = tx.logPages.count { $0.flags == 0 }
    let pages = cache.lock.with { imagesNeeded } + changed
    let bytes = pages * pageSize
    return bytes + (bytes / ImageBatch.bytes + 2) * 2 * LogFormat.block + logReserve(after: tx)
  }

  /// What a commit that lets the file grow leaves of the log for those that do not: with one segment
  /// in use, one free and one on its way, a full disk can be emptied commit by commit. A small file
  /// does without, as it would cost more than the file.
  private func logReserve(after tx: PageTransaction) -> Int {
    guard let segment = log?.segmentSize, tx.pageCount > pageCount,
      Int(tx.pageCount) * pageSize > 8 * segment
    else { return 0 }
    return Self.segmentsKept * segment
  }

  static var segmentsKept: Int { 2 }

  /// Gives the page file room for `count` pages before a commit names them, so that the checkpoint
  /// that writes them does not find the disk full. Under `appendLock`.
  func reservePages(_ count: UInt32) throws(StoreError) {
    guard count > reservedPages else { return }
    // In steps: a commit should not have to change the file's size.
    let step = min(count / 16, UInt32((16 << 20) / pageSize))
    do throws(StoreError) {
      try file.reserve(upTo: UInt64(count + step) * UInt64(pageSize))
      reservedPages = count + step
    } catch {
      guard error.code == .diskFull, step > 0 else { throw error }
      try file.reserve(upTo: UInt64(count) * UInt64(pageSize))
      reservedPages = count
    }
  }
}

/// Images go into the log this many bytes at a time.
enum ImageBatch {
  static let bytes = 1 << 20
}
