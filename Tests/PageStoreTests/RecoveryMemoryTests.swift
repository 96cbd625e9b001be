import CareFSTestSupport
import Testing

@testable import PageStore

/// A log names a page in 16 bytes: what reading it takes must not be a page of memory for each.
@Suite struct RecoveryMemoryTests {
  /// Pages of the file before the hostile commits.
  private static let first: PageNumber = 6
  private static let fresh = LogFormat.freshFlag

  /// A commit that takes `count` pages and changes them twice, one after the other.
  private func manyPages(
    _ count: Int
  ) throws -> (files: SimulatedFileSystem, options: PagerOptions) {
    let end = Self.first + UInt32(count)
    let table = (Self.first..<end).map { ($0, Self.fresh, LSN(0)) }
    var changes: [UInt8] = []
    // One page in seven is left to be all zeros.
    for index in 0..<count where index % 7 != 0 {
      changes += HostileCommit.node(index, UInt16(index))
    }
    for index in 0..<count where index % 7 != 0 {
      changes += HostileCommit.select(index) + [3, 80, 0, 64, 0, 2, 0]
    }
    let (files, options) = try HostileCommit.files(
      HostileCommit.payload(pages: end, table: table, changes: changes))
    return (files, options)
  }

  private func expectPages(_ pager: Pager, _ count: Int) throws {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    for index in 0..<count where index % 7 != 0 {
      tx.enter()
      defer { tx.leave() }
      let page = try tx.page(
        Self.first + UInt32(index), kind: .tree, owner: Scenario.owner)
      guard page.u16(64) != UInt16(index) || page.u16(80) != UInt16(index) else { continue }
      Issue.record("page \(index) has \(page.u16(64)) and \(page.u16(80))")
    }
    for index in stride(from: 0, to: count, by: 7) {
      #expect(try tx.identify(Self.first + UInt32(index)).kind.rawValue == 0)
    }
  }

  private enum Way: CaseIterable { case writing, reading, saving }

  @Test(arguments: Way.allCases)
  private func pagesOfAHostileLogSpill(way: Way) throws {
    let count = 5_000
    var (files, options) = try manyPages(count)
    options.cacheBytes = 32 * 4096
    options.isReadOnly = way == .reading
    let pager =
      way == .saving
      ? try Pager.salvage(path: Scenario.path, fileSystem: files, options: options)
      : try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    #expect(pager.lossNote == nil)
    // As many as there are bytes of in the log, and few more.
    #expect(pager.metrics.mostPagesInMemory <= 300)
    #expect(pager.metrics.pagesSpilled > 4_000)
    try expectPages(pager, count)
    #expect(pager.metrics.mostPagesInMemory <= 300)
    try pager.close()
  }

  /// Where nothing can be spilled, a large log is read as far as there may be memory for it.
  @Test func withoutASpillFileMemoryIsBoundedToo() throws {
    for (count, isRefused) in [(3_000, false), (20_000, true)] {
      var (files, options) = try manyPages(count)
      options.cacheBytes = 32 * 4096
      let faults = SpillFaults(files)
      faults.failsWrites = true
      do throws(StoreError) {
        let pager = try Pager.open(path: Scenario.path, fileSystem: faults, options: options)
        #expect(!isRefused)
        try pager.close()
      } catch {
        #expect(isRefused && error.code == .diskFull)
      }
    }
  }

