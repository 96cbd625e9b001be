extension Pager {
  /// Reads the page file from end to end and verifies every page; changes nothing.
  ///
  /// Every page is a header, a free map, in use with a sound checksum and an LSN that the log has
  /// reached, or free (zero, or sound stale content). Readers, the writer and checkpoints go on.
  /// Reads each page once, in long runs.
  ///
  /// - Parameter tx: the snapshot to look at, so that trees read in it can be compared with `used`.
  /// - Throws: when the system refuses a read. Damage is not thrown but reported.
  public func verifyPages(in tx: PageTransaction) throws(StoreError) -> PageReport {
    var check = PageCheck(pager: self, tx: tx)
    return try check.run()
  }

  /// As `verifyPages(in:)`, of the last durable commit.
  public func verifyPages() throws(StoreError) -> PageReport {
    let tx = try beginRead()
    defer { tx.rollback() }
    return try verifyPages(in: tx)
  }
}

/// One pass over the page file.
private struct PageCheck {
  let pager: Pager
  let tx: PageTransaction
  var report = PageReport()
  /// Everything in use, maps included.
  private var inUse = PageSet()

  private static let maximumFindings = 1_000
  private static let runBytes = 1 << 20

  init(pager: Pager, tx: PageTransaction) {
    self.pager = pager
    self.tx = tx
  }

  mutating func run() throws(StoreError) -> PageReport {
    report.pageCount = tx.pageCount
    report.notes.append(contentsOf: [pager.headerNote, pager.recoveryNote].compactMap { $0 })
    try checkHeaders()
    try readMaps()
    try checkPages()
    let size = try pager.file.size()
    let named = UInt64(tx.pageCount) * UInt64(pager.pageSize)
    if size > named { report.notes.append("\(size - named) bytes behind the last page, unused") }
    return report
  }

  private mutating func add(_ page: PageNumber, _ reason: String) {
    guard report.findings.count < Self.maximumFindings else { return }
    report.findings.append(.init(page: page, reason: reason))
  }

  // MARK: Headers and maps

  private mutating func checkHeaders() throws(StoreError) {
    let size = pager.pageSize
    let pages = UnsafeMutableRawBufferPointer.allocate(byteCount: size * 2, alignment: 64)
    defer { pages.deallocate() }
    guard let base = pages.baseAddress else { return }
    // A checkpoint may be writing one of them.
    let (count, fileID) = try pager.checkpointLock.with { () throws(StoreError) in
      (try pager.file.read(into: pages, at: 0), pager.header.fileID)
    }
    report.bytesRead += UInt64(count)
    pager.pagesRead.wrappingAdd(UInt64(count / size), ordering: .relaxed)
    var sequences: [UInt64] = []
    for slot in 0..<2 as Range<PageNumber> {
      let at = Int(slot) * size
      do throws(FileHeader.ReadFailure) {
        let header = try FileHeader(
          UnsafeRawPointer(base + at), available: max(0, count - at), slot: slot)
        sequences.append(header.sequence)
        if header.fileID != fileID || header.pageSize != size {
          add(slot, "this copy of the file header is another file's")
        }
      } catch {
        add(slot, "this copy of the file header is damaged; the other one serves")
      }
    }
    if sequences.count == 2, sequences[0] == sequences[1] {
      add(1, "both copies of the file header claim to be the same one")
    }
  }

  private mutating func readMaps() throws(StoreError) {
    let span = pager.freeSpace.span
    var index: UInt32 = 0
    while pager.freeSpace.mapPage(index) < tx.pageCount {
      let number = pager.freeSpace.mapPage(index)
      tx.enter()
      defer { tx.leave() }
      do throws(StoreError) {
        let map =
          try tx.page(number, kind: .freeMap, owner: FreeSpace.owner) + PageHeader.size
        for at in 0..<Int(span / 8) {
          var byte = map.u8(at)
          while byte != 0 {
            let page = index * span + UInt32(at * 8 + byte.trailingZeroBitCount)
            byte &= byte &- 1
            take(page)
          }
        }
        let needed = index == 0 ? [0, 1, 2] : [number]
        for page in needed where !inUse.contains(page) {
          add(number, "this map does not name page \(page) as used")
        }
      } catch {
        guard error.code == .corrupt else { throw error }
        add(number, error.message)
      }
      index += 1
    }
    report.freeCount = Int(tx.pageCount) - inUse.count
  }

  private mutating func take(_ page: PageNumber) {
    guard page < tx.pageCount else {
      add(page, "it is named as used and lies behind the file's last page")
      return
    }
    inUse.insert(page)
    if page > 1 && !pager.freeSpace.isMap(page) { report.used.insert(page) }
  }

  // MARK: Pages

