import Synchronization

/// A page file and its write-ahead log: durable pages with one writer, and snapshots for any number of
/// readers beside it.
///
/// A commit is acknowledged, and seen by new snapshots, when it is on disk. After a crash `open`
/// finds every acknowledged commit, and every other one either whole or not at all. The first failed
/// write or sync of the log, or sync of the page file, poisons the handle: it commits nothing more.
public final class Pager: @unchecked Sendable {
  /// The number of the first page that `allocate` gives out in a new file.
  public static let firstPage: PageNumber = 3

  /// Bytes in a page.
  public let pageSize: Int
  /// Where the page file is.
  public let path: String
  /// True when nothing may be written.
  public let isReadOnly: Bool
  /// What recovery found when the file was opened.
  public internal(set) var recoveryNote: String?
  /// What is wrong with a copy of the header although the other is sound.
  public internal(set) var headerNote: String?

  /// What a store that was opened for salvage has lost of its log.
  public internal(set) var lossNote: String?

  let contentEnd: Int
  /// Bytes of one segment of the log.
  let segmentSize: Int
  let options: PagerOptions
  let fileSystem: any FileSystem
  let file: any StorageFile
  let gate: SyncGate
  let fileIdentity: FileIdentity
  let checksum: PageChecksum
  let cache: PageCache
  let freeSpace: FreeSpace

  // The writer's, guarded by `writerLock`.
  let writerLock = Lock()
  var isWriting = false
  var pageCount: UInt32
  var commitNumber: UInt64
  var commitTime: Int64
  /// No page from here on was ever in use: a large commit may write it outside the log's order.
  var firstUntouchedPage: UInt32
  var changeBuffer: RawBuffer? = RawBuffer(capacity: 64 << 10)

  // Guarded by the cache's lock.
  var visibleLSN: LSN
  var publishedLSN: LSN
  var durableLSN: LSN
  @exclusivity(unchecked) var superseded: [Superseded] = []
  var supersededStart = 0
  @exclusivity(unchecked) var dirtyPages: [PageNumber] = []
  /// How many dirty pages need an image in the log before a checkpoint may write them.
  var imagesNeeded = 0
  /// What a snapshot taken now has, and what commits that are not durable yet will make of it.
  var visibleState: CommitState
  @exclusivity(unchecked) var pendingStates: [CommitState] = []

  // Guarded by `checkpointLock`.
  let checkpointLock = Lock()
  /// Whether `close` has begun its checkpoint, the last.
  var hasEnded = false
  var header: FileHeader
  var olderCheckpointLSN: LSN
  var olderPageCount: UInt32
  /// Held while something is appended to the log whose LSN must be known beforehand.
  let appendLock = Lock()
  /// Pages that have their room on the disk. Under `appendLock`.
  var reservedPages: UInt32 = 0
  /// Whether a transaction writes pages behind the file's end before its commit. Under `appendLock`.
  var isBeingFilled = false
  var log: LogWriter?
  /// The file at the log's name that is this store's, be it in use or left over.
  var logIdentity: FileIdentity?
  /// Whether that file was made by this handle.
  var hasCreatedLog = false
  var checkpointer: Checkpointer?

  let isClosed = Atomic<Bool>(false)
  /// Whether this process was made by fork from the one that opened the store. Nothing of the store
  /// may be used here: open it again.
  package var isInChild: Bool { forkGuard.isChild }
  private let forkGuard = ForkGuard()
  let pagesRead = Atomic<UInt64>(0)
  let pagesWritten = Atomic<UInt64>(0)
  let checkpoints = Atomic<UInt64>(0)
  let commits = Atomic<UInt64>(0)
  let checkpointEnd = Atomic<LSN>(0)
  let notedSegments = Atomic<Int>(0)
  let logCounters = LogCounters()

  /// Whether there never was a commit: the store is new, or was left while it was being made.
  public var holdsNothing: Bool { cache.lock.with { visibleState.number == 0 } }

