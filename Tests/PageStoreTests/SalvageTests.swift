import CareFSTestSupport
import Testing

@testable import PageStore

/// What is taken of damaged stores, and that what is missing is said.
@Suite struct SalvageTests {
  private static let log = Pager.logPath(Scenario.path)

  /// A store that was killed: `rounds` commits since the last of its checkpoints.
  private func killed(_ seed: UInt64, rounds: UInt8 = 6) throws -> Scenario {
    let scenario = Scenario(seed: seed)
    try scenario.create()
    try scenario.commit { for mark in 0..<8 as Range<UInt8> { try $0.allocate(mark) } }
    try scenario.checkpoint()
    try scenario.checkpoint()
    for round in 0..<rounds {
      try scenario.commit { writer in
        for page in 3..<9 as Range<PageNumber> { try writer.fill(page, UInt64(round)) }
      }
    }
    return scenario
  }

  private func salvage(_ files: SimulatedFileSystem) throws(StoreError) -> Pager {
    try Pager.salvage(
      path: Scenario.path, fileSystem: files, options: Scenario.options(seed: 1))
  }

  /// How many pages hold what they held last; each other one holds what it held once.
  private func newest(
    _ pager: Pager, _ scenario: Scenario, later: [PageNumber: [UInt8]] = [:]
  ) throws -> Int {
    let tx = try pager.beginRead()
    defer { tx.rollback() }
    var count = 0
    for (page, bytes) in scenario.contents {
      if try CrashExplorer.holds(tx, page, bytes) {
        count += 1
        continue
      }
      let isLater = try later[page].map { try CrashExplorer.holds(tx, page, $0) } ?? false
      let isKnown =
        try isLater
        || scenario.timeline.steps.contains { step in
          try step.contents[page].map { try CrashExplorer.holds(tx, page, $0) } ?? false
        }
      #expect(isKnown, "page \(page)")
    }
    return count
  }

  @Test func aSoundStoreIsTakenWhole() throws {
    let scenario = try killed(1)
    let pager = try salvage(scenario.files.copy())
    #expect(pager.lossNote == nil)
    #expect(try newest(pager, scenario) == scenario.contents.count)
  }

  @Test func aStoreThatIsBeingWrittenIsRefused() throws {
    let scenario = try killed(2)
    #expect { try salvage(scenario.files) } throws: { ($0 as? StoreError)?.code == .busy }
  }

  @Test func theLogOfAnotherStoreIsSaidToBeOne() throws {
    let scenario = try killed(3)
    let files = scenario.files.copy()
    let other = try killed(4)
    files.setContents(of: Self.log, other.files.contents(of: Self.log))
    let pager = try salvage(files)
    #expect(pager.lossNote?.contains("cannot be read") == true, "\(pager.lossNote ?? "-")")
    #expect(try newest(pager, scenario) == 2)
  }