  private mutating func checkPages() throws(StoreError) {
    let size = pager.pageSize
    let perRun = UInt32(max(1, Self.runBytes / size))
    let run = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(perRun) * size, alignment: 64)
    defer { run.deallocate() }
    guard let base = run.baseAddress else { return }
    var first: PageNumber = 2
    while first < tx.pageCount {
      let pages = min(perRun, tx.pageCount - first)
      let wanted = UnsafeMutableRawBufferPointer(rebasing: run[..<(Int(pages) * size)])
      let count = try pager.file.read(into: wanted, at: UInt64(first) * UInt64(size))
      report.bytesRead += UInt64(count)
      pager.pagesRead.wrappingAdd(UInt64(count / size), ordering: .relaxed)
      for i in 0..<pages {
        let at = Int(i) * size
        let bytes = at + size <= count ? UnsafeRawPointer(base + at) : nil
        guard problem(first + i, bytes) != nil else { continue }
        try lookAgain(first + i)
      }
      first += pages
    }
  }

  /// What was read beside a running checkpoint may be half old, half new: what is wrong while none
  /// runs is wrong.
  private mutating func lookAgain(_ number: PageNumber) throws(StoreError) {
    let size = pager.pageSize
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer { page.deallocate() }
    var reason = try lookAgain(number, page)
    var attempt = 1
    while reason != nil, attempt < 6, try pager.waitForOtherWriter(attempt) {
      attempt += 1
      reason = try lookAgain(number, page)
    }
    // What another process has written since is not damage.
    if reason != nil, let base = page.baseAddress,
      pager.checksum.isSound(UnsafeRawPointer(base), number), let error = pager.overtaken()
    {
      throw error
    }
    if let reason { add(number, reason) }
  }

  private func lookAgain(
    _ number: PageNumber, _ page: UnsafeMutableRawBufferPointer
  ) throws(StoreError) -> String? {
    try pager.checkpointLock.with { () throws(StoreError) -> String? in
      let count = try pager.file.read(into: page, at: UInt64(number) * UInt64(pager.pageSize))
      pager.pagesRead.wrappingAdd(1, ordering: .relaxed)
      return problem(
        number, count == pager.pageSize ? page.baseAddress.map { UnsafeRawPointer($0) } : nil)
    }
  }

  /// What is wrong with page `number`, of which the page file has `bytes`, or nil.
  private func problem(_ number: PageNumber, _ bytes: UnsafeRawPointer?) -> String? {
    guard inUse.contains(number) else { return problemOfFree(number, bytes) }
    let memory = pager.cache.lock.with { () -> (lsn: LSN, isOnlyHere: Bool, needsBase: Bool)? in
      guard let version = pager.cache.find(number, tx.snapshot) else { return nil }
      let isOnlyHere = version.pointee.isDirty || version.pointee.isRetained
      let isInLog = version.pointee.freshLSN >= pager.checkpointEnd.load(ordering: .relaxed)
      return (version.pointee.lsn, isOnlyHere, version.pointee.isDirty && !isInLog)
    }
    if let memory, memory.isOnlyHere {
      if memory.lsn > tx.snapshot { return "it is newer than the log's end" }
      // The file has another version of it, or, while the log has all its changes, none.
      guard memory.needsBase else { return nil }
      guard let bytes, pager.checksum.isSound(bytes, number) else {
        return "its older copy in the page file is damaged: a checkpoint repairs it"
      }
      return nil
    }
    guard let bytes else { return "the file ends before it" }
    guard pager.checksum.isSound(bytes, number) else { return "its checksum does not match" }
    let kind = PageKind(rawValue: bytes.u8(PageHeader.kind))
    guard kind == .tree || kind == .overflow || kind == .freeMap else {
      return "its kind \(kind.rawValue) is not one of a page in use"
    }
    guard (kind == .freeMap) == pager.freeSpace.isMap(number) else {
      return kind == .freeMap ? "it is a map and not in a map's place" : "it is no map"
    }
    let lsn = bytes.u64(PageHeader.lsn)
    if lsn > tx.snapshot { return "its last change \(lsn) is newer than the log's end" }
    if let memory, memory.lsn != lsn {
      return "the page file has change \(lsn) of it, not \(memory.lsn): a write was lost"
    }
    return nil
  }

  private func problemOfFree(_ number: PageNumber, _ bytes: UnsafeRawPointer?) -> String? {
    guard let bytes else { return nil }
    if pager.checksum.isSound(bytes, number) { return nil }
    let isZero = UnsafeRawBufferPointer(start: bytes, count: pager.pageSize)
      .allSatisfy { $0 == 0 }
    // A map's two neighbours may hold what a bulk transaction that never committed left there.
    if isZero || pager.freeSpace.isMap(number + 1) || pager.freeSpace.isMap(number + 2) {
      return nil
    }
    return "it is free, and neither zero nor sound"
  }
}
