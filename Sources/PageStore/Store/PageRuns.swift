import Synchronization

/// The pages of the page file behind the headers, in runs that several threads share.
struct PageRuns: Sendable {
  let pager: Pager
  /// The moment that is looked at; the caller's transaction keeps it.
  let snapshot: LSN
  let pageCount: UInt32
  /// Everything in use, maps included.
  let inUse: PageSet

  private static let runBytes = 1 << 20

  private var pagesPerRun: UInt32 { UInt32(max(1, Self.runBytes / pager.pageSize)) }

  /// Checks all pages; the findings are in the order of the file, the first ones up to `limit`.
  func check(
    threads: Int, limit: Int
  ) throws(StoreError) -> (findings: [PageReport.Finding], bytesRead: UInt64) {
    guard pageCount > 2 else { return ([], 0) }
    let count = Int((pageCount - 2 + pagesPerRun - 1) / pagesPerRun)
    let results = Results(limit: limit)
    try WorkGroup.run(count, threads: threads) {
      (queue: WorkQueue, _: Bool) throws(StoreError) in
      let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Int(pagesPerRun) * pager.pageSize, alignment: 64)
      defer { memory.deallocate() }
      while let run = queue.take() { try check(run, memory, results) }
    }
    return results.all
  }

  private func check(
    _ run: Int, _ memory: UnsafeMutableRawBufferPointer, _ results: Results
  ) throws(StoreError) {
    guard let base = memory.baseAddress else { return }
    var findings: [PageReport.Finding] = []
    let size = pager.pageSize
    let first = 2 + UInt32(run) * pagesPerRun
    let pages = min(pagesPerRun, pageCount - first)
    let wanted = UnsafeMutableRawBufferPointer(rebasing: memory[..<(Int(pages) * size)])
    let count = try pager.file.read(into: wanted, at: UInt64(first) * UInt64(size))
    pager.pagesRead.wrappingAdd(UInt64(count / size), ordering: .relaxed)
    for i in 0..<pages {
      let at = Int(i) * size
      let bytes = at + size <= count ? UnsafeRawPointer(base + at) : nil
      guard problem(first + i, bytes) != nil, let reason = try lookAgain(first + i) else {
        continue
      }
      findings.append(.init(page: first + i, reason: reason))
    }
    results.add(run, findings, bytes: count)
  }

  /// What threads have found, of which the runs at the file's beginning count.
  private final class Results: @unchecked Sendable {
    private let limit: Int
    private let lock = Lock()
    private var found: [(run: Int, findings: [PageReport.Finding])] = []
    private var count = 0
    private var bytesRead: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var all: (findings: [PageReport.Finding], bytesRead: UInt64) {
      lock.with {
        cut()
        return (found.flatMap(\.findings), bytesRead)
      }
    }

    func add(_ run: Int, _ findings: [PageReport.Finding], bytes: Int) {
      lock.with {
        bytesRead += UInt64(bytes)
        guard !findings.isEmpty else { return }
        found.append((run, findings))
        count += findings.count
        if count > 4 * limit { cut() }
      }
    }

    /// Drops what lies behind the first ones that are wanted.
    private func cut() {
      found.sort { $0.run < $1.run }
      count = 0
      for (index, item) in found.enumerated() {
        count += item.findings.count
        if count >= limit { return found.removeSubrange((index + 1)...) }
      }
    }
  }

  /// What was read beside a running checkpoint may be half old, half new: what is wrong while none
  /// runs is wrong.
  private func lookAgain(_ number: PageNumber) throws(StoreError) -> String? {
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
    return reason
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
      guard let version = pager.cache.find(number, snapshot) else { return nil }
      let isOnlyHere = version.pointee.isDirty || version.pointee.isRetained
      let isInLog = version.pointee.freshLSN >= pager.checkpointEnd.load(ordering: .relaxed)
      return (version.pointee.lsn, isOnlyHere, version.pointee.isDirty && !isInLog)
    }
    if let memory, memory.isOnlyHere {
      if memory.lsn > snapshot { return "it is newer than the log's end" }
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
    if lsn > snapshot { return "its last change \(lsn) is newer than the log's end" }
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
