import Synchronization

extension Pager {
  /// Creates a page file at `path`, which must not exist, and opens it.
  public static func create(
    path: String, fileSystem: any FileSystem = PosixFileSystem.shared,
    options: PagerOptions = PagerOptions()
  ) throws(StoreError) -> Pager {
    guard PageLimits.pageSizes.contains(options.pageSize) else {
      throw StoreError(.tooLarge, "a page has 4096, 8192, 16384, 32768 or 65536 bytes")
    }
    guard try fileSystem.identity(of: logPath(path)) == nil else {
      throw StoreError(
        .exists,
        "\(logPath(path)) is the log of another database: put that database back or remove its log")
    }
    return try create(
      path: path, fileSystem: fileSystem, options: options,
      header: FileHeader(
        pageSize: options.pageSize,
        fileID: FileID(low: options.random(), high: options.random()),
        timeline: options.random(), checkpointLSN: LSN(LogFormat.block), salt: options.random(),
        pageCount: firstPage, segmentSize: UInt32(options.segmentSize)))
  }

  /// Creates a page file that begins as `header` says.
  static func create(
    path: String, fileSystem: any FileSystem, options: PagerOptions, header: FileHeader
  ) throws(StoreError) -> Pager {
    let file = try fileSystem.open(path, .createNew)
    do throws(StoreError) {
      if case .held(let holder) = try file.lockForWriting() { throw heldError(path, holder) }
      try writeFirstPages(file, header)
      try file.sync()
      if !planted(.skipDirectorySync) { try fileSystem.syncDirectory(of: path) }
      let canonical = try fileSystem.canonicalPath(path)
      var written = header
      written.sequence = 1
      return Pager(
        path: canonical, file: file, fileSystem: fileSystem, options: options, header: written,
        identity: try file.identity())
    } catch {
      file.close()
      try? fileSystem.remove(path)
      throw error
    }
  }

  private static func writeFirstPages(
    _ file: any StorageFile, _ header: FileHeader
  ) throws(StoreError) {
    let size = header.pageSize
    let pages = UnsafeMutableRawPointer.allocate(byteCount: size * 3, alignment: 64)
    defer { pages.deallocate() }
    var copy = header
    for slot in 0..<2 {
      copy.sequence = UInt64(slot)
      copy.encode(into: pages + slot * size, slot: PageNumber(slot))
    }
    let map = pages + 2 * size
    map.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    map.set32(PageHeader.number, 2)
    map.set8(PageHeader.kind, PageKind.freeMap.rawValue)
    map.set32(PageHeader.owner, FreeSpace.owner)
    map.set8(PageHeader.size, 0b111)
    PageChecksum(fileID: header.fileID, pageSize: size).stamp(map, 2)
    // The headers come when what they name is there: a file with a sound header is whole.
    try file.write(UnsafeRawBufferPointer(start: map, count: size), at: UInt64(2 * size))
    try file.sync()
    try file.write(UnsafeRawBufferPointer(start: pages, count: size * 2), at: 0)
  }

  /// Opens the page file at `path`, and recovers it when the last writer did not close it.
  public static func open(
    path: String, fileSystem: any FileSystem = PosixFileSystem.shared,
    options: PagerOptions = PagerOptions()
  ) throws(StoreError) -> Pager {
    let canonical = try fileSystem.canonicalPath(path)
    var attempts = 0
    var repeats = 0
    var lastMessage = ""
    while true {
      attempts += 1
      let file = try fileSystem.open(canonical, options.isReadOnly ? .readOnly : .readWrite)
      do throws(StoreError) {
        return try open(canonical, file, fileSystem, options)
      } catch {
        defer { file.close() }
        // What another process is writing just now looks different the next time, damage does not.
        repeats = error.message == lastMessage ? repeats + 1 : 0
        lastMessage = error.message
        guard options.isReadOnly, repeats < 2 || error.code == .busy,
          try mayTryAgain(canonical, file, error, attempt: attempts)
        else { throw error }
      }
    }
  }

