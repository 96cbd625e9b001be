/// Rebuilds the newest committed pages from the page file and the log.
final class Recovery {
  struct Page {
    var bytes: UnsafeMutableRawPointer
    /// The LSN of the page's last change, or nil while no sound base is known.
    var lsn: LSN?
    var freshLSN: LSN = 0
  }

  private let file: any StorageFile
  let header: FileHeader
  private let checksum: PageChecksum
  var pages: [PageNumber: Page] = [:]
  var pageCount: UInt32
  private(set) var commitNumber: UInt64
  private(set) var commitTime: Int64
  var lastLSN: LSN

  /// Whether a page that lacks a change stays as it was before it: for saving what there is.
  let keepsOutdated: Bool
  /// Pages that lack changes.
  private(set) var outdated: Set<PageNumber> = []

  /// The newest image of each page that the page file has no sound base of.
  private(set) var images: [PageNumber: UnsafeMutableRawPointer] = [:]

  init(file: any StorageFile, header: FileHeader, keepsOutdated: Bool = false) {
    self.file = file
    self.keepsOutdated = keepsOutdated
    self.header = header
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

  func forgetPages() {
    for page in pages.values { page.bytes.deallocate() }
    pages = [:]
    outdated = []
  }

  /// Applies the log's sound part in memory.
  func run(_ log: LogReader) throws(StoreError) -> LogScan {
    var scan = try pass(log)
    if !images.isEmpty {
      // Commits ran beside the checkpoint that logged the images: changes may stand before the image
      // that they apply to. With the images known, all changes are applied in order.
      forgetPages()
      scan = try pass(log, until: log.isGrowing ? scan.end : nil)
    }
    for (number, page) in pages where page.lsn == nil && number < pageCount {
      throw Self.missing(number)
    }
    try requireMaps()
    return scan
  }

  private static func missing(_ number: PageNumber) -> StoreError {
    StoreError.corrupt(number, "neither the file nor the log has a sound copy of it")
  }

  /// A page count is as long as there are maps for: what a record claims alone would cost as much time
  /// as the largest file.
  private func requireMaps() throws(StoreError) {
    let space = FreeSpace(contentEnd: header.pageSize - Int(header.reservedBytes))
    let inFile = try file.size() / UInt64(header.pageSize)
    let first = UInt32(max(min(inFile, UInt64(pageCount)), 3) - 3) / space.span
    var number = UInt64(space.mapPage(first))
    while number < pageCount {
      guard number < inFile || pages[PageNumber(number)] != nil else {
        throw Self.missing(PageNumber(number))
      }
      number += UInt64(space.span)
    }
  }

  /// A page that is newer than all that was found: a checkpoint of another process has written it, or
  /// the page file was copied after the log.
  var newerPage: PageNumber? {
    let last = lastLSN
    return pages.lazy.filter { ($0.value.lsn ?? 0) > last }.map(\.key).min()
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

  /// Hands the pages over; the caller owns their bytes.
  func takePages() -> [PageNumber: Page] {
    defer { pages = [:] }
    return pages
  }

  func replay(_ record: LogRecord) throws(StoreError) {
    let commit = try CommitPayload(record.payload)
    guard commit.pageCount <= PageLimits.maximumPageCount else { throw CommitPayload.damaged }
    var applies = [Bool](repeating: false, count: commit.tableCount)
    var begun = [Bool](repeating: false, count: commit.tableCount)
    for index in 0..<commit.tableCount {
      let entry = commit.entry(index)
      guard entry.page >= 2, entry.page < PageLimits.maximumPageCount else {
        throw CommitPayload.damaged
      }
      var page = try self.page(entry.page)
      if entry.flags & LogFormat.bulkFlag != 0 {
        // Its bytes went to the page file before this record was written.
        if (page.lsn ?? 0) < record.lsn { page.lsn = nil }
      } else if entry.flags & LogFormat.freshFlag != 0 {
        if (page.lsn ?? 0) < record.lsn {
          applies[index] = true
        }
      } else if let lsn = page.lsn, lsn < record.lsn {
        if lsn == entry.baseLSN || planted(.lostWriteUnnoticed) {
          applies[index] = true
        } else if keepsOutdated {
          outdated.insert(entry.page)
        } else {
          // A write that the disk lost: only a later image can stand in for it.
          page.lsn = nil
        }
      }
      pages[entry.page] = page
    }
    try commit.apply(pageSize: header.pageSize) { index throws(StoreError) in
      guard applies[index] else { return nil }
      let entry = commit.entry(index)
      guard let page = self.pages[entry.page] else { return nil }
      if entry.flags & LogFormat.freshFlag != 0 && !begun[index] {
        page.bytes.initializeMemory(as: UInt8.self, repeating: 0, count: self.header.pageSize)
        page.bytes.set32(PageHeader.number, entry.page)
      }
      begun[index] = true
      return page.bytes
    }
    for index in 0..<commit.tableCount where applies[index] {
      let entry = commit.entry(index)
      guard var page = pages[entry.page] else { continue }
      page.lsn = record.lsn
      page.bytes.set64(PageHeader.lsn, record.lsn)
      if entry.flags & LogFormat.freshFlag != 0 {
        page.freshLSN = record.lsn
        outdated.remove(entry.page)
      }
      pages[entry.page] = page
    }
    pageCount = commit.pageCount
    commitNumber = commit.commitNumber
    commitTime = commit.commitTime
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
      var page = try page(number)
      let lsn = image.u64(PageHeader.lsn)
      if page.lsn == nil { keep(image, of: number, lsn) }
      if page.lsn.map({ $0 < lsn }) ?? true {
        page.bytes.copyMemory(from: image, byteCount: header.pageSize)
        page.lsn = lsn
        pages[number] = page
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

  /// The page as recovery has it so far: first from the page file, if that is sound.
  private func page(_ number: PageNumber) throws(StoreError) -> Page {
    if let page = pages[number] { return page }
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: header.pageSize, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: header.pageSize)
    var page = Page(bytes: bytes, lsn: nil)
    pages[number] = page
    let n = try file.read(
      into: UnsafeMutableRawBufferPointer(start: bytes, count: header.pageSize),
      at: UInt64(number) * UInt64(header.pageSize))
    if n == header.pageSize, checksum.isSound(bytes, number) {
      page.lsn = bytes.readable.u64(PageHeader.lsn)
    }
    if let image = images[number], page.lsn ?? 0 < image.readable.u64(PageHeader.lsn) {
      bytes.copyMemory(from: image, byteCount: header.pageSize)
      page.lsn = image.readable.u64(PageHeader.lsn)
    }
    pages[number] = page
    return page
  }
}
