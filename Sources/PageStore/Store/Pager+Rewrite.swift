extension Pager {
  /// Where `rewrite` builds the new file.
  static func rewritePath(_ path: String) -> String { path + "-compact" }

  /// Replaces the page file at `path` by one that `copy` fills from it.
  ///
  /// The new file is built beside the old one, synced, and renamed over it, so that at any crash one
  /// of them is whole. It keeps the file's id and begins a new incarnation of the log behind the old
  /// one's end: what is left of the old log can never be replayed onto it.
  ///
  /// - Returns: the file's size in bytes before and after.
  public static func rewrite(
    path: String, fileSystem: any FileSystem = PosixFileSystem.shared,
    options: PagerOptions = PagerOptions(),
    copy: (_ from: PageTransaction, _ to: PageTransaction) throws -> Void
  ) throws -> (before: UInt64, after: UInt64) {
    let source = try Pager.open(
      path: path, fileSystem: fileSystem, options: try reading(path, fileSystem, options))
    do {
      let sizes = try source.rewrite(cacheBytes: options.cacheBytes, copy)
      // The old file has no name any more: there is nothing to write into it.
      source.abandon()
      return sizes
    } catch {
      let explained = (error as? StoreError).map { source.explained($0) }
      try? source.close()
      throw explained ?? error
    }
  }

  /// Each page of the old file is read once, so that a small cache serves as well, and its memory
  /// stays in the processor's. A log is replayed with the whole one.
  private static func reading(
    _ path: String, _ fileSystem: any FileSystem, _ options: PagerOptions
  ) throws(StoreError) -> PagerOptions {
    guard try fileSystem.identity(of: logPath(path)) == nil else { return options }
    var small = options
    small.cacheBytes = min(options.cacheBytes, readingCacheBytes)
    return small
  }

  private static let readingCacheBytes = 4 << 20

  private func rewrite(
    cacheBytes: Int, _ copy: (PageTransaction, PageTransaction) throws -> Void
  ) throws -> (before: UInt64, after: UInt64) {
    try checkpoint()
    let before = try file.size()
    if let free = fileSystem.freeBytes(at: path), free < before / 2 {
      throw StoreError(
        .diskFull, "compacting \(path) may take another \(before) bytes while both copies are there"
      )
    }
    let newPath = Self.rewritePath(path)
    try removeLeftovers(newPath)
    let end = log?.end ?? header.checkpointLSN
    var first = FileHeader(
      pageSize: pageSize, fileID: header.fileID, timeline: header.timeline,
      checkpointLSN: LogFormat.aligned(end &+ 1), salt: options.random(), pageCount: Self.firstPage,
      segmentSize: header.segmentSize)
    if planted(.rule11IncarnationKept) { first.checkpointLSN = LSN(LogFormat.block) }
    first.commitNumber = commitNumber
    first.commitTime = commitTime
    var targetOptions = options
    targetOptions.cacheBytes = cacheBytes
    targetOptions.bulkLogBytes = 0
    targetOptions.writesNewPagesEarly = true
    let target = try Self.create(
      path: newPath, fileSystem: fileSystem, options: targetOptions, header: first)
    do {
      let from = try beginRead()
      defer { from.rollback() }
      let to = try target.beginWrite()
      do {
        try copy(from, to)
        try to.commit()
      } catch {
        to.rollback()
        throw error
      }
      try target.close()
      guard try fileSystem.identity(of: path)?.file == fileIdentity.file else {
        throw StoreError(.io, "\(path) was replaced while it was compacted: nothing was changed")
      }
      #if TEST_SWITCHES
        if planted(.rule11IncarnationKept) { try goOnWithIncarnation(newPath) }
      #endif
      try fileSystem.rename(newPath, to: path)
      if !planted(.skipDirectorySync) { try fileSystem.syncDirectory(of: path) }
    } catch {
      try? target.close()
      try? removeLeftovers(newPath, createdBy: target)
      throw error
    }
    try removeLog()
    let after = try fileSystem.open(path, .readOnly)
    defer { after.close() }
    return (before, try after.size())
  }

  #if TEST_SWITCHES
    /// Lets the new file's headers name what this file's name of the log.
    private func goOnWithIncarnation(_ newPath: String) throws(StoreError) {
      let other = try fileSystem.open(newPath, .readWrite)
      defer { other.close() }
      var (copy, _) = try Self.readHeaders(newPath, other)
      copy.checkpointLSN = header.checkpointLSN
      copy.syncedLSN = header.checkpointLSN
      copy.salt = header.salt
      let page = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 64)
      defer { page.deallocate() }
      for slot in 0..<2 as Range<PageNumber> {
        copy.encode(into: page, slot: slot)
        copy.sequence += 1
        try other.write(
          UnsafeRawBufferPointer(start: page, count: pageSize),
          at: UInt64(slot) * UInt64(pageSize))
      }
      try other.sync()
    }
  #endif

  /// Ends the handle without writing anything.
  private func abandon() {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    checkpointer?.stop()
    log?.file.close()
    file.close()
  }
}