  private static func open(
    _ path: String, _ file: any StorageFile, _ fileSystem: any FileSystem, _ options: PagerOptions
  ) throws(StoreError) -> Pager {
    let identity = try file.identity()
    if !options.isReadOnly {
      guard identity.linkCount <= 1 else {
        throw StoreError(
          .busy, "\(path) has more than one name, and each would have a log of its own: copy it")
      }
      if case .held(let holder) = try file.lockForWriting() { throw heldError(path, holder) }
    }
    let (header, note) = try readHeaders(path, file)
    guard options.isReadOnly || header.writeVersion <= FileHeader.currentVersion else {
      throw StoreError(
        .newerFormat, "\(path) was written by a newer CareFS: use that version, or only read it")
    }
    let needed = UInt64(header.pageCount) * UInt64(header.pageSize)
    guard try file.size() >= needed else {
      throw StoreError(
        .corrupt, "\(path) is cut off: \(needed) bytes are named by its header, fewer are there")
    }
    let pager = Pager(
      path: path, file: file, fileSystem: fileSystem, options: options, header: header,
      identity: identity)
    pager.headerNote = note
    do throws(StoreError) {
      try pager.recover()
      // Something else in that place is not ours to remove; a rewrite will say so.
      if !pager.isReadOnly { try? pager.removeLeftovers(rewritePath(path)) }
    } catch {
      pager.isClosed.store(true, ordering: .releasing)
      throw pager.explained(error)
    }
    return pager
  }

  static func heldError(_ path: String, _ holder: Int32?) -> StoreError {
    let isThis = holder == currentProcessID()
    let who = isThis ? "this process" : holder.map { "process \($0)" } ?? "another process"
    return StoreError(.busy, "\(path) is open for writing in \(who): close it there first")
  }

