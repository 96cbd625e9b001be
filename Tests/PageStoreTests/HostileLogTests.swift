import CareFSTestSupport
import Testing

@testable import PageStore

/// Records of the log that are whole, with sound checksums, and say what cannot be.
@Suite struct HostileLogTests {
  private func commit(
    pages: UInt32 = 10, table: [(PageNumber, UInt32, LSN)] = [], tableCount: Int? = nil,
    changes: [UInt8] = [], changeBytes: Int? = nil
  ) -> [UInt8] {
    HostileCommit.payload(
      pages: pages, table: table, tableCount: tableCount, changes: changes,
      changeBytes: changeBytes)
  }

  private func apply(_ payload: [UInt8]) -> StoreError? {
    payload.withUnsafeBytes { raw in
      do throws(StoreError) {
        let commit = try CommitPayload(raw)
        let page = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64)
        defer { page.deallocate() }
        page.initializeMemory(as: UInt8.self, repeating: 0, count: 4096)
        try commit.apply(pageSize: 4096) { _ throws(StoreError) in page }
        return nil
      } catch { return error }
    }
  }

  @Test func payloadsThatContradictThemselvesAreRefused() {
    #expect(apply(commit()) == nil)
    #expect(apply([])?.code == .corrupt)
    for count in [1, LogFormat.commitHeaderSize - 1] {
      #expect(apply(Array(commit()[..<count]))?.code == .corrupt)
    }
    #expect(apply(commit(tableCount: 1))?.code == .corrupt)
    #expect(apply(commit(tableCount: Int(UInt32.max)))?.code == .corrupt)
    #expect(apply(commit(changes: [0], changeBytes: 0))?.code == .corrupt)
    #expect(apply(commit(changeBytes: 1))?.code == .corrupt)
  }

  @Test func changesBeyondTheirPageAreRefused() {
    let table: [(PageNumber, UInt32, LSN)] = [(3, 1, 0)]
    let select: [UInt8] = [1, 0, 0, 0, 0]
    let bad: [[UInt8]] = [
      [0], [5], [255], [1], [1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 255, 255, 255, 255],
      // Writes: cut, before the page's own bytes, beyond its end, with bytes that are not there.
      [2], [2, 64, 0, 1], [2, 64, 0, 1, 0], [2, 7, 0, 1, 0, 9], [2, 255, 15, 2, 0, 9, 9],
      [2, 0, 16, 1, 0, 9],
      // Moves: cut, out of the header, beyond the end on either side.
      [3], [3, 64, 0, 80, 0, 1], [3, 31, 0, 80, 0, 1, 0], [3, 80, 0, 31, 0, 1, 0],
      [3, 255, 15, 80, 0, 2, 0], [3, 80, 0, 255, 15, 2, 0],
      // Zeros: cut, in the header, beyond the end.
      [4], [4, 64, 0, 1], [4, 31, 0, 1, 0], [4, 255, 15, 2, 0], [4, 32, 0, 255, 255],
    ]
    for changes in bad {
      #expect(
        apply(commit(table: table, changes: select + changes))?.code == .corrupt, "\(changes)")
    }
    let good: [[UInt8]] = [
      [2, 8, 0, 1, 0, 9], [2, 255, 15, 1, 0, 9], [2, 8, 0, 0, 0], [3, 32, 0, 255, 15, 1, 0],
      [3, 255, 15, 32, 0, 1, 0], [4, 255, 15, 1, 0], [4, 32, 0, 224, 15],
    ]
    for changes in good {
      #expect(apply(commit(table: table, changes: select + changes)) == nil, "\(changes)")
      // Before any page is selected nothing is changed.
      #expect(apply(commit(table: table, changes: changes)) == nil, "\(changes)")
    }
  }

  /// What opening says of a log that ends with such a record.
  private func opening(kind: UInt8, _ payload: [UInt8]) throws -> StoreError? {
    let (files, options) = try HostileCommit.files(kind: kind, payload)
    do throws(StoreError) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: options).close()
      return nil
    } catch { return error }
  }

  /// What is saved takes the time of what is there, not of the numbers that it names.
  @Test(arguments: [false, true])
  func savingLooksOnlyAtWhatIsThere(isMap: Bool) throws {
    let space = FreeSpace(contentEnd: 4096)
    let page = isMap ? space.mapPage(131_000) : PageLimits.maximumPageCount - 1
    let kind = isMap ? PageKind.freeMap : .tree
    let changes: [UInt8] = [
      1, 0, 0, 0, 0, 2, UInt8(PageHeader.kind), 0, 1, 0, kind.rawValue,
      // In a map: the page itself is in use.
      2, UInt8(PageHeader.size), 0, 1, 0, 4,
    ]
    let payload = commit(table: [(page, LogFormat.freshFlag, 0)], changes: changes)
    let (files, options) = try HostileCommit.files(payload)
    let pager = try Pager.salvage(path: Scenario.path, fileSystem: files, options: options)
    let tx = try pager.beginRead()
    let found = try tx.salvagedSpace()
    #expect(found.isUsed(3) == true && found.isUsed(1_000) == false)
    #expect(found.isUsed(page) == (isMap ? true : nil))
    #expect(found.isUsed(page &- space.span) == false)
    var last: PageNumber = 0
    try tx.forEachSalvaged { last = max(last, $0) }
    #expect(last == page)
    tx.rollback()
    try pager.close()
  }

  @Test func recordsOfUnknownKindsNeedANewerCareFS() throws {
    for kind: UInt8 in [0, 3, 255] {
      #expect(try opening(kind: kind, [1, 2, 3])?.code == .newerFormat)
    }
  }

  @Test func commitsThatNameImpossiblePagesAreRefused() throws {
    #expect(try opening(kind: 1, commit(pages: 6))?.code == nil)
    #expect(try opening(kind: 1, [1, 2, 3])?.code == .corrupt)
    #expect(try opening(kind: 1, commit(pages: .max))?.code == .corrupt)
    // More pages than there are maps for.
    for pages: UInt32 in [1 << 16, 1 << 28, PageLimits.maximumPageCount] {
      #expect(try opening(kind: 1, commit(pages: pages))?.code == .corrupt)
    }
    for page: PageNumber in [0, 1, .max, PageLimits.maximumPageCount] {
      #expect(try opening(kind: 1, commit(table: [(page, 1, 0)]))?.code == .corrupt)
    }
    // A page of which there is no base, neither in the file nor in the log.
    #expect(try opening(kind: 1, commit(table: [(8, 0, 77)]))?.code == .corrupt)
    // One that was written before its commit, and is not there.
    #expect(try opening(kind: 1, commit(table: [(8, 2, 0)]))?.code == .corrupt)
    #expect(try opening(kind: 1, commit(table: [(8, 1, 0)], changes: [9]))?.code == .corrupt)
    // A change that rests on another past of the page than the log's.
    #expect(try opening(kind: 1, commit(table: [(3, 0, 77)]))?.code == .corrupt)
  }

  /// A commit that changes a page and says that the file has it: it has an older one, which is no base.
  @Test func aPageThatIsChangedAndLostIsRefused() throws {
    let scenario = Scenario(seed: 17)
    try scenario.create()
    try scenario.commit { try $0.allocate(1) }
    try scenario.close()
    try scenario.reopen()
    try scenario.commit { try $0.set(3, at: 50, [1]) }
    try scenario.checkpoint()
    let pager = try scenario.pager
    let log = try #require(pager.log)
    let bytes = try #require(scenario.files.contents(of: Scenario.path))
    let base = bytes.withUnsafeBytes { $0.baseAddress?.u64(3 * 4096 + PageHeader.lsn) ?? 0 }
    let changes = HostileCommit.select(0) + [2, 64, 0, 1, 0, 9]
    let payload = commit(
      pages: 4, table: [(3, 0, base), (3, LogFormat.bulkFlag, 0)], changes: changes)
    try payload.withUnsafeBytes { _ = try log.append(kind: LogFormat.RecordKind.commit, $0) }
    try log.flushAll()
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    }
    #expect(error?.code == .corrupt)
    #expect(error?.page == 3)
  }

  /// A page that the file should have and lacks, and an image of it as that commit left it: it serves,
  /// and is still to be written.
  @Test func anImageStandsInForAPageThatTheFileLacks() throws {
    let scenario = Scenario(seed: 18)
    try scenario.create()
    try scenario.commit { try $0.allocate(1) }
    let pager = try scenario.pager
    let log = try #require(pager.log)
    let payload = commit(pages: 5, table: [(4, LogFormat.bulkFlag, 0)])
    let lsn = try payload.withUnsafeBytes {
      try log.append(kind: LogFormat.RecordKind.commit, $0)
    }
    var image = [UInt8](repeating: 0, count: 4096)
    try image.withUnsafeMutableBytes { raw in
      let base = try #require(raw.baseAddress)
      base.set32(PageHeader.number, 4)
      base.set8(PageHeader.kind, PageKind.tree.rawValue)
      base.set32(PageHeader.owner, Scenario.owner)
      base.set64(PageHeader.lsn, lsn)
      base.set64(64, 4711)
      pager.checksum.stamp(base, 4)
    }
    try image.withUnsafeBytes { _ = try log.append(kind: LogFormat.RecordKind.images, $0) }
    try log.flushAll()
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    var options = scenario.options
    options.isReadOnly = true
    let again = try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    #expect(again.dirtyPages.contains(4))
    let tx = try again.beginRead()
    #expect(try value(tx, 4) == 4711)
    tx.rollback()
    try again.close()
  }

  @Test func imagesThatAreNoPagesAreRefused() throws {
    #expect(try opening(kind: 2, [])?.code == nil)
    #expect(try opening(kind: 2, [UInt8](repeating: 0, count: 100))?.code == .corrupt)
    #expect(try opening(kind: 2, [UInt8](repeating: 0, count: 4096))?.code == .corrupt)
    #expect(try opening(kind: 2, [UInt8](repeating: 7, count: 8192))?.code == .corrupt)
  }

  // MARK: Records that were changed, with checks that fit again

  /// The files of a killed writer, the last of whose groups has a header that `change` has changed.
  private func resealed(
    _ change: (UnsafeMutableRawPointer) -> Void
  ) throws -> (files: SimulatedFileSystem, scenario: Scenario) {
    let scenario = Scenario(seed: 15)
    try scenario.create()
    for mark in 0..<3 { try scenario.commit { try $0.allocate(UInt8(mark)) } }
    let path = Pager.logPath(Scenario.path)
    let files = scenario.files.crash(keeping: .everything)
    var bytes = try #require(files.contents(of: path))
    let seed = try scenario.pager.header.fileID.seed
    scenario.files.powerOff()
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      var last: Int?
      for at in stride(from: LogFormat.block, to: raw.count, by: LogFormat.block)
      where UnsafeRawPointer(base + at).u32(LogFormat.magic) == LogFormat.recordMagic {
        last = at
      }
      guard let last else { return }
      change(base + last)
      let header = UnsafeRawBufferPointer(start: base + last, count: LogFormat.headerCheck)
      (base + last).set64(LogFormat.headerCheck, XXH64.hash(header, seed: seed))
    }
    files.setContents(of: path, bytes)
    return (files, scenario)
  }

  /// A group that does not follow from what is before it never was: its commit is gone, and told.
  @Test func groupsThatDoNotFollowAreDropped() throws {
    let changes: [(UnsafeMutableRawPointer) -> Void] = [
      { $0.set64(LogFormat.previousCheck, 1) }, { $0.set32(LogFormat.paddingLength, 3) },
      { $0.set32(LogFormat.payloadLength, 8) }, { $0.set32(LogFormat.payloadLength, .max) },
      { $0.set8(LogFormat.flags, 0) },
      {
        $0.set32(
          LogFormat.paddingLength, UnsafeRawPointer($0).u32(LogFormat.paddingLength) - 8)
      },
    ]
    for (index, change) in changes.enumerated() {
      let (files, scenario) = try resealed(change)
      let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
      #expect(pager.recoveryNote?.contains("tail") == true, "change \(index)")
      #expect(try CrashExplorer.match(pager, scenario.timeline, 2...2) == 2, "change \(index)")
      try pager.close()
    }
  }

  /// Two images of one page, the later one older: the newest stays.
  @Test func theNewestImageOfAPageServes() throws {
    let scenario = Scenario(seed: 16)
    try scenario.create()
    try scenario.commit { try $0.allocate(1) }
    try scenario.checkpoint()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(3, at: 50, [1]) }
    let pager = try scenario.pager
    let log = try #require(pager.log)
    var page = try #require(scenario.files.contents(of: Scenario.path))[(3 * 4096)..<(4 * 4096)]
    let real = Array(page)
    page[3 * 4096 + 900] ^= 0xFF
    var older = Array(page)
    older.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      base.set64(PageHeader.lsn, UnsafeRawPointer(base).u64(PageHeader.lsn) - 8)
      pager.checksum.stamp(base, 3)
    }
    for image in [real, older] {
      try image.withUnsafeBytes { raw in _ = try log.append(kind: 2, raw) }
    }
    try log.flushAll()
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    // The page in the file is torn: an image must stand in.
    var bytes = try #require(files.contents(of: Scenario.path))
    bytes[3 * 4096 + 77] ^= 1
    files.setContents(of: Scenario.path, bytes)
    let again = try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    #expect(try CrashExplorer.match(again, scenario.timeline, 2...2) == 2)
    try again.close()
  }

  /// A header that knows more of the log to be durable than there is.
  @Test func aLogShorterThanItsHeaderKnowsIsDamage() throws {
    let (files, scenario) = try resealed { _ in }
    Scenario.changeHeaders(of: files) { $0.set64(120, 1 << 40) }
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    }
    #expect(error?.code == .corrupt)
  }
}
