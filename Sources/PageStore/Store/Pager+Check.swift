extension Pager {
  /// Reads the page file from end to end and verifies every page; changes nothing.
  ///
  /// Every page is a header, a free map, in use with a sound checksum and an LSN that the log has
  /// reached, or free (zero, or sound stale content). Readers, the writer and checkpoints go on.
  /// Reads each page once, in long runs, with as many threads as there are cores.
  ///
  /// - Parameter tx: the snapshot to look at, so that trees read in it can be compared with `used`.
  /// - Throws: when the system refuses a read. Damage is not thrown but reported.
  public func verifyPages(in tx: PageTransaction) throws(StoreError) -> PageReport {
    try verifyPages(in: tx, threads: WorkGroup.threads)
  }

  /// The same with a number of threads of the caller's choice.
  package func verifyPages(
    in tx: PageTransaction, threads: Int
  ) throws(StoreError) -> PageReport {
    var check = PageCheck(pager: self, tx: tx)
    return try check.run(threads: threads)
  }

  /// As `verifyPages(in:)`, of the last durable commit.
  public func verifyPages() throws(StoreError) -> PageReport {
    let tx = try beginRead()
    defer { tx.rollback() }
    return try verifyPages(in: tx)
  }
}

extension Pager {
  /// Another snapshot of the same moment, for another thread. It must end before `tx` does.
  package func beginRead(beside tx: PageTransaction) throws(StoreError) -> PageTransaction {
    guard !isClosed.load(ordering: .acquiring) else { throw Self.closedError }
    let slot = cache.lock.with { cache.readers.take(snapshot: tx.snapshot) }
    return PageTransaction(
      pager: self, isWritable: false, snapshot: tx.snapshot, slot: slot, pageCount: tx.pageCount,
      changes: Self.noChanges)
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

  init(pager: Pager, tx: PageTransaction) {
    self.pager = pager
    self.tx = tx
  }

  mutating func run(threads: Int) throws(StoreError) -> PageReport {
    report.pageCount = tx.pageCount
    report.notes.append(contentsOf: [pager.headerNote, pager.recoveryNote].compactMap { $0 })
    try checkHeaders()
    try readMaps()
    try checkPages(threads)
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

  private mutating func checkPages(_ threads: Int) throws(StoreError) {
    let runs = PageRuns(pager: pager, snapshot: tx.snapshot, pageCount: tx.pageCount, inUse: inUse)
    let result = try runs.check(threads: threads, limit: Self.maximumFindings)
    report.bytesRead += result.bytesRead
    for finding in result.findings { add(finding.page, finding.reason) }
  }
}
