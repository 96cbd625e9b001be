import CareFSTestSupport
import Testing

@testable import PageStore

/// Rules of the store that a slightly wrong comparison would break without any page looking wrong.
@Suite struct SmallRuleTests {
  private static let log = Pager.logPath(Scenario.path)

  /// The map that comes right behind the file's last page is made, not looked for.
  @Test func theMapRightBehindTheLastPageIsMade() throws {
    let scenario = Scenario(seed: 1)
    try scenario.create()
    let tx = try scenario.pager.beginWrite()
    defer { tx.rollback() }
    tx.enter()
    defer { tx.leave() }
    let size = tx.contentEnd - PageHeader.size
    let span = PageNumber(size * 8)
    let map = try tx.edit(2, kind: .freeMap, owner: FreeSpace.owner)
    [UInt8](repeating: 0xFF, count: size).withUnsafeBytes { map.write($0, at: PageHeader.size) }
    tx.pageCount = span + 2
    #expect(try tx.allocate(kind: .tree, owner: Scenario.owner).number == span)
    #expect(tx.pageCount == span + 3)
  }

  /// A bulk commit that finds the disk full fails at once: pages that were written with one LSN are
  /// not written again with another.
  @Test func aBulkCommitIsNotTriedTwice() throws {
    let scenario = Scenario(seed: 2) {
      $0.bulkLogBytes = 1_000
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
    let before = try scenario.pager.metrics.checkpoints
    scenario.files.inject(
      InjectedFault(
        [.write], of: Scenario.path, error: StoreError(.diskFull, "no room"),
        effect: .partial(14 * 4096)))
    let error = #expect(throws: StoreError.self) {
      try scenario.commit { writer in
        for round in 0..<40 as Range<UInt64> {
          let page = try writer.allocate(UInt8(round))
          try writer.set(page, at: 300, [UInt8](repeating: 7, count: 900))
        }
      }
    }
    #expect(error?.code == .diskFull)
    #expect(try scenario.pager.metrics.checkpoints == before)
  }