  init(
    path: String, file: any StorageFile, fileSystem: any FileSystem, options: PagerOptions,
    header: FileHeader, identity: FileIdentity
  ) {
    self.path = path
    self.file = file
    gate = SyncGate(file)
    self.fileSystem = fileSystem
    self.options = options
    self.header = header
    fileIdentity = identity
    pageSize = header.pageSize
    segmentSize = Int(header.segmentSize)
    isReadOnly = options.isReadOnly
    contentEnd = header.pageSize - Int(header.reservedBytes)
    checksum = PageChecksum(fileID: header.fileID, pageSize: header.pageSize)
    cache = PageCache(
      pageSize: header.pageSize, budgetBytes: options.cacheBytes,
      spill: SpillFile(fileSystem: fileSystem, path: path, pageSize: header.pageSize))
    freeSpace = FreeSpace(contentEnd: contentEnd)
    pageCount = header.pageCount
    firstUntouchedPage = header.pageCount
    reservedPages = header.pageCount
    commitNumber = header.commitNumber
    commitTime = header.commitTime
    // Every page in the file is older than the checkpoint's LSN.
    visibleLSN = header.checkpointLSN &- 1
    publishedLSN = visibleLSN
    durableLSN = visibleLSN
    visibleState = CommitState(
      lsn: visibleLSN, pageCount: header.pageCount, number: header.commitNumber,
      time: header.commitTime)
    olderCheckpointLSN = header.checkpointLSN
    olderPageCount = header.pageCount
  }

  deinit { try? close() }

  // MARK: Transactions

  /// A snapshot of the last durable commit.
  public func beginRead() throws(StoreError) -> PageTransaction {
    guard !isInChild else { throw StoreError.openedByParent(path) }
    guard !isClosed.load(ordering: .acquiring) else { throw Self.closedError }
    cache.lock.lock()
    let snapshot = visibleLSN
    let count = visibleState.pageCount
    let slot = cache.readers.take(snapshot: snapshot)
    cache.lock.unlock()
    return PageTransaction(
      pager: self, isWritable: false, snapshot: snapshot, slot: slot, pageCount: count,
      changes: Self.noChanges)
  }

  nonisolated(unsafe) static let noChanges = RawBuffer(capacity: 64)

  /// The write transaction; waits while another runs, at most `timeoutMilliseconds`, then `busy`.
  public func beginWrite(timeoutMilliseconds: Int? = nil) throws(StoreError) -> PageTransaction {
    guard !isInChild else { throw StoreError.openedByParent(path) }
    guard !isReadOnly else {
      throw StoreError(.readOnly, "\(path) was opened for reading only")
    }
    try waitForWriter(timeoutMilliseconds)
    do throws(StoreError) {
      try prepareForWriting()
    } catch {
      releaseWriter()
      throw error
    }
    return makeWriter()
  }

  /// The write transaction of who holds the writer's place.
  func makeWriter() -> PageTransaction {
    cache.lock.lock()
    let slot = cache.readers.take(snapshot: .max)
    cache.lock.unlock()
    let buffer = changeBuffer ?? RawBuffer(capacity: 64 << 10)
    changeBuffer = nil
    buffer.reset()
    return PageTransaction(
      pager: self, isWritable: true, snapshot: .max, slot: slot, pageCount: pageCount,
      changes: buffer)
  }

  func waitForWriter(_ timeout: Int?) throws(StoreError) {
    writerLock.lock()
    defer { writerLock.unlock() }
    while isWriting {
      if let timeout {
        guard writerLock.wait(milliseconds: timeout) || !isWriting else {
          throw StoreError(
            .busy, "another transaction has been writing \(path) for \(timeout) ms: try again")
        }
      } else {
        writerLock.wait()
      }
    }
    guard !isClosed.load(ordering: .acquiring) else { throw Self.closedError }
    isWriting = true
  }

  func releaseWriter() {
    writerLock.with {
      isWriting = false
      writerLock.broadcast()
    }
  }