  /// The newer sound header, and what is wrong with the other. A known page size saves reading more.
  static func readHeaders(
    _ path: String, _ file: any StorageFile, pageSize: Int? = nil
  ) throws(StoreError) -> (FileHeader, String?) {
    let largest = pageSize ?? PageLimits.pageSizes.last ?? 65536
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * largest, alignment: 64)
    defer { buffer.deallocate() }
    let count = try file.read(into: buffer, at: 0)
    guard count > 0, let base = buffer.baseAddress.map({ UnsafeRawPointer($0) }) else {
      throw StoreError(
        .notADatabase,
        "\(path) is empty, not a CareFS database; if its creation was interrupted, remove it")
    }
    var found: [FileHeader] = []
    var isNewer = false
    var looksLikeOurs = false
    func tryHeader(_ at: Int, _ slot: PageNumber) {
      guard at < count else { return }
      do throws(FileHeader.ReadFailure) {
        let header = try FileHeader(base + at, available: count - at, slot: slot)
        if slot == 0 || header.pageSize == at { found.append(header) }
      } catch {
        if error == .newerFormat { isNewer = true }
        if error != .notADatabase { looksLikeOurs = true }
      }
    }
    tryHeader(0, 0)
    let sizes = found.first.map { [$0.pageSize] } ?? PageLimits.pageSizes
    for size in sizes { tryHeader(size, 1) }
    if isNewer {
      throw StoreError(.newerFormat, "\(path) was written by a newer CareFS: use that version")
    }
    guard let newest = found.max(by: { $0.sequence < $1.sequence }) else {
      if looksLikeOurs {
        throw StoreError(
          .corrupt, "both headers of \(path) are damaged: restore a backup", page: 0)
      }
      let isBlank = buffer[..<count].prefix(2 * (PageLimits.pageSizes.first ?? 4096))
        .allSatisfy { $0 == 0 }
      throw StoreError(
        .notADatabase,
        isBlank
          ? "\(path) begins with zeros; if its creation was interrupted, remove it"
          : "\(path) is not a CareFS database")
    }
    let note = found.count == 2 ? nil : "one of the two copies of the file header is damaged"
    return (newest, note)
  }

  // MARK: Recovery

  /// Reads the log, if there is one, and takes over what it holds.
  private func recover() throws(StoreError) {
    let logPath = Self.logPath(path)
    guard try fileSystem.identity(of: logPath) != nil else {
      guard header.isClosedCleanly else {
        throw StoreError(
          .corrupt, "\(logPath) is missing and \(path) was not closed: put the log back")
      }
      try repairHeader()
      return
    }
    let logFile = try fileSystem.open(logPath, isReadOnly ? .readOnly : .readWrite)
    try takeOver(logFile)
    let scan: LogScan
    guard let reader = try readLog(logFile) else { return }
    let recovery = Recovery(file: file, header: header, cache: cache)
    do throws(StoreError) {
      guard header.isClosedCleanly || reader.segmentCount >= Int(header.logSegments) else {
        throw StoreError(
          .corrupt, "\(logPath) is cut off: it had \(header.logSegments) segments at least")
      }
      guard header.isClosedCleanly || reader.isBegun else {
        throw StoreError(
          .corrupt, "\(logPath) is blank, and \(path) was not closed: put its log back")
      }
      if isReadOnly { reader.isGrowing = try file.otherWriter() != nil }
      scan = try recovery.run(reader)
      if reader.isGrowing {
        // The last group may not be durable yet: nothing is shown that a power cut could take back.
        try logFile.sync()
        guard recovery.newerPage == nil else { throw Self.overtakenError(path, nil) }
      }
      if let page = recovery.newerPage {
        throw StoreError.corrupt(
          page, "it is newer than the log: \(path) and \(logPath) are not of one moment")
      }
    } catch {
      logFile.close()
      throw error
    }
    if scan.droppedBytes > 0 {
      recoveryNote =
        reader.isGrowing
        ? "the log's tail of \(scan.droppedBytes) bytes is left to the process that is writing it"
        : "a torn tail of \(scan.droppedBytes) bytes, never acknowledged, was dropped from the log"
    }
    let isClean = header.isClosedCleanly && scan.groupCount == 0 && scan.droppedBytes == 0
    install(recovery)
    guard !isReadOnly, !isClean else {
      logFile.close()
      try repairHeader()
      return
    }
    try secureHeaders()
    let busy = try scan.busySegments.union(reader.secure(scan))
    let capacity = UInt64(reader.segmentCount) * UInt64(header.segmentSize)
    // Past every LSN that the last writer could have given out.
    let start =
      planted(.rule3SaltKept)
      ? scan.end : LogFormat.aligned(scan.end &+ capacity &+ 1 << 20)
    makeLog(
      logFile, startLSN: start, previousSalt: scan.salt, previousEnd: scan.end,
      segmentCount: reader.segmentCount, busy: busy)
    try checkpointLock.with { () throws(StoreError) in
      try runCheckpoint(closing: false, both: true)
      // Behind the end may be torn pages of a large transaction that never committed. One of them that
      // is taken and given back in one commit would never be written, and look damaged.
      try cutFile()
    }
    // No header names the old incarnation any more.
    log?.reuse(busy)
  }

  /// Remembers which file the log is; refuses to write to one that has other names.
  private func takeOver(_ logFile: any StorageFile) throws(StoreError) {
    do throws(StoreError) {
      let identity = try logFile.identity()
      guard isReadOnly || identity.linkCount <= 1 else {
        throw StoreError(
          .busy,
          "\(Self.logPath(path)) has more than one name, and writing to it would change "
            + "what the others show: remove those")
      }
      logIdentity = identity
    } catch {
      logFile.close()
      throw error
    }
  }

  /// The log, or nil when it is another file's or a newer CareFS's, and this one needs none to be
  /// read.
  private func readLog(_ logFile: any StorageFile) throws(StoreError) -> LogReader? {
    do throws(StoreError) {
      return try LogReader(
        file: logFile, fileID: header.fileID, timeline: header.timeline,
        segmentSize: Int(header.segmentSize))
    } catch {
      logFile.close()
      guard isReadOnly, header.isClosedCleanly, [.corrupt, .newerFormat].contains(error.code)
      else { throw error }
      recoveryNote = "\(error.message); \(path) was closed and needs no log to be read"
      return nil
    }
  }

  /// Writes both copies of the header again before any log space is reused, or the log removed: after
  /// a failed sync the one that was read may not be on the disk, which then still needs all of the log.
  private func secureHeaders() throws(StoreError) {
    try checkpointLock.with { () throws(StoreError) in
      try file.insistOnSize()
      try write(header)
      try write(header)
    }
  }

  /// Writes the damaged one of the two copies of the header again: a crash may have torn it.
  private func repairHeader() throws(StoreError) {
    guard headerNote != nil, !isReadOnly else { return }
    try checkpointLock.with { () throws(StoreError) in try write(header) }
  }

  func install(_ recovery: Recovery) {
    pageCount = recovery.pageCount
    firstUntouchedPage = max(firstUntouchedPage, pageCount)
    commitNumber = recovery.commitNumber
    commitTime = recovery.commitTime
    let last = recovery.lastLSN
    // What commits have given back is needed only when later ones may be lost.
    if !recovery.keepsOutdated { recovery.dropPages { $0 >= self.pageCount } }
    let recovered = recovery.takePages()
    cache.lock.with {
      visibleLSN = max(visibleLSN, last)
      publishedLSN = visibleLSN
      durableLSN = visibleLSN
      visibleState = CommitState(
        lsn: visibleLSN, pageCount: pageCount, number: commitNumber, time: commitTime)
      for (number, page) in recovered where !page.isInFile {
        let version = cache.takeVersion()
        version.pointee.page = number
        version.pointee.lsn = page.lsn
        version.pointee.freshLSN = page.freshLSN
        version.pointee.isDirty = true
        version.pointee.spillSlot = page.spillSlot
        if let bytes = page.bytes {
          bytes.set64(PageHeader.lsn, page.lsn)
          version.pointee.data.store(UInt(bitPattern: bytes), ordering: .releasing)
        }
        cache.appendOldest(version)
        dirtyPages.append(number)
      }
    }
  }

  private func makeLog(
    _ file: any StorageFile, startLSN: LSN, previousSalt: UInt64, previousEnd: LSN,
    segmentCount: Int, busy: Set<Int>
  ) {
    let salt = planted(.rule3SaltKept) ? previousSalt : options.random()
    let writer = LogWriter(
      file: file, fileID: header.fileID, timeline: header.timeline, salt: salt,
      startLSN: startLSN, previousSalt: previousSalt, previousEnd: previousEnd,
      segmentSize: Int(header.segmentSize), segmentCount: segmentCount, busySegments: busy,
      counters: logCounters)
    writer.onDurable = { [weak self] lsn in self?.becameDurable(lsn) }
    log = writer
    checkpointer = Checkpointer(pager: self)
    checkpointEnd.store(startLSN, ordering: .relaxed)
  }

  /// Puts a log under a file that was closed cleanly, before its first change.
  func startLog() throws(StoreError) {
    let (logFile, isThere) = try createLog(Self.logPath(path))
    // A checkpoint on another thread must not write a header that counts on the log before the log's
    // name and beginning are durable.
    try checkpointLock.with { () throws(StoreError) in try beginLog(logFile, isThere) }
  }

  private func beginLog(_ logFile: any StorageFile, _ isThere: Bool) throws(StoreError) {
    do throws(StoreError) {
      let segmentSize = Int(header.segmentSize)
      let count = Int(min(try logFile.size() / UInt64(segmentSize), 1 << 16))
      makeLog(
        logFile, startLSN: header.checkpointLSN, previousSalt: header.salt,
        previousEnd: header.checkpointLSN, segmentCount: count, busy: [])
      guard let log else { return }
      do throws(StoreError) {
        try log.begin()
      } catch {
        // On a full disk the file stays as it was: closed, without a log.
        if error.code == .diskFull, !isThere { try? removeLog() }
        throw error
      }
      // A segment that is there already may be one that a failed sync has left in memory alone.
      if count > 0 { try logFile.insistOnSize() }
      // The log's beginning and name must be durable before the header counts on them.
      do throws(StoreError) {
        try logFile.sync()
        logCounters.addSync()
        if !planted(.skipDirectorySync) { try fileSystem.syncDirectory(of: path) }
      } catch {
        log.poison(
          StoreError(
            .poisoned, "a sync of the log or its folder failed (\(error.message)): open again"))
        throw error
      }
      var next = header
      next.isClosedCleanly = false
      next.salt = log.salt
      try write(next)
    } catch {
      // A handle that a failed sync has poisoned stays so; anything else may be tried again.
      if log?.lock.with({ log?.failure }) == nil {
        log = nil
        logFile.close()
      }
      throw error
    }
  }

  /// A new file at the log's name, or the one of an earlier attempt: the header may have reached the
  /// disk although writing it failed. A log that was there when the page file was opened, and in
  /// which nothing was needed, makes way, as its mode and owner may be anything; what was put there
  /// since is left alone.
  private func createLog(
    _ logPath: String
  ) throws(StoreError) -> (file: any StorageFile, isThere: Bool) {
    if let logIdentity, try fileSystem.identity(of: logPath)?.file == logIdentity.file {
      if hasCreatedLog {
        let file = try fileSystem.open(logPath, .readWrite)
        try takeOver(file)
        return (file, true)
      }
      try secureHeaders()
      try fileSystem.remove(logPath)
    }
    logIdentity = nil
    do throws(StoreError) {
      let file = try fileSystem.open(logPath, .createNew)
      try takeOver(file)
      hasCreatedLog = true
      return (file, false)
    } catch {
      guard error.code == .exists else { throw error }
      throw StoreError(
        .exists, "\(logPath) is in the way and is not the log of \(path): move it",
        errno: error.errno)
    }
  }
}
