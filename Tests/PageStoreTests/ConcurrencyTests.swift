import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// One writer, readers, a checkpointer and a reader that stays, in threads of their own.
@Suite struct ConcurrencyTests {
  private static let pageCount = 50

  /// Every page carries the same counter in every snapshot; counters never go back for a reader.
  @Test func everySnapshotIsOneMoment() throws {
    var options = Scenario.options(seed: 21)
    options.cacheBytes = 40 * 4096
    options.segmentSize = 64 << 10
    options.checkpointLogBytes = 256 << 10
    let pager = try Pager.create(
      path: Scenario.path, fileSystem: MemoryFileSystem(), options: options)
    var tx = try pager.beginWrite()
    let pages = try (0..<Self.pageCount).map { _ in
      try tx.allocate(kind: .tree, owner: 7).number
    }
    try tx.commit()

    let isOver = Atomic<Bool>(false)
    let newest = Atomic<UInt64>(0)
    let snapshots = Atomic<Int>(0)
    let wrong = Mutex<[String]>([])
    let state = Shared(isOver: isOver, newest: newest, snapshots: snapshots, wrong: wrong)
    let readers = (0..<4).map { index in
      TestThread { try Self.read(pager, pages, state, index) }
    }
    let checkpointer = TestThread {
      while !state.isOver.load(ordering: .acquiring) {
        try pager.checkpoint()
        pause()
      }
    }
    let verifier = TestThread {
      while !state.isOver.load(ordering: .acquiring) {
        let report = try pager.verifyPages()
        if !report.isSound { state.wrong.withLock { $0.append("\(report.findings)") } }
        pause()
      }
    }
    let commits = 120 * UInt64(testRounds())
    for counter in 1...commits {
      tx = try pager.beginWrite()
      var extra: PageNumber?
      for page in pages { try setValue(tx, page, counter) }
      if counter % 5 == 0 {
        // A page that comes and goes, so that freed pages are used again at once.
        extra = try tx.allocate(kind: .tree, owner: 7).number
        let point = tx.savepoint()
        for page in pages.prefix(9) { try setValue(tx, page, 0) }
        try tx.rollback(to: point)
      }
      if counter % 7 == 0 {
        tx.rollback()
        continue
      }
      if let extra {
        tx.enter()
        try tx.free(extra, kind: .tree, owner: 7)
        tx.leave()
      }
      try tx.commit()
      state.newest.store(counter, ordering: .releasing)
    }
    state.isOver.store(true, ordering: .releasing)
    for thread in readers + [checkpointer, verifier] { try thread.join() }
    #expect(state.wrong.withLock { $0.prefix(5).map { $0 } } == [])
    let count = state.snapshots.load(ordering: .relaxed)
    print(
      "isolation: snapshots=\(count) commits=\(commits) checkpoints=\(pager.metrics.checkpoints)")
    #expect(count > 100)
    try pager.close()
  }

  private final class Shared: Sendable {
    let isOver: Atomic<Bool>
    let newest: Atomic<UInt64>
    let snapshots: Atomic<Int>
    let wrong: Mutex<[String]>
    init(
      isOver: consuming Atomic<Bool>, newest: consuming Atomic<UInt64>,
      snapshots: consuming Atomic<Int>, wrong: consuming Mutex<[String]>
    ) {
      self.isOver = isOver
      self.newest = newest
      self.snapshots = snapshots
      self.wrong = wrong
    }
  }

  private static func read(
    _ pager: Pager, _ pages: [PageNumber], _ state: Shared, _ index: Int
  ) throws {
    var random = SeededRandom(UInt64(index))
    var last: UInt64 = 0
    while !state.isOver.load(ordering: .acquiring) {
      let floor = state.newest.load(ordering: .acquiring)
      let tx = try pager.beginRead()
      defer { tx.rollback() }
      let first = try value(tx, pages[0])
      if first < floor { state.wrong.withLock { $0.append("reads \(first) after \(floor)") } }
      if first < last { state.wrong.withLock { $0.append("reads \(first) after \(last) itself") } }
      last = first
      // Some snapshots are read slowly, beside many commits; some pages are pinned on the way.
      for round in 0..<(index == 0 ? 6 : 1) {
        for _ in 0..<pages.count {
          let page = pages[random.below(pages.count)]
          if random.below(8) == 0 {
            let pin = try tx.pin(page, kind: .tree, owner: 7)
            let pinned = pin.base.u64(64)
            tx.unpin(pin)
            if pinned != first { state.wrong.withLock { $0.append("pinned \(pinned)") } }
          }
          let found = try value(tx, page)
          if found != first {
            state.wrong.withLock { $0.append("page \(page): \(found), not \(first) (\(round))") }
          }
        }
      }
      state.snapshots.wrappingAdd(1, ordering: .relaxed)
      if index > 1 { pause() }
    }
  }

  /// A page that is pinned while its memory waits to be reclaimed must not stop the reclaimer.
  @Test func aPinnedPageOfAnUndoneChangeBlocksNoOne() throws {
    var options = Scenario.options(seed: 22)
    options.cacheBytes = 0
    let pager = try Pager.create(
      path: Scenario.path, fileSystem: MemoryFileSystem(), options: options)
    var tx = try pager.beginWrite()
    let pages = try (0..<60).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    let reader = try pager.beginRead()
    tx = try pager.beginWrite()
    let point = tx.savepoint()
    try setValue(tx, pages[0], 5)
    let pin = try tx.pin(pages[0], kind: .tree, owner: 7)
    try tx.rollback(to: point)
    try setValue(tx, pages[1], 6)
    for page in pages { #expect(try value(reader, page) == 0) }
    try pager.checkpoint()
    tx.unpin(pin)
    try tx.commit()
    reader.rollback()
    try pager.close()
  }
}