  /// Puts a log under the first write since the file was opened, and holds back when it is full.
  func prepareForWriting() throws(StoreError) {
    if log == nil { try startLog() }
    guard let log else { return }
    if let failure = log.lock.with({ log.failure }) { throw failure }
    var attempts = 0
    while log.bytesInUse > options.maximumLogBytes, attempts < 2 {
      let before = log.bytesInUse
      try checkpoint()
      // A checkpoint frees what the one before it did not need any more, so it may take two. What
      // both still need cannot be released: let the log exceed its cap.
      attempts = log.bytesInUse < before ? 0 : attempts + 1
    }
  }

  /// Takes back the slot of a transaction that is over, and how often it looked for pages.
  func give(_ slot: UnsafeMutablePointer<ReaderSlot>, looks: UInt64 = 0, misses: UInt64 = 0) {
    cache.lock.lock()
    cache.looks &+= looks
    cache.misses &+= misses
    for item in cache.readers.give(slot) { cache.trim(item) }
    cache.lock.unlock()
  }

  // MARK: Reading

  /// The bytes of `number` at `snapshot` when they are not at hand: from the spill or the page file.
  func load(_ number: PageNumber, snapshot: LSN) throws(StoreError) -> UnsafeMutableRawPointer {
    guard number >= 2, number < PageLimits.maximumPageCount else {
      throw StoreError.corrupt(number, "no such page")
    }
    var isOvertaken = false
    var lastProblem = "its checksum does not match"
    var attempt = 0
    while attempt < (isReadOnly ? 8 : 3) {
      if attempt > 2, !(try waitForOtherWriter(attempt)) { break }
      if let bytes = try loadFromMemory(number, snapshot) { return bytes }
      cache.lock.lock()
      let buffer = cache.takeBuffer()
      cache.lock.unlock()
      var isSound = false
      do throws(StoreError) {
        let n = try file.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: pageSize),
          at: UInt64(number) * UInt64(pageSize))
        pagesRead.wrappingAdd(1, ordering: .relaxed)
        isSound = n == pageSize && checksum.isSound(buffer, number)
        if n < pageSize {
          lastProblem = "the file ends before it"
          isOvertaken = true
        }
      } catch {
        cache.lock.with { cache.giveBuffer(buffer) }
        throw error
      }
      let lsn = buffer.readable.u64(PageHeader.lsn)
      cache.lock.lock()
      defer { cache.lock.unlock() }
      // A checkpoint may have put the older version into memory and a newer one into the file.
      let found = cache.find(number, snapshot)
      // The writer sees what is committed, and nothing that the log does not know of.
      let newest = min(snapshot, publishedLSN)
      if found == nil, isSound, lsn <= newest {
        let version = cache.takeVersion()
        version.pointee.page = number
        version.pointee.lsn = lsn
        version.pointee.data.store(UInt(bitPattern: buffer), ordering: .releasing)
        cache.appendOldest(version)
        return buffer
      }
      cache.giveBuffer(buffer)
      if let found {
        // Another thread was faster. By the next look it may be gone again: that is no failure.
        if let bytes = found.bytes { return bytes }
        continue
      }
      attempt += 1
      if isSound {
        lastProblem =
          "it is newer than the log: the file was changed by another process, or is not of one moment "
          + "with its log"
        isOvertaken = true
      }
    }
    if isOvertaken, let error = overtaken() { throw error }
    throw StoreError.corrupt(number, lastProblem)
  }

  private func loadFromMemory(
    _ number: PageNumber, _ snapshot: LSN
  ) throws(StoreError) -> UnsafeMutableRawPointer? {
    guard let version = cache.find(number, snapshot) else { return nil }
    if let bytes = version.bytes { return bytes }
    cache.lock.lock()
    defer { cache.lock.unlock() }
    guard let version = cache.find(number, snapshot) else { return nil }
    if let bytes = version.bytes { return bytes }
    let buffer = cache.takeBuffer()
    do throws(StoreError) {
      try cache.spill.get(version.pointee.spillSlot &- 1, into: buffer)
    } catch {
      cache.giveBuffer(buffer)
      throw error
    }
    cache.spill.give(version.pointee.spillSlot &- 1)
    version.pointee.spillSlot = 0
    // It may have been spilled before the commit gave it its LSN.
    buffer.set64(PageHeader.lsn, version.pointee.lsn)
    version.pointee.data.store(UInt(bitPattern: buffer), ordering: .releasing)
    if let entry = cache.table.entry(number) { cache.showNewest(of: entry) }
    return buffer
  }

  // MARK: Ending

  static let closedError = StoreError(.closed, "the database is closed")

  /// Writes everything into the page file and removes the log. Waits for the running write
  /// transaction; readers that are still open fail from now on.
  ///
  /// A page file that was moved or removed meanwhile is completed where it is now; what stands in its
  /// place, and at the log's name, stays as it is, and `io` is thrown. In a process made by fork only
  /// the descriptors are closed.
  public func close() throws(StoreError) {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    guard !isInChild else {
      log?.file.close()
      file.close()
      return
    }
    writerLock.lock()
    while isWriting { writerLock.wait() }
    isWriting = true
    writerLock.unlock()
    checkpointer?.stop()
    defer {
      log?.file.close()
      file.close()
      releaseWriter()
    }
    guard let log else { return }
    try log.flushAll()
    do throws(StoreError) {
      try giveBackTrailingPages()
    } catch {
      // On a full disk they wait for the next time.
      guard error.code == .diskFull else { throw error }
    }
    // In deinit the log can no longer tell this object.
    becameDurable(log.lock.with { log.durableRecord })
    try checkpointLock.with { () throws(StoreError) in
      hasEnded = true
      do throws(StoreError) {
        try runCheckpoint(closing: true)
        try cutFile()
        try syncOrPoison()
      } catch {
        if !planted(.closeForgetsFailure) { throw error }
      }
      try removeLog()
    }
    try requireOwnName()
  }

  /// Removes the log of a file that needs none any more, unless something else has taken its name.
  func removeLog() throws(StoreError) {
    let logPath = Self.logPath(path)
    guard let logIdentity, try fileSystem.identity(of: logPath)?.file == logIdentity.file else {
      return
    }
    try fileSystem.remove(logPath)
    self.logIdentity = nil
    try fileSystem.syncDirectory(of: path)
  }

  /// Throws when the page file is no longer what its name leads to.
  func requireOwnName() throws(StoreError) {
    guard try fileSystem.identity(of: path)?.file == fileIdentity.file else {
      throw StoreError(
        .io, "\(path) was moved, removed or replaced while it was open: open it again")
    }
  }

  /// Throws when the log's name leads elsewhere: a commit there would be lost with this process.
  func requireOwnLog() throws(StoreError) {
    let logPath = Self.logPath(path)
    guard try fileSystem.identity(of: logPath)?.file == logIdentity?.file else {
      throw StoreError(
        .io,
        "\(logPath) was moved, removed or replaced while it was in use: close the database, which "
          + "keeps all that was committed, and open it again")
    }
  }

  /// Where the log of a page file is.
  public static func logPath(_ path: String) -> String { path + "-wal" }

  /// Bytes of the log's file, whether this handle writes it or only reads; 0 when there is none.
  public func logFileBytes() throws(StoreError) -> UInt64 {
    if let log { return try log.file.size() }
    guard try fileSystem.identity(of: Self.logPath(path)) != nil else { return 0 }
    let file = try fileSystem.open(Self.logPath(path), .readOnly)
    defer { file.close() }
    return try file.size()
  }

  /// How many bytes the log has grown by since the oldest open transaction took its snapshot; 0 when
  /// none is open. What it needs of the past grows with them.
  public var oldestReaderLag: UInt64 {
    cache.lock.with {
      visibleLSN - min(cache.readers.snapshots.first ?? visibleLSN, visibleLSN)
    }
  }
}
