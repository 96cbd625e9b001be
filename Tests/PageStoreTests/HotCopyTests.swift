import CareFSTestSupport
import Testing

@testable import PageStore

/// Copies of a store that is being written, the pages first and the log afterwards, while it is closed
/// and opened again: what opens is of one moment, or refuses the pages that are not.
@Suite struct HotCopyTests {
  private static let log = Pager.logPath(Scenario.path)

  /// Commits of one block each, with checkpoints that let the log's space be used again, and the file
  /// closed and opened now and then. Answers the moments when it was closed, too.
  private func written(_ seed: UInt64) throws -> (Scenario, closings: [Int]) {
    let scenario = Scenario(seed: seed)
    var random = SeededRandom(seed)
    var closings: [Int] = []
    try scenario.create()
    try scenario.commit { for round in 0..<8 as Range<UInt8> { try $0.allocate(round) } }
    for _ in 0..<3 {
      try scenario.close()
      closings.append(scenario.files.operationCount)
      try scenario.reopen()
      for _ in 0..<6 + random.below(14) {
        let pages = scenario.contents.keys.sorted()
        let page = pages[random.below(pages.count)]
        let byte = UInt8(random.below(256))
        try scenario.commit { writer in
          try writer.set(page, at: 100 + random.below(900), [byte, byte &+ 1])
          if random.below(6) == 0 { try writer.allocate(byte) }
        }
        if random.below(3) == 0 { try scenario.checkpoint() }
      }
    }
    try scenario.close()
    return (scenario, closings)
  }

  /// The first pages as of one operation, the others as of a later one, the log as of a still later one.
  private func copy(
    _ files: SimulatedFileSystem, _ operations: (Int, Int, Int), cut: Int
  ) throws -> SimulatedFileSystem {
    let moments = [operations.0, operations.1, operations.2].map {
      files.crash(after: $0, keeping: .everything)
    }
    let first = try #require(moments[0].contents(of: Scenario.path))
    let second = try #require(moments[1].contents(of: Scenario.path))
    let end = min(cut, first.count, second.count)
    let copy = SimulatedFileSystem()
    copy.setContents(of: Scenario.path, Array(first[..<end]) + second[end...])
    copy.setContents(of: Self.log, moments[2].contents(of: Self.log))
    return copy
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func whatOpensIsOfOneMomentOrRefusesPages(seed: UInt64) throws {
    let (scenario, closings) = try written(seed)
    var random = SeededRandom(seed &+ 100)
    let last = scenario.files.operationCount
    var opened = 0
    for closing in closings {
      for _ in 0..<60 * testRounds() {
        let first = closing - 3 + random.below(9)
        let second = first + random.below(min(60, last - first + 1))
        let third = second + random.below(min(60, last - second + 1))
        let cut = 2 + random.below(8)
        let files = try copy(scenario.files, (first, second, third), cut: cut * 4096)
        let label = "pages of \(first), from \(cut) on of \(second), log of \(third)"
        do {
          let pager = try Pager.open(
            path: Scenario.path, fileSystem: files, options: scenario.options)
          defer { try? pager.close() }
          let end = scenario.timeline.steps.count - 1
          if try CrashExplorer.match(pager, scenario.timeline, 0...end) == nil {
            Issue.record("\(label): it is of no moment")
          }
          opened += 1
        } catch let error as StoreError {
          #expect(error.code == .corrupt, "\(label)")
        }
      }
    }
    #expect(opened > 0)
  }

  /// The header of a closed file, and the log of the time after, whose first segments are in use again:
  /// what they held is nowhere.
  @Test func aLogThatLostItsBeginningIsRefused() throws {
    let scenario = Scenario(seed: 3)
    try scenario.create()
    try scenario.commit { for round in 0..<4 as Range<UInt8> { try $0.allocate(round) } }
    try scenario.close()
    let closed = scenario.files.contents(of: Scenario.path)
    try scenario.reopen()
    var isReused = false
    for round in 0..<40 as Range<UInt8> {
      // The first changes are of a page that no later one names.
      let page: PageNumber = round < 3 ? 3 : 4
      try scenario.commit { try $0.set(page, at: 0, [round]) }
      if round > 3 { try scenario.checkpoint() }
      let files = scenario.files.copy()
      files.setContents(of: Scenario.path, closed)
      let log = try #require(try scenario.pager.log)
      isReused = isReused || log.lock.with { log.segments.allSatisfy { $0.startLSN > 40_000 } }
      do throws(StoreError) {
        let pager = try Pager.open(
          path: Scenario.path, fileSystem: files, options: scenario.options)
        let end = scenario.timeline.steps.count - 1
        do {
          #expect(try CrashExplorer.match(pager, scenario.timeline, end...end) == end, "\(round)")
        } catch { Issue.record("\(round): \(error)") }
      } catch {
        #expect(error.code == .corrupt)
        #expect(round > 3)
      }
    }
    #expect(isReused)
  }

  /// The header of a closed file beside the log of the time after it was closed once more.
  @Test(arguments: [false, true])
  func theLogOfALaterTimeIsRefused(isReadOnly: Bool) throws {
    let scenario = Scenario(seed: 4)
    try scenario.create()
    try scenario.commit { for round in 0..<4 as Range<UInt8> { try $0.allocate(round) } }
    try scenario.close()
    let closed = scenario.files.contents(of: Scenario.path)
    for round in 0..<2 as Range<UInt8> {
      try scenario.reopen()
      try scenario.commit { try $0.set(3, at: 0, [round]) }
      if round == 0 { try scenario.close() }
    }
    let files = scenario.files.copy()
    files.setContents(of: Scenario.path, closed)
    let log = files.contents(of: Self.log)
    var options = scenario.options
    options.isReadOnly = isReadOnly
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    }
    #expect(error?.code == .corrupt)
    #expect(error?.message.contains("not copied at one moment") == true)
    #expect(files.contents(of: Self.log) == log)
  }

