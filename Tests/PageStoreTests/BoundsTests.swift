import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// How much memory, log and page file is used at most: each test prints its figures.
@Suite struct BoundsTests {
  private func options(_ change: (inout PagerOptions) -> Void = { _ in }) -> PagerOptions {
    var options = PagerOptions()
    options.pageSize = 4096
    options.cacheBytes = 1 << 20
    options.segmentSize = 64 << 10
    options.checkpointLogBytes = 512 << 10
    options.maximumLogBytes = 2 << 20
    change(&options)
    return options
  }

  /// A reader held open beside 20,000 commits: the page file does not grow, the log stays under its
  /// cap and the room for two checkpoints' images, memory within the cache, and no commit waits.
  @Test func aReaderThatStaysCostsNothing() throws {
    let files = MemoryFileSystem()
    let options = options()
    let pager = try Pager.create(path: "a", fileSystem: files, options: options)
    var tx = try pager.beginWrite()
    let pages = try (0..<64).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    try pager.checkpoint()
    let before = try files.open("a", .readOnly).size()
    let reader = try pager.beginRead()
    var largestLog: UInt64 = 0
    var mostPages = 0
    let commits = 20_000
    for round in 1...UInt64(commits) {
      tx = try pager.beginWrite()
      for i in 0..<4 { try setValue(tx, pages[(Int(round) &* 7 &+ i &* 13) % pages.count], round) }
      try tx.commit()
      if round % 50 == 0 {
        largestLog = max(largestLog, try files.open("a-wal", .readOnly).size())
        mostPages = max(mostPages, pager.metrics.pagesInMemory)
      }
    }
    let after = try files.open("a", .readOnly).size()
    for page in pages { #expect(try value(reader, page) == 0) }
    reader.rollback()
    let cached = options.cacheBytes / options.pageSize
    print(
      "bounds: reader beside \(commits) commits: page file \(before) then \(after) bytes, "
        + "log at most \(largestLog >> 10) KiB of \(options.maximumLogBytes >> 10), "
        + "\(mostPages) of \(cached) pages in memory, "
        + "\(pager.metrics.checkpoints) checkpoints")
    #expect(after <= before)
    // Of a checkpoint that runs when the cap is reached, and of the one that the writer then makes.
    let images = 2 * (pages.count * options.pageSize + 16 << 10)
    #expect(largestLog <= UInt64(options.maximumLogBytes + images + 2 * options.segmentSize))
    #expect(mostPages <= cached + 64)
    #expect(pager.metrics.checkpoints > 2)
    try pager.close()
  }

  /// A thread that is not run while it looks at pages holds back what is given up meanwhile: who needs
  /// memory waits for it instead of taking more.
  @Test func slowLooksHoldBackLittleMemory() throws {
    let pager = try Pager.create(path: "e", fileSystem: MemoryFileSystem(), options: options())
    var tx = try pager.beginWrite()
    let pages = try (0..<64).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    let isOver = Atomic<Bool>(false)
    let looks = Atomic<Int>(0)
    let wereWaitedFor = Atomic<Bool>(true)
    let slow = TestThread {
      while !isOver.load(ordering: .acquiring) {
        let reader = try pager.beginRead()
        let begin = ContinuousClock.now
        reader.enter()
        _ = try reader.page(pages[0], kind: .tree, owner: 7)
        Pager.sleep(milliseconds: 15)
        reader.leave()
        // On a busy machine one may last longer than anybody waits.
        if ContinuousClock.now - begin > .milliseconds(150) {
          wereWaitedFor.store(false, ordering: .relaxed)
        }
        reader.rollback()
        looks.wrappingAdd(1, ordering: .relaxed)
      }
    }
    for round in 1...1_000 as ClosedRange<UInt64> {
      tx = try pager.beginWrite()
      for i in 0..<4 { try setValue(tx, pages[(Int(round) &* 7 &+ i &* 13) % 64], round) }
      try tx.commit()
    }
    isOver.store(true, ordering: .releasing)
    try slow.join()
    let most = pager.metrics.mostPagesInMemory
    print(
      "bounds: 1,000 commits beside \(looks.load(ordering: .relaxed)) looks of 15 ms: "
        + "\(most) of 256 pages in memory at most")
    #expect(looks.load(ordering: .relaxed) > 0)
    if wereWaitedFor.load(ordering: .relaxed) {
      #expect(most <= 256 + 64)
    } else {
      print("bounds: skipped, as a look took more than 150 ms on this busy machine")
    }
    try pager.close()
  }

  /// One who never stops looking, the thread itself perhaps, is waited for once and no more.
  @Test func aLookThatStaysIsWaitedForOnce() throws {
    let pager = try Pager.create(path: "f", fileSystem: MemoryFileSystem(), options: options())
    var tx = try pager.beginWrite()
    let pages = try (0..<64).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    let reader = try pager.beginRead()
    reader.enter()
    let seen = try reader.page(pages[0], kind: .tree, owner: 7)
    let took = try ContinuousClock().measure {
      for round in 1...300 as ClosedRange<UInt64> {
        tx = try pager.beginWrite()
        for i in 0..<4 { try setValue(tx, pages[(Int(round) &* 7 &+ i &* 13) % 64], round) }
        try tx.commit()
      }
    }
    #expect(seen.u64(64) == 0)
    reader.leave()
    reader.rollback()
    print("bounds: 300 commits beside a look that stays: \(took)")
    #expect(pager.metrics.mostPagesInMemory > 256 + 64)
    #expect(took > .milliseconds(150) && took < .seconds(10))
    try pager.close()
  }

  /// Transactions larger than the cache spill, in memory that stays within the budget.
  @Test func aLargeTransactionStaysWithinTheCache() throws {
    let pager = try Pager.create(path: "b", fileSystem: MemoryFileSystem(), options: options())
    let tx = try pager.beginWrite()
    var mostPages = 0
    var pages: [PageNumber] = []
    for i in 0..<4_000 as Range<UInt64> {
      let page = try tx.allocate(kind: .tree, owner: 7).number
      try setValue(tx, page, i)
      pages.append(page)
      mostPages = max(mostPages, tx.ownedInMemory)
    }
    for page in pages where page % 3 == 0 { try setValue(tx, page, 5) }
    mostPages = max(mostPages, pager.metrics.pagesInMemory)
    try tx.commit()
    print(
      "bounds: transaction of 4,000 pages: \(mostPages) of 256 pages in memory, "
        + "\(pager.metrics.pagesSpilled) spilled")
    #expect(mostPages <= 256 + 32)
    #expect(pager.metrics.pagesSpilled > 3_000)
    let reader = try pager.beginRead()
    for (i, page) in pages.enumerated() {
      #expect(try value(reader, page) == (page % 3 == 0 ? 5 : UInt64(i)))
    }
    reader.rollback()
    try pager.close()
  }

  /// A checkpoint of far more dirty pages than the cache holds takes no more memory than that.
  @Test(arguments: [false, true])
  func aCheckpointOfALargeTransactionStaysWithinTheCache(overwrites: Bool) throws {
    let pager = try Pager.create(
      path: "d", fileSystem: MemoryFileSystem(),
      options: options {
        $0.hasBackgroundCheckpoints = false
        $0.bulkLogBytes = .max
        $0.checkpointLogBytes = .max
        $0.maximumLogBytes = 64 << 20
      })
    var tx = try pager.beginWrite()
    let pages = try (0..<4_000).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    if overwrites {
      // Pages that the file has already need images in the log, and a reader needs them as they were.
      try tx.commitWithoutWaiting().wait()
      for _ in 0..<2 { try pager.checkpoint() }
      tx = try pager.beginWrite()
    }
    let reader = try pager.beginRead()
    for (i, page) in pages.enumerated() { try setValue(tx, page, UInt64(i + 1)) }
    // Without the checkpoint that is due: its memory is what is measured.
    let ticket = try tx.commitWithoutWaiting()
    try pager.log?.flush(upTo: ticket.lsn)
    let before = pager.metrics
    try pager.checkpoint()
    let after = pager.metrics
    print(
      "bounds: checkpoint of 4,000 pages\(overwrites ? ", all with images" : ""): "
        + "\(before.mostPagesInMemory) pages in memory before it, "
        + "\(after.mostPagesInMemory) at most; budget 256")
    #expect(after.pagesWritten - before.pagesWritten >= 4_000)
    #expect(after.mostPagesInMemory <= 256 + 64)
    if overwrites { for page in pages { #expect(try value(reader, page) == 0) } }
    reader.rollback()
    let later = try pager.beginRead()
    for (i, page) in pages.enumerated() { #expect(try value(later, page) == UInt64(i + 1)) }
    later.rollback()
    #expect(try pager.verifyPages().findings.isEmpty)
    try pager.close()
  }

  /// Pinned pages that wait to be reclaimed hold their own memory and no more, however long.
  @Test func pinnedPagesInLimboHoldNoOthers() throws {
    let pager = try Pager.create(
      path: "c", fileSystem: MemoryFileSystem(), options: options { $0.cacheBytes = 0 })
    var tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for _ in 0..<40 {
      for _ in 0..<10 { pages.append(try tx.allocate(kind: .tree, owner: 7).number) }
      try tx.commit()
      try pager.checkpoint()
      tx = try pager.beginWrite()
    }
    let point = tx.savepoint()
    var pins: [PinnedPage] = []
    for page in pages.prefix(20) {
      try setValue(tx, page, 9)
      pins.append(try tx.pin(page, kind: .tree, owner: 7))
    }
    try tx.rollback(to: point)
    let reader = try pager.beginRead()
    var mostPages = 0
    for round in 0..<10_000 {
      #expect(try value(reader, pages[round &* 31 % pages.count]) == 0)
      mostPages = max(mostPages, pager.metrics.pagesInMemory)
    }
    reader.rollback()
    for pin in pins {
      #expect(pin.base.u64(64) == 9, "a pinned page changed")
      tx.unpin(pin)
    }
    tx.rollback()
    print("bounds: 20 pinned pages in limbo, 10,000 loads: \(mostPages) of 32 pages in memory")
    #expect(mostPages <= 32 + 20 + 20)
    try pager.close()
  }
}
