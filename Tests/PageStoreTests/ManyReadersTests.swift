import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// One writer, eight readers, checkpoints in the background, and a cache so small that versions spill.
@Suite struct ManyReadersTests {
  private static let pageCount = 120

  @Test func readersBesideASpillingWriterSeeMoments() throws {
    var options = Scenario.options(seed: 81)
    options.cacheBytes = 0
    options.segmentSize = 64 << 10
    options.checkpointLogBytes = 512 << 10
    options.bulkLogBytes = 64 << 10
    options.hasBackgroundCheckpoints = true
    let pager = try Pager.create(
      path: Scenario.path, fileSystem: MemoryFileSystem(), options: options)
    var tx = try pager.beginWrite()
    let pages = try (0..<Self.pageCount).map { _ in
      try tx.allocate(kind: .tree, owner: 7).number
    }
    try tx.commit()
    let state = ReaderState()
    let readers = (0..<8).map { index in
      TestThread { try Self.read(pager, pages, state, UInt64(index)) }
    }
    let rounds = 60 * UInt64(testRounds())
    for round in 1...rounds {
      tx = try pager.beginWrite()
      for page in pages { try setValue(tx, page, round) }
      // Pages that come and go, some of them the bulk way, some undone.
      tx.enter()
      var extra: [PageNumber] = []
      for _ in 0..<(round % 4 == 0 ? 40 : 3) {
        let editor = try tx.allocate(kind: .tree, owner: 7)
        editor.rewriteAll { $0.set64(128, round) }
        extra.append(editor.number)
      }
      tx.leave()
      tx.enter()
      for page in extra.dropFirst() { try tx.free(page, kind: .tree, owner: 7) }
      tx.leave()
      if round % 9 == 0 {
        tx.rollback()
      } else if round % 5 == 0 {
        _ = try tx.commitWithoutWaiting()
      } else {
        try tx.commit()
        state.newest.store(round, ordering: .releasing)
      }
    }
    state.isOver.store(true, ordering: .releasing)
    for thread in readers { try thread.join() }
    let metrics = pager.metrics
    print(
      "isolation: snapshots=\(state.snapshots.load(ordering: .relaxed)) commits=\(metrics.commits) "
        + "checkpoints=\(metrics.checkpoints) spilled=\(metrics.pagesSpilled) readers=8")
    #expect(state.wrong.withLock { Array($0.prefix(3)) } == [])
    #expect(metrics.pagesSpilled > 0 && metrics.checkpoints > 0)
    #expect(try pager.verifyPages().findings.isEmpty)
    try pager.close()
  }

  private final class ReaderState: Sendable {
    let isOver = Atomic<Bool>(false)
    let newest = Atomic<UInt64>(0)
    let snapshots = Atomic<Int>(0)
    let wrong = Mutex<[String]>([])
  }

  private static func read(
    _ pager: Pager, _ pages: [PageNumber], _ state: ReaderState, _ seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    while !state.isOver.load(ordering: .acquiring) {
      let floor = state.newest.load(ordering: .acquiring)
      let tx = try pager.beginRead()
      defer { tx.rollback() }
      let first = try value(tx, pages[0])
      if first < floor { state.wrong.withLock { $0.append("\(first) after \(floor)") } }
      for _ in 0..<60 {
        let page = pages[random.below(pages.count)]
        let pin = try tx.pin(page, kind: .tree, owner: 7)
        let found = pin.base.u64(64)
        tx.unpin(pin)
        if found != first { state.wrong.withLock { $0.append("\(page): \(found), not \(first)") } }
      }
      state.snapshots.wrappingAdd(1, ordering: .relaxed)
    }
  }
}