  /// An open file's pages, and what was at the log's place at any moment after it was closed and opened
  /// again: nothing of the new log may pass for the lost one's end.
  @Test func aLogThatWasBegunAgainIsRefused() throws {
    let scenario = Scenario(seed: 6)
    try scenario.create()
    try scenario.commit { for round in 0..<4 as Range<UInt8> { try $0.allocate(round) } }
    try scenario.close()
    try scenario.reopen()
    let opened = scenario.files.operationCount
    try scenario.commit { try $0.set(3, at: 0, [1]) }
    let committed = scenario.files.operationCount
    try scenario.close()
    let closed = scenario.files.operationCount
    try scenario.reopen()
    try scenario.commit { try $0.set(4, at: 0, [2]) }
    let first = try #require(
      (opened...committed).first { moment in
        let log = scenario.files.crash(after: moment, keeping: .everything).contents(of: Self.log)
        return log.map { $0.count > 4096 && $0[4096] != 0 } ?? false
      })
    var blank = 0
    for pages in first...committed {
      for moment in closed...scenario.files.operationCount {
        let files = try copy(scenario.files, (pages, pages, moment), cut: 2 * 4096)
        let log = files.contents(of: Self.log)
        if let log, !log.isEmpty, log.allSatisfy({ $0 == 0 }) { blank += 1 }
        let error = #expect(throws: StoreError.self, "pages of \(pages), log of \(moment)") {
          try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
        }
        #expect(error?.code == .corrupt)
      }
    }
    #expect(blank > 0)
  }

  /// The header of a closed file, which needs no log, before pages from afterwards: nothing tells that
  /// they are there, but each of them is refused where it is met, and the check names it.
  @Test func laterPagesBehindAClosedHeaderAreRefusedOneByOne() throws {
    let scenario = Scenario(seed: 5)
    try scenario.create()
    try scenario.commit { for round in 0..<6 as Range<UInt8> { try $0.allocate(round) } }
    try scenario.close()
    let first = scenario.files.operationCount
    try scenario.reopen()
    try scenario.commit { try $0.set(8, at: 0, [99]) }
    try scenario.close()
    let last = scenario.files.operationCount
    let files = try copy(scenario.files, (first, last, last), cut: 7 * 4096)
    let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    let report = try pager.verifyPages()
    #expect(report.findings.map(\.page) == [8])
    let tx = try pager.beginRead()
    for (page, bytes) in scenario.timeline.steps[1].contents.sorted(by: { $0.key < $1.key }) {
      if page == 8 {
        let error = #expect(throws: StoreError.self) { try CrashExplorer.holds(tx, page, bytes) }
        #expect(error?.code == .corrupt)
      } else {
        #expect(try CrashExplorer.holds(tx, page, bytes))
      }
    }
    tx.rollback()
    try pager.close()
  }
}
