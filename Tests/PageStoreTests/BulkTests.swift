import CareFSTestSupport
import Testing

@testable import PageStore

/// Large transactions, whose new pages go to the page file before the log names them.
@Suite struct BulkTests {
  private func scenario() throws -> Scenario {
    let scenario = Scenario(seed: 31) {
      $0.bulkLogBytes = 1_000
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<2 { try $0.allocate() } }
    return scenario
  }

  /// Enough changes for the pages after them to go the bulk way.
  private func grow(_ writer: Writer) throws {
    for at in 0..<100 { try writer.set(3, at: 20 * at, [1, 2, 3, 4, 5, 6, 7, 8]) }
  }

  private func expectRecovery(_ scenario: Scenario, _ label: String) {
    var explorer = CrashExplorer()
    let end = scenario.timeline.steps.count - 1
    _ = explorer.check(
      scenario.files.copy(), scenario.timeline, end...end, label, options: scenario.options)
    #expect(explorer.failures == 0)
  }

  /// A bulk page that its own transaction frees is written nowhere, and recovery must not want it.
  @Test func aBulkPageFreedByItsOwnTransactionIsNotMissed() throws {
    let scenario = try scenario()
    try scenario.commit { writer in
      try grow(writer)
      var pages: [PageNumber] = []
      for _ in 0..<8 { pages.append(try writer.allocate()) }
      for page in pages where page % 3 == 0 { try writer.free(page) }
    }
    expectRecovery(scenario, "freed in the same transaction")
    try scenario.commit { for _ in 0..<5 { try $0.allocate(9) } }
    expectRecovery(scenario, "taken again later")
  }

  /// A bulk page freed and taken again by its own transaction, and one that a savepoint undoes.
  @Test func bulkPagesComeAndGoWithinATransaction() throws {
    let scenario = try scenario()
    try scenario.commit { writer in
      try grow(writer)
      for _ in 0..<4 { try writer.allocate() }
      try writer.free(6)
      try writer.allocate(7)
      writer.savepoint()
      for _ in 0..<4 { try writer.allocate(8) }
      try writer.free(7)
      try writer.rollBackToSavepoint()
      try writer.allocate(9)
      try writer.free(5)
    }
    expectRecovery(scenario, "freed, taken again and undone")
  }

  /// A store whose transactions go the bulk way from twelve pages on.
  private func patientScenario() throws -> Scenario {
    let scenario = Scenario(seed: 32) {
      $0.bulkLogBytes = 12 * 4096
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { for _ in 0..<2 { try $0.allocate() } }
    return scenario
  }

  /// Pages that the commit would log as a whole make a transaction large as well: a load from the
  /// bottom up changes nothing bit by bit.
  @Test func pagesRewrittenAsAWholeGoTheBulkWay() throws {
    let scenario = try patientScenario()
    let before = try scenario.pager.metrics
    try scenario.commit { writer in
      for seed in 0..<40 as Range<UInt64> { try writer.fill(try writer.allocate(), seed) }
    }
    let after = try scenario.pager.metrics
    // All but those that fill the first twelve pages' worth of log, small changes among them.
    #expect((28...30).contains(after.pagesWritten - before.pagesWritten))
    #expect(after.log.bytesWritten - before.log.bytesWritten < 16 * 4096)
    expectRecovery(scenario, "filled")
    try scenario.commit { for seed in 90..<99 as Range<UInt64> { try $0.fill(9, seed) } }
    expectRecovery(scenario, "filled again")
  }

  /// Images that a savepoint takes back are not logged, and count no more.
  @Test func imagesTakenBackDoNotCount() throws {
    let scenario = try patientScenario()
    let before = try scenario.pager.metrics
    try scenario.commit { writer in
      for round in 0..<6 as Range<UInt64> {
        writer.savepoint()
        for seed in 0..<8 as Range<UInt64> { try writer.fill(try writer.allocate(), seed &+ round) }
        try writer.rollBackToSavepoint()
      }
      for seed in 0..<5 as Range<UInt64> { try writer.fill(try writer.allocate(), seed) }
    }
    let after = try scenario.pager.metrics
    #expect(after.pagesWritten == before.pagesWritten)
    expectRecovery(scenario, "taken back")
  }

  /// No page in use bears an LSN behind the log's end, whatever way it went.
  @Test func noPageIsNewerThanTheLogsEnd() throws {
    let scenario = try scenario()
    for round in 0..<6 as Range<UInt8> {
      try scenario.commit { writer in
        if round % 2 == 0 { try grow(writer) }
        for _ in 0..<6 { try writer.allocate(round) }
      }
      if round == 3 { try scenario.checkpoint() }
      let pager = try scenario.pager
      let end = try #require(pager.log).end
      let tx = try pager.beginRead()
      for page in scenario.contents.keys {
        tx.enter()
        let lsn = try tx.page(page, kind: .tree, owner: Scenario.owner).u64(PageHeader.lsn)
        tx.leave()
        #expect(lsn < end)
      }
      tx.rollback()
      #expect(try pager.verifyPages().findings.isEmpty)
      let again = try Pager.open(
        path: Scenario.path, fileSystem: scenario.files.copy(), options: scenario.options)
      #expect(try again.verifyPages().findings.isEmpty)
    }
  }
}