  /// A log that lacks its end reads as a sound one that ends earlier.
  @Test func aLogThatWasCutOffIsSaidToBeCut() throws {
    let scenario = try killed(5, rounds: 30)
    try scenario.checkpoint()
    try scenario.commit { try $0.fill(4, 77) }
    let files = scenario.files.copy()
    let segments = try scenario.pager.header.logSegments
    #expect(segments > 3)
    let bytes = try #require(files.contents(of: Self.log))
    for kept in 1..<Int(segments) {
      files.setContents(of: Self.log, Array(bytes[..<(kept * 16 << 10)]))
      #expect(throws: StoreError.self) {
        try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
      }
      let pager = try salvage(files)
      #expect(pager.lossNote != nil, "\(kept) segments")
      #expect(try newest(pager, scenario) >= scenario.contents.count - 1)
    }
  }

  /// The header knows of commits that the log does not have, and there is no gap before them.
  @Test func commitsThatAreMissingAtTheEndAreSaid() throws {
    let scenario = try killed(6)
    let files = scenario.files.copy()
    Scenario.changeHeaders(of: files) { $0.set64(120, 1 << 40) }
    let pager = try salvage(files)
    #expect(pager.lossNote?.contains("damaged") == true)
    #expect(try newest(pager, scenario) == scenario.contents.count)
  }

  /// A page file that was copied after its log.
  @Test func pagesThatAreNewerThanTheLogAreSaid() throws {
    let (files, _, _) = try StrangePathTests.mixed()
    let pager = try salvage(files)
    #expect(pager.lossNote?.contains("newer than the log") == true)
  }

  /// Disks that cannot read some of the log: the rest is taken, and the loss is told.
  @Test func partsOfTheLogThatCannotBeReadAreGaps() throws {
    let scenario = try killed(7, rounds: 12)
    for isForEver in [false, true] {
      var whole = 0
      for nth in 1..<60 {
        let files = scenario.files.copy()
        files.inject(InjectedFault([.read], of: Self.log, nth: nth, isForEver: isForEver))
        let pager = try salvage(files)
        if files.injectedCount == 0 { break }
        #expect(pager.lossNote != nil, "read \(nth)")
        files.clearFaults()
        if try newest(pager, scenario) == scenario.contents.count { whole += 1 }
      }
      #expect(whole > 0 || isForEver)
    }
  }

  /// Headers that cannot be read are found by the log, whose pages tell that it is right.
  @Test func headersThatCannotBeReadAreDoneWithout() throws {
    let scenario = try killed(8)
    for count in 1...2 {
      let files = scenario.files.copy()
      for nth in 1...count { files.inject(InjectedFault([.read], of: Scenario.path, nth: nth)) }
      let pager = try salvage(files)
      #expect(pager.headerNote != nil)
      #expect(try newest(pager, scenario) == scenario.contents.count)
    }
    let files = scenario.files.copy()
    files.inject(InjectedFault([.read], of: Self.log))
    #expect {
      try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    } throws: { ($0 as? StoreError)?.code == .io }
    files.inject(InjectedFault([.read], isForEver: true))
    #expect { try salvage(files) } throws: { ($0 as? StoreError)?.code == .io }
  }

  /// What a later version has written is not guessed at.
  @Test func headersOfLaterVersionsAreLeftToThem() throws {
    let scenario = try killed(13)
    let files = scenario.files.copy()
    Scenario.changeHeaders(of: files) { $0.set8(48, 99) }
    #expect { try salvage(files) } throws: { ($0 as? StoreError)?.code == .newerFormat }
  }

  // MARK: Records

  /// The files of a killed store whose log ends with such records.
  private func ending(
    with records: [(kind: UInt8, payload: [UInt8])]
  ) throws -> (SimulatedFileSystem, Scenario) {
    let scenario = try killed(9)
    let log = try #require(try scenario.pager.log)
    for record in records {
      try record.payload.withUnsafeBytes { _ = try log.append(kind: record.kind, $0) }
    }
    try log.flushAll()
    return (scenario.files.copy(), scenario)
  }

  private func commit(_ page: PageNumber, _ flags: UInt32, _ changes: [UInt8]) -> [UInt8] {
    let size = LogFormat.commitHeaderSize + LogFormat.tableEntrySize
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.withUnsafeMutableBytes { raw in
      guard let base = raw.baseAddress else { return }
      base.set64(LogFormat.commitNumber, 99)
      base.set32(LogFormat.commitPageCount, 11)
      base.set32(LogFormat.commitTableCount, 1)
      base.set64(LogFormat.commitChangeBytes, UInt64(changes.count))
      base.set32(LogFormat.commitHeaderSize, page)
      base.set32(LogFormat.commitHeaderSize + 4, flags)
    }
    return bytes + changes
  }

  @Test func recordsOfUnknownKindsArePassedOver() throws {
    let (files, scenario) = try ending(with: [(9, [1, 2, 3])])
    let pager = try salvage(files)
    #expect(pager.lossNote?.contains("newer CareFS") == true)
    #expect(try newest(pager, scenario) == scenario.contents.count)
  }

  /// A commit that cannot be applied: its pages are as the page file has them.
  @Test func commitsThatCannotBeAppliedAreLeftOut() throws {
    let (files, scenario) = try ending(with: [
      (1, [1, 2, 3]), (1, commit(5, LogFormat.freshFlag, [9])), (2, [7]),
    ])
    let pager = try salvage(files)
    #expect(pager.lossNote?.contains("1 pages lack changes") == true)
    #expect(try newest(pager, scenario) == scenario.contents.count - 1)
  }

  /// Images stand in for pages that are torn, whatever else of the log is damaged.
  @Test func imagesStandInForTornPages() throws {
    let scenario = try killed(10)
    // A checkpoint that was cut off between its images and its header.
    let begun = scenario.files.operationCount
    try scenario.checkpoint()
    let log = try #require(try scenario.pager.log)
    try withUnsafeBytes(of: 1) { _ = try log.append(kind: 9, $0) }
    try log.flushAll()
    let after = scenario.files.operationCount
    var replaced = 0
    for operation in begun...after {
      let files = scenario.files.crash(after: operation, keeping: .everything)
      for page in 3..<9 { files.flip(Scenario.path, at: page * 4096 + 700, mask: 1) }
      let pager = try salvage(files)
      let tx = try pager.beginRead()
      defer { tx.rollback() }
      let sound = try scenario.contents.keys.count { page in
        do { return try tx.identify(page).kind == .tree } catch let error as StoreError {
          #expect(error.code == .corrupt)
          return false
        }
      }
      if sound == scenario.contents.count { replaced += 1 } else { #expect(pager.lossNote != nil) }
    }
    #expect(replaced > 0)
  }

  /// A page that is torn gets its image and, before that, all changes that lead to it, although
  /// another commit is lost.
  @Test func imagesAreTheBaseOfWhatTheLogHas() throws {
    let scenario = Scenario(seed: 14)
    try scenario.create()
    try scenario.commit { for mark in 0..<8 as Range<UInt8> { try $0.allocate(mark) } }
    try scenario.checkpoint()
    try scenario.checkpoint()
    let lost = try #require(try scenario.pager.log).end
    try scenario.commit { try $0.fill(10, 1) }
    for round in 0..<4 as Range<UInt8> {
      try scenario.commit { writer in
        for page in 3..<9 as Range<PageNumber> { try writer.set(page, at: 20, [round, 9]) }
      }
    }
    let begun = scenario.files.operationCount
    try scenario.checkpoint()
    var whole = 0
    for operation in begun...scenario.files.operationCount {
      let files = scenario.files.crash(after: operation, keeping: .everything)
      let log = try #require(files.contents(of: Self.log))
      let at = stride(from: 4_096, to: log.count, by: 4_096).first { at in
        log.withUnsafeBytes {
          $0.baseAddress?.u32(at) == LogFormat.recordMagic
            && $0.baseAddress?.u64(at + LogFormat.lsn) == lost
        }
      }
      files.flip(Self.log, at: try #require(at) + LogFormat.recordHeaderSize + 8, mask: 1)
      for page in 3..<9 { files.flip(Scenario.path, at: page * 4096 + 700, mask: 1) }
      let tx = try salvage(files).beginRead()
      defer { tx.rollback() }
      let found = try (3..<9 as Range<PageNumber>).count { page in
        let bytes = try #require(scenario.contents[page])
        do { return try CrashExplorer.holds(tx, page, bytes) } catch is StoreError { return false }
      }
      if found == 6 { whole += 1 }
    }
    #expect(whole > 0)
  }

  /// Recovery writes the last group again, and begins a new incarnation: at whatever step the power
  /// went, and with a commit before that damaged, each page is as it was once.
  @Test func aRecoveryThatWasCutOffIsNoLoss() throws {
    let scenario = try killed(11)
    let files = scenario.files.crash(keeping: .everything)
    let again = Scenario(files, seed: 12, contents: scenario.contents)
    try again.reopen()
    try again.commit { try $0.fill(10, 5) }
    let later = try #require(again.contents[10])
    let end = files.operationCount
    for operation in 0...end {
      let image = files.crash(after: operation, keeping: .everything)
      let whole = try newest(salvage(image), scenario, later: [10: later])
      #expect(whole >= scenario.contents.count - 1)
      image.flip(Self.log, at: (16 << 10) + 2 * LogFormat.block + 600, mask: 1)
      let pager = try salvage(image)
      let tx = try pager.beginRead()
      defer { tx.rollback() }
      for page in scenario.contents.keys { _ = try tx.identify(page) }
    }
  }
}
