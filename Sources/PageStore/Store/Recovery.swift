/// Rebuilds the newest committed pages from the page file and the log.
///
/// Their number is what the log says, and one is named in 16 bytes: of their contents no more is in
/// memory than what is read explains, the rest spills. What a page is takes some tens of bytes.
final class Recovery {
  struct Page {
    /// The page's bytes, or nil while they are elsewhere.
    var bytes: UnsafeMutableRawPointer? = nil
    /// The LSN of the page's last change.
    var lsn: LSN
    var freshLSN: LSN = 0
    /// One more than the slot in the spill file, or 0. Without bytes, too, the page file has them, and
    /// has them for good.
    var spillSlot: UInt32 = 0
    /// Whether the bytes are those that the page file has.
    var isOfFile = false

    /// Whether it need not be written again.
    var isInFile: Bool { bytes == nil && spillSlot == 0 }
  }

  let file: any StorageFile
  let header: FileHeader
  let checksum: PageChecksum
  /// Gives the memory for pages, and spills them.
  let cache: PageCache
  var pages: [PageNumber: Page] = [:]
  /// Pages that the log names and of which no sound base is known.
  var baseless: Set<PageNumber> = []
  /// The pages whose bytes are in memory, and some that were let go since.
  var resident: [PageNumber] = []
  var residentHand = 0
  /// What pages of the file are read into.
  var spare: UnsafeMutableRawPointer?
  /// The size of what is read, page file and log; 0 until it is known.
  var bytesOfFiles = 0
  var isSpillRefused = false
  var pageCount: UInt32
  private(set) var commitNumber: UInt64
  private(set) var commitTime: Int64
  var lastLSN: LSN

  /// Whether a page that lacks a change stays as it was before it: for saving what there is.
  let keepsOutdated: Bool
  /// Pages that lack changes.
  var outdated: Set<PageNumber> = []

  /// The newest image of each page that the page file has no sound base of.
  private(set) var images: [PageNumber: UnsafeMutableRawPointer] = [:]

  init(
    file: any StorageFile, header: FileHeader, cache: PageCache, keepsOutdated: Bool = false
  ) {
    self.file = file
    self.keepsOutdated = keepsOutdated
    self.header = header
    self.cache = cache
    checksum = PageChecksum(fileID: header.fileID, pageSize: header.pageSize)
    pageCount = header.pageCount
    commitNumber = header.commitNumber
    commitTime = header.commitTime
    lastLSN = header.checkpointLSN == 0 ? 0 : header.checkpointLSN - 1
  }

  deinit {
    forgetPages()
    for image in images.values { image.deallocate() }
  }

  /// Applies the log's sound part.
  func run(_ log: LogReader) throws(StoreError) -> LogScan {
    bytesOfFiles = try size(with: log)
    var scan = try pass(log)
    if !images.isEmpty {
      // Commits ran beside the checkpoint that logged the images: changes may stand before the image
      // that they apply to. With the images known, all changes are applied in order.
      forgetPages()
      scan = try pass(log, until: log.isGrowing ? scan.end : nil)
    }
    if let number = baseless.lazy.filter({ $0 < self.pageCount }).min() {
      throw Self.missing(number)
    }
    try requireMaps()
    try requireGrowth()
    return scan
  }

  /// A page that is newer than all that was found: a checkpoint of another process has written it, or
  /// the page file was copied after the log.
  var newerPage: PageNumber? {
    let last = lastLSN
    return pages.lazy.filter { $0.value.lsn > last }.map(\.key).min()
  }

  private func pass(_ log: LogReader, until limit: LSN? = nil) throws(StoreError) -> LogScan {
    try log.scan(
      from: header.checkpointLSN, salt: header.salt, syncedEnd: header.syncedLSN,
      wasClosed: header.isClosedCleanly, limit: limit
    ) { record throws(StoreError) in
      switch record.kind {
      case LogFormat.RecordKind.commit: try self.replay(record)
      case LogFormat.RecordKind.images: try self.takeImages(record)
      default: throw StoreError(.newerFormat, "the log holds records of a newer CareFS")
      }
      self.lastLSN = record.lsn
    }
  }