  /// The version that a commit replaces is gone with that commit when no snapshot needs it.
  @Test func aReplacedVersionGoesWithTheCommitThatReplacesIt() throws {
    let scenario = Scenario(seed: 3)
    try scenario.create()
    let pager = try scenario.pager
    try scenario.commit { try $0.allocate() }
    for round in 0..<3 as Range<UInt8> {
      try scenario.commit { try $0.set(3, at: 0, [round]) }
      #expect(
        pager.cache.lock.with {
          let entry = pager.cache.table.entry(3)
          let head = VersionPointer(word: entry?.pointee.head.load(ordering: .acquiring) ?? 0)
          return head != nil && head?.older == nil
        })
    }
  }

  /// A page that is read again and again outlives others in the cache.
  @Test func aPageInUseStaysInMemory() throws {
    let scenario = Scenario(seed: 4) { $0.cacheBytes = 40 * 4096 }
    try scenario.create()
    try scenario.commit { for _ in 0..<200 { try $0.allocate() } }
    try scenario.close()
    let pager = try scenario.reopen()
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    func read(_ page: PageNumber) throws {
      tx.enter()
      defer { tx.leave() }
      _ = try tx.page(page, kind: .tree, owner: Scenario.owner)
    }
    try read(3)
    let before = pager.metrics.pagesRead
    for page in 4..<203 as Range<PageNumber> {
      try read(page)
      try read(3)
    }
    #expect(pager.metrics.pagesRead == before + 199)
  }

  /// A checkpoint writes one of the two headers, so that the other still finds all should this one be
  /// torn.
  @Test func aCheckpointWritesOneHeader() throws {
    let scenario = Scenario(seed: 5)
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    let begun = scenario.files.operationCount
    try scenario.checkpoint()
    let headers = (begun + 1...scenario.files.operationCount).filter { number in
      guard case .write(Scenario.path, let offset, _) = scenario.files.operation(number) else {
        return false
      }
      return offset < 2 * 4096
    }
    #expect(headers.count == 1)
  }

  /// Someone who waits for the writer's place is not refused for being woken while it is taken.
  @Test func aWaitingWriterGoesOnWaiting() throws {
    let scenario = Scenario(seed: 6)
    try scenario.create()
    let pager = try scenario.pager
    let first = try pager.beginWrite()
    let second = TestThread {
      let tx = try pager.beginWrite(timeoutMilliseconds: 60_000)
      tx.rollback()
    }
    for _ in 0..<200 {
      pager.writerLock.with { pager.writerLock.broadcast() }
      pause()
    }
    #expect(!second.isDone)
    first.rollback()
    try second.join()
  }

  /// Beside a writer a reader waits longer from one look to the next.
  @Test func aReaderWaitsForTheWriterBesideIt() throws {
    let scenario = Scenario(seed: 7)
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    var options = scenario.options
    options.isReadOnly = true
    let reader = try Pager.open(path: Scenario.path, fileSystem: scenario.files, options: options)
    let began = ContinuousClock.now
    #expect(try reader.waitForOtherWriter(5))
    #expect(ContinuousClock.now - began >= .milliseconds(25))
    try reader.close()
  }

  /// What a full disk needs, in numbers: the log's bytes and 16 pages, or a segment's.
  @Test func theAdviceForAFullDiskIsExact() throws {
    let scenario = Scenario(seed: 8)
    try scenario.create()
    let pager = try scenario.pager
    #expect(pager.fullDiskAdvice.contains("make room for \((16 << 10) + 16 * 4096) bytes"))
    try scenario.commit { for round in 0..<20 as Range<UInt8> { try $0.allocate(round) } }
    let log = try pager.logFileBytes()
    #expect(pager.fullDiskAdvice.contains("make room for \(Int(log) + 16 * 4096) bytes"))
  }

  /// Places that are free again in the cache's list of what is to be freed are used again.
  @Test func whatWasFreedLeavesNoList() throws {
    let scenario = Scenario(seed: 9)
    try scenario.create()
    let pager = try scenario.pager
    try scenario.commit { try $0.allocate() }
    for round in 0..<6_000 {
      let tx = try pager.beginWrite()
      tx.enter()
      try tx.edit(3, kind: .tree, owner: Scenario.owner)
        .writeUInt64(UInt64(round), at: PageHeader.size)
      tx.leave()
      _ = try tx.commitWithoutWaiting()
      if round % 100 == 99 { try pager.checkpoint() }
    }
    let fields = Mirror(reflecting: pager.cache).children
    let limbo = fields.first { $0.label == "limbo" }?.value
    let list = try #require(limbo as? [(epoch: UInt64, version: UInt, buffer: UInt)])
    #expect(list.count < 3_000)
  }

  /// The beginning of a second header, shorter than a sector, is none.
  @Test func lessThanASectorIsNoHeader() throws {
    let scenario = Scenario(seed: 10)
    try scenario.create()
    try scenario.close()
    let bytes = try #require(scenario.files.contents(of: Scenario.path))
    for (count, code) in [(511, StoreError.Code.notADatabase), (512, .corrupt)] {
      let files = SimulatedFileSystem()
      files.setContents(
        of: Scenario.path, [UInt8](repeating: 0, count: 4096) + bytes[4096..<4096 + count])
      let error = #expect(throws: StoreError.self) {
        try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
      }
      #expect(error?.code == code)
    }
  }

  /// What bears our id in less than a sector of a second header is not taken for a rest of ours.
  @Test func lessThanASectorIsNoLeftover() throws {
    let scenario = Scenario(seed: 11)
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    try scenario.close()
    let files = scenario.files.copy()
    let bytes = try #require(files.contents(of: Scenario.path))
    let left = [UInt8](repeating: 0x55, count: 4096) + bytes[4096..<4096 + 511]
    let path = Pager.rewritePath(Scenario.path)
    files.setContents(of: path, left)
    let error = #expect(throws: StoreError.self) {
      try Pager.rewrite(path: Scenario.path, fileSystem: files, options: scenario.options) { _, _ in
      }
    }
    #expect(error?.code == .exists)
    #expect(files.contents(of: path) == left)
  }
}
