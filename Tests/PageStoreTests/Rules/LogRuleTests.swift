import CareFSTestSupport
import Testing

@testable import PageStore

/// Rules 1 to 3 of the log: groups, the torn tail, and what follows a dropped one.
@Suite struct LogRuleTests {
  private static let log = Pager.logPath(Scenario.path)

  /// Rule 1: a group begins on a block of its own and is synced before the next is written.
  @Test func aGroupNeverSharesABlockWithAnother() throws {
    let scenario = Scenario(seed: 1) { $0.segmentSize = 64 << 10 }
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    let begun = scenario.files.operationCount
    for round in 0..<8 as Range<UInt8> {
      if round % 3 == 0 {
        try scenario.commit { try $0.fill(3, UInt64(round)) }
      } else {
        try scenario.commit { try $0.set(3, at: 0, [round]) }
      }
    }
    var acknowledged: Set<Int> = []
    var written: Set<Int> = []
    var groups = 0
    for number in (begun + 1)...scenario.files.operationCount {
      switch scenario.files.operation(number) {
      case .write(Self.log, _, 64 << 10): break  // A segment of zeros, for later.
      case .write(Self.log, let offset, let count):
        #expect(offset % LogFormat.block == 0 && count % LogFormat.block == 0)
        let blocks = Set(offset / LogFormat.block..<(offset + count) / LogFormat.block)
        #expect(acknowledged.isDisjoint(with: blocks), "an acknowledged group could be torn")
        #expect(written.isEmpty, "a group is written while another is not synced")
        written.formUnion(blocks)
        groups += 1
      case .sync(Self.log):
        acknowledged.formUnion(written)
        written = []
      default: break
      }
    }
    #expect(groups == 8)
  }

  /// Rule 1: whoever finds the disk idle flushes all waiting commits, as one group.
  @Test func waitingCommitsShareOneSync() throws {
    let scenario = Scenario(seed: 1)
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    let before = try scenario.pager.metrics
    var tickets: [CommitTicket] = []
    for round in 0..<10 as Range<UInt8> {
      tickets.append(try scenario.prepare { try $0.set(3, at: 0, [round]) })
    }
    for ticket in tickets { try ticket.wait() }
    let after = try scenario.pager.metrics
    #expect(after.log.groups == before.log.groups + 1)
    #expect(after.log.syncs == before.log.syncs + 1)
  }

  /// Rule 2: damage to an acknowledged group that others follow is an error, to the last one a torn
  /// tail that is reported.
  @Test func damageBeforeLaterGroupsIsCorruption() throws {
    let scenario = Scenario(seed: 2) { $0.segmentSize = 256 << 10 }
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    for round in 0..<20 as Range<UInt8> { try scenario.commit { try $0.set(3, at: 4, [round]) } }
    let last = scenario.files.lastWrite(to: Self.log) ?? 0
    for block in stride(from: LogFormat.block, through: last, by: LogFormat.block) {
      for place in [0, 8, 24, 56, 70, 100] {
        scenario.files.flipOnce(Self.log, at: block + place, mask: 4) { files in
          var options = scenario.options
          options.isReadOnly = true
          do throws(StoreError) {
            let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: options)
            #expect(block == last, "the damage at \(block) went unnoticed")
            #expect(pager.recoveryNote != nil, "a dropped tail went unsaid")
          } catch {
            #expect(error.code == .corrupt)
            #expect(block != last, "a torn tail is no corruption")
          }
        }
      }
    }
  }

  /// Rule 2: after a clean close nothing may be dropped, and there is nothing to drop.
  @Test func afterACleanCloseNothingDependsOnTheLog() throws {
    let scenario = Scenario(seed: 2)
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    try scenario.close()
    #expect(scenario.files.paths == [Scenario.path])
    let pager = try scenario.reopen()
    #expect(pager.recoveryNote == nil)
    #expect(try CrashExplorer.match(pager, scenario.timeline, 1...1) == 1)
  }

  /// Rule 3: after a dropped tail a new salt begins, and LSNs behind all that could have been used.
  @Test func aDroppedTailIsFollowedByANewIncarnation() throws {
    let scenario = Scenario(seed: 3) { $0.segmentSize = 64 << 10 }
    try scenario.create()
    try scenario.commit { for _ in 0..<4 { try $0.allocate() } }
    let known = scenario.contents
    let before = headers(scenario.files)
    // A group of three records over several blocks, whose second block is lost.
    for page in 3...5 as ClosedRange<PageNumber> {
      _ = try scenario.prepare { try $0.fill(page, 1) }
    }
    try scenario.prepare { try $0.set(6, at: 0, [1]) }.wait()
    let cut = scenario.files.operationCount - 1
    let files = scenario.files.crash(
      after: cut,
      keeping: Survival("all but the second block") { item, index, _ in
        (8..<16).contains(index) ? .lost : .kept
      })
    let after = Scenario(files, seed: 99, contents: known)
    let pager = try after.reopen()
    #expect(pager.recoveryNote != nil)
    try after.commit { try $0.set(3, at: 0, [9]) }
    let new = headers(files).filter { header in !before.contains { $0.salt == header.salt } }
    #expect(!new.isEmpty, "no new salt")
    let usedUpTo = (before.map(\.startLSN).max() ?? 0) + 64 << 10
    for header in new { #expect(header.startLSN > usedUpTo, "LSNs are given out again") }
    // The remains stand where they stood, and are not taken for later records.
    var explorer = CrashExplorer()
    _ = explorer.check(
      files.copy(), after.timeline, 1...1, "after a dropped tail", options: after.options)
    #expect(explorer.failures == 0)
  }

  private func headers(_ files: SimulatedFileSystem) -> [LogSegmentHeader] {
    let bytes = files.contents(of: Self.log) ?? []
    return bytes.withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: 64 << 10).compactMap { start in
        raw.baseAddress.flatMap { LogSegmentHeader($0 + start) }
      }
    }
  }
}