  func replay(_ record: LogRecord) throws(StoreError) {
    let commit = try CommitPayload(record.payload)
    guard commit.pageCount <= PageLimits.maximumPageCount else { throw CommitPayload.damaged }
    guard pages.count + commit.tableCount <= mostPages else {
      throw StoreError(.corrupt, "the log names more pages than there can be contents of")
    }
    var applies = [Bool](repeating: false, count: commit.tableCount)
    var begun = [Bool](repeating: false, count: commit.tableCount)
    var lost: [PageNumber] = []
    for index in 0..<commit.tableCount {
      let entry = commit.entry(index)
      guard entry.page >= 2, entry.page < PageLimits.maximumPageCount else {
        throw CommitPayload.damaged
      }
      applies[index] = try judge(entry, record.lsn)
      if entry.flags & LogFormat.bulkFlag != 0, baseless.contains(entry.page) {
        lost.append(entry.page)
      }
    }
    func begin(_ index: Int) throws(StoreError) -> UnsafeMutableRawPointer? {
      let entry = commit.entry(index)
      guard entry.flags & LogFormat.freshFlag != 0, !begun[index] else {
        return try bytes(of: entry.page)
      }
      begun[index] = true
      return try zeros(for: entry.page)
    }
    try commit.apply(pageSize: header.pageSize) { index throws(StoreError) in
      applies[index] ? try begin(index) : nil
    }
    for index in 0..<commit.tableCount where applies[index] {
      let entry = commit.entry(index)
      if entry.flags & LogFormat.freshFlag != 0 {
        // One that nothing was written to is all zeros.
        if !begun[index] { _ = try begin(index) }
        pages[entry.page]?.freshLSN = record.lsn
        outdated.remove(entry.page)
      }
      pages[entry.page]?.lsn = record.lsn
    }
    // An entry before it, of the same page, is no base of what should be in the page file.
    for page in lost { forgetBase(of: page) }
    pageCount = commit.pageCount
    commitNumber = commit.commitNumber
    commitTime = commit.commitTime
  }

  /// Whether the changes of the record at `lsn` to a page are to be applied.
  private func judge(
    _ entry: (page: PageNumber, flags: UInt32, baseLSN: LSN), _ lsn: LSN
  ) throws(StoreError) -> Bool {
    if entry.flags & LogFormat.bulkFlag != 0 {
      // Its bytes went to the page file, and were synced, before this record was written.
      guard let found = try lookUp(entry.page) else { return false }
      if found < lsn { forgetBase(of: entry.page) }
      if found == lsn { leaveInFile(entry.page) }
      return false
    }
    if entry.flags & LogFormat.freshFlag != 0 {
      // Without an entry it gets one when its zeros do.
      return try lookUp(entry.page) ?? 0 < lsn
    }
    guard let found = try lookUp(entry.page), found < lsn else { return false }
    if found == entry.baseLSN || planted(.lostWriteUnnoticed) { return true }
    if keepsOutdated {
      outdated.insert(entry.page)
    } else {
      // A write that the disk lost: only a later image can stand in for it.
      forgetBase(of: entry.page)
    }
    return false
  }

  /// Images are whole pages, one after the other, as a checkpoint wrote them.
  func takeImages(_ record: LogRecord) throws(StoreError) {
    guard let base = record.payload.baseAddress, record.payload.count % header.pageSize == 0 else {
      throw CommitPayload.damaged
    }
    var at = 0
    while at < record.payload.count {
      let image = base + at
      let number = image.u32(PageHeader.number)
      guard checksum.isSound(image, number) else { throw CommitPayload.damaged }
      let lsn = image.u64(PageHeader.lsn)
      let known = try lookUp(number)
      if known == nil { keep(image, of: number, lsn) }
      if known.map({ $0 < lsn }) ?? true {
        try put(image, lsn, of: number)
        outdated.remove(number)
      }
      at += header.pageSize
    }
  }

  private func keep(_ image: UnsafeRawPointer, of number: PageNumber, _ lsn: LSN) {
    if let kept = images[number], kept.readable.u64(PageHeader.lsn) >= lsn { return }
    let copy =
      images[number] ?? .allocate(byteCount: header.pageSize, alignment: 64)
    copy.copyMemory(from: image, byteCount: header.pageSize)
    images[number] = copy
  }
}