  /// What is known of a page takes more than the 16 bytes that name it: many without contents are not
  /// taken.
  @Test func pagesWithoutContentsAreNotTakenWithoutEnd() throws {
    let end = Self.first + 100_000
    let table = (Self.first..<end).map { ($0, Self.fresh, LSN(0)) }
    let (files, options) = try HostileCommit.files(
      HostileCommit.payload(pages: end, table: table))
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    }
    #expect(error?.code == .corrupt)
  }

  /// Pages that have spilled and cannot be brought back: nothing is opened, and the cause is told.
  @Test(arguments: [SpillFaults.Kind.fails, .shortens, .changes])
  func pagesThatDoNotComeBackAreTold(kind: SpillFaults.Kind) throws {
    var (files, options) = try manyPages(1_000)
    options.cacheBytes = 32 * 4096
    let faults = SpillFaults(files)
    faults.onRead = kind
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: faults, options: options)
    }
    #expect(error?.code == (kind == .fails ? .io : .corrupt))
    faults.onRead = .none
    let pager = try Pager.open(path: Scenario.path, fileSystem: faults, options: options)
    try expectPages(pager, 1_000)
    try pager.close()
  }

  /// A commit of a writer that is larger than the cache of who recovers it: the pages are the file's,
  /// and need no spill.
  @Test func aLargeCommitIsRecoveredInASmallCache() throws {
    for images in [false, true] {
      let scenario = Scenario(seed: 6) {
        $0.bulkLogBytes = 1 << 30
        $0.checkpointLogBytes = 1 << 30
        $0.maximumLogBytes = 1 << 30
        $0.cacheBytes = 8 << 20
      }
      try scenario.create()
      try scenario.commit { for mark in 0..<200 { try $0.allocate(UInt8(mark)) } }
      if images { try scenario.checkpoint() }
      try scenario.commit { writer in
        // Back and forth, so that no page stays in memory until its next change.
        for round in 0..<4 {
          for page in PageNumber(3)..<203 {
            try writer.set(page, at: 40 + 8 * round, [UInt8(round), UInt8(page & 255)])
          }
        }
      }
      if images { try scenario.checkpoint() }
      try scenario.commit { writer in
        for page in PageNumber(3)..<203 { try writer.set(page, at: 90, [UInt8(page & 255)]) }
      }
      let files = scenario.files.crash(keeping: .everything)
      scenario.files.powerOff()
      var options = scenario.options
      options.cacheBytes = 0
      let last = scenario.timeline.steps.count - 1
      for isReadOnly in [true, false] {
        options.isReadOnly = isReadOnly
        let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: options)
        #expect(pager.metrics.pagesSpilled < 200)
        #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
        try pager.close()
      }
    }
  }

  // MARK: Numbers that nothing stands behind

  private func opening(_ payloads: [UInt8]...) throws -> StoreError? {
    var found: StoreError?
    for payload in payloads {
      let (files, options) = try HostileCommit.files(payload)
      do throws(StoreError) {
        try Pager.open(path: Scenario.path, fileSystem: files, options: options).close()
      } catch { found = error }
    }
    return found
  }

  /// A file has as many pages as were taken: more would cost time, with a map for each stretch.
  @Test func aFileGrowsByThePagesThatAreTaken() throws {
    let space = FreeSpace(contentEnd: 4096)
    func grown(to end: PageNumber, without missing: Int) -> [UInt8] {
      let pages = (Self.first..<end).dropLast(missing)
      let maps = (1...20).map { space.mapPage($0) }.filter { $0 < end }
      var seen = Set<PageNumber>()
      let table = (Array(pages) + maps).filter { seen.insert($0).inserted }
      // Maps have their kind and call themselves used.
      var changes: [UInt8] = []
      for (index, page) in table.enumerated() where space.isMap(page) {
        changes += HostileCommit.select(index)
        changes += [2, UInt8(PageHeader.kind), 0, 1, 0, PageKind.freeMap.rawValue]
        changes += [2, UInt8(PageHeader.size), 0, 1, 0, 4]
      }
      return HostileCommit.payload(
        pages: end, table: table.map { ($0, Self.fresh, 0) }, changes: changes)
    }
    #expect(try opening(grown(to: 40, without: 0)) == nil)
    #expect(try opening(grown(to: 40, without: 3))?.code == .corrupt)
    // A map and the two pages before it, which are left free.
    let behindMap = space.mapPage(1) + 1
    #expect(try opening(grown(to: behindMap, without: 3)) == nil)
    #expect(try opening(grown(to: behindMap + 500, without: 500))?.code == .corrupt)
    #expect(try opening(grown(to: space.mapPage(9) + 1, without: 250_000))?.code == .corrupt)
  }

  /// Pages that were given back again at the file's end are needed by no one.
  @Test func pagesBehindTheEndAreForgotten() throws {
    let (files, options) = try HostileCommit.files(
      HostileCommit.payload(pages: 9, table: (6..<9).map { ($0, Self.fresh, 0) }),
      HostileCommit.payload(pages: 7, table: [(1 << 30, Self.fresh, 0)]))
    var readOnly = options
    readOnly.isReadOnly = true
    let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: readOnly)
    #expect(pager.dirtyPages.sorted() == [2, 3, 4, 5, 6])
    try pager.close()
  }

  /// For saving what there is, pages may be missing; those far behind the file's end that stand alone
  /// take memory for all their neighbours' places.
  @Test func savingLeavesOutScatteredPages() throws {
    let alone = (0..<1_000).map { (PageNumber($0 * 4096 + 1_000_000), Self.fresh, LSN(0)) }
    let dense = (0..<500).map { (PageNumber(500_000_000 + $0), Self.fresh, LSN(0)) }
    let (files, options) = try HostileCommit.files(
      HostileCommit.payload(pages: 1 << 30, table: alone + dense))
    let pager = try Pager.salvage(path: Scenario.path, fileSystem: files, options: options)
    #expect(pager.dirtyPages.count { $0 >= 500_000_000 } == 500)
    #expect(pager.dirtyPages.count { $0 >= 1_000 } < 700)
    #expect(pager.lossNote != nil)
    try pager.close()
  }

  // MARK: Groups

  /// Groups each of which begins soundly and claims all that is behind it, and is not whole.
  @Test func savingReadsALogOfBrokenGroupsOnce() throws {
    var (files, options) = try HostileCommit.files(
      HostileCommit.payload(pages: 6, changes: [UInt8](repeating: 0, count: 600_000)))
    let path = Pager.logPath(Scenario.path)
    var bytes = try #require(files.contents(of: path))
    let seed = try Pager.readHeaders(
      Scenario.path, files.open(Scenario.path, .readOnly)
    ).0.fileID.seed
    let segment = options.segmentSize
    var groups = 0
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      for at in stride(from: 0, to: raw.count, by: LogFormat.block) where at % segment != 0 {
        let start = at / segment * segment
        guard let header = LogSegmentHeader(UnsafeRawPointer(base + start)) else { continue }
        let lsn = header.startLSN + UInt64(at - start - LogFormat.block)
        let left = max(0, raw.count / segment * segment - at - 40 * LogFormat.block)
        let record = base + at
        record.set32(LogFormat.magic, LogFormat.recordMagic)
        record.set8(LogFormat.flags, LogFormat.groupEndFlag)
        record.set64(LogFormat.salt, header.salt)
        record.set64(LogFormat.lsn, lsn)
        record.set64(LogFormat.group, lsn)
        record.set32(LogFormat.payloadLength, UInt32(left / 8 * 8))
        record.set32(LogFormat.paddingLength, 0)
        let check = UnsafeRawBufferPointer(start: record, count: LogFormat.headerCheck)
        record.set64(LogFormat.headerCheck, XXH64.hash(check, seed: seed))
        groups += 1
      }
    }
    files.setContents(of: path, bytes)
    options.isReadOnly = true
    let cost = ReadCost()
    let pager = try Pager.salvage(
      path: Scenario.path, fileSystem: cost.counting(files), options: options)
    #expect(groups > 100)
    #expect(pager.lossNote != nil)
    print("saving: a log of \(bytes.count) bytes, \(cost.bytes) bytes read")
    #expect(cost.bytes < 8 * bytes.count)
    try pager.close()
  }
}
