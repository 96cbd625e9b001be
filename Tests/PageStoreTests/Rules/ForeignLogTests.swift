import CareFSTestSupport
import Testing

@testable import PageStore

/// Rules 10 and 11 of the log: logs that do not belong to the file, and rewritten files.
@Suite struct ForeignLogTests {
  private static let log = Pager.logPath(Scenario.path)

  private func made(_ seed: UInt64, _ commits: Int) throws -> Scenario {
    let scenario = Scenario(seed: seed)
    try scenario.create()
    for round in 0..<commits { try scenario.commit { try $0.allocate(UInt8(round)) } }
    return scenario
  }

  private func refusal(_ files: SimulatedFileSystem, _ options: PagerOptions) -> StoreError? {
    do throws(StoreError) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: options).close()
      return nil
    } catch {
      return error
    }
  }

  /// Rule 10: the log of another file is refused and left alone.
  @Test func theLogOfAnotherFileIsNotReplayed() throws {
    let scenario = try made(1, 3)
    let other = try made(2, 5)
    for isClosed in [false, true] {
      if isClosed { try scenario.close() }
      let files = scenario.files.copy()
      let foreign = other.files.contents(of: Self.log)
      files.setContents(of: Self.log, foreign)
      #expect(refusal(files, scenario.options)?.code == .corrupt)
      #expect(files.contents(of: Self.log) == foreign)
      #expect(files.operationCount == 0)
    }
  }

  /// Rule 10: a log of another timeline, or of a newer format, is refused and left alone.
  @Test func aLogOfAnotherTimelineOrFormatIsNotReplayed() throws {
    let scenario = try made(1, 3)
    for place in [8, 32] {
      let files = scenario.files.copy()
      var bytes = files.contents(of: Self.log) ?? []
      bytes[place] += 1
      let sum = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { LogSegmentHeader.check($0) } ?? 0
      }
      withUnsafeBytes(of: sum.littleEndian) {
        bytes.replaceSubrange(LogSegmentHeader.checksum..<LogFormat.block, with: $0)
      }
      files.setContents(of: Self.log, bytes)
      #expect(refusal(files, scenario.options)?.code == (place == 8 ? .newerFormat : .corrupt))
      #expect(files.contents(of: Self.log) == bytes)
    }
  }

  /// A segment that says another size than its file's header holds nothing of it.
  @Test func aSegmentOfAnotherSizeHoldsNothing() throws {
    let scenario = try made(1, 3)
    let files = scenario.files.copy()
    var bytes = files.contents(of: Self.log) ?? []
    bytes[13] += 1
    let sum = bytes.withUnsafeBytes { $0.baseAddress.map { LogSegmentHeader.check($0) } ?? 0 }
    withUnsafeBytes(of: sum.littleEndian) {
      bytes.replaceSubrange(LogSegmentHeader.checksum..<LogFormat.block, with: $0)
    }
    files.setContents(of: Self.log, bytes)
    let found = refusal(files, scenario.options)
    if found == nil {
      let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
      #expect(try CrashExplorer.match(pager, scenario.timeline, 3...3) == nil)
    } else {
      #expect(found?.code == .corrupt)
    }
  }

  /// Rule 10: a file that was closed needs no log: it can be read beside a foreign or newer one,
  /// which is left alone, but not written.
  @Test func aClosedFileIsReadBesideAForeignLog() throws {
    let scenario = try made(1, 3)
    let other = try made(2, 5)
    let foreign = other.files.contents(of: Self.log) ?? []
    var newer = scenario.files.contents(of: Self.log) ?? []
    newer[8] = 2
    let sum = newer.withUnsafeBytes { $0.baseAddress.map { LogSegmentHeader.check($0) } ?? 0 }
    withUnsafeBytes(of: sum.littleEndian) {
      newer.replaceSubrange(LogSegmentHeader.checksum..<LogFormat.block, with: $0)
    }
    var readOnly = scenario.options
    readOnly.isReadOnly = true
    for isClosed in [false, true] {
      if isClosed { try scenario.close() }
      for log in [foreign, newer] {
        let files = scenario.files.copy()
        files.setContents(of: Self.log, log)
        let code: StoreError.Code = log == newer ? .newerFormat : .corrupt
        #expect(refusal(files, scenario.options)?.code == code)
        #expect(refusal(files, readOnly)?.code == (isClosed ? nil : code))
        if isClosed {
          let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: readOnly)
          #expect(try CrashExplorer.match(pager, scenario.timeline, 3...3) == 3)
          #expect(pager.recoveryNote != nil)
        }
        #expect(files.contents(of: Self.log) == log)
        #expect(files.operationCount == 0)
      }
    }
    try other.close()
  }

  /// A file that a newer CareFS lets others read, but not write.
  @Test func aFileForNewerWritersIsOnlyRead() throws {
    let scenario = try made(1, 3)
    try scenario.close()
    let files = scenario.files.copy()
    var bytes = files.contents(of: Scenario.path) ?? []
    var sums: [UInt8] = []
    for slot in 0..<2 as Range<PageNumber> {
      let at = Int(slot) * 4096
      bytes[at + 50] = 2
      bytes[at + 60] = 1
      bytes[at..<at + 4096].withUnsafeBytes { page in
        guard let base = page.baseAddress else { return }
        let id = FileID(low: base.u64(64), high: base.u64(72))
        let sum = PageChecksum(fileID: id, pageSize: 4096).compute(base, slot)
        withUnsafeBytes(of: sum.littleEndian) { sums.append(contentsOf: $0) }
      }
      bytes.replaceSubrange(at..<at + 8, with: sums.suffix(8))
    }
    files.setContents(of: Scenario.path, bytes)
    #expect(refusal(files, scenario.options)?.code == .newerFormat)
    #expect(files.contents(of: Scenario.path) == bytes)
    var readOnly = scenario.options
    readOnly.isReadOnly = true
    let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: readOnly)
    #expect(try CrashExplorer.match(pager, scenario.timeline, 3...3) == 3)
  }

  /// Rule 10: a log of an older incarnation holds nothing.
  @Test func theLogOfAnOlderIncarnationHoldsNothing() throws {
    let scenario = try made(1, 4)
    let old = scenario.files.contents(of: Self.log)
    try scenario.close()
    let closed = scenario.files.copy()
    closed.setContents(of: Self.log, old)
    var explorer = CrashExplorer()
    let last = scenario.timeline.steps.count - 1
    _ = explorer.check(
      closed, scenario.timeline, last...last, "an old log beside a closed file",
      options: scenario.options)
    #expect(explorer.failures == 0)
    // With later commits in a log that is not there, the old one does not stand in for it.
    try scenario.reopen()
    try scenario.commit { try $0.set(3, at: 0, [50]) }
    let files = scenario.files.copy()
    files.setContents(of: Self.log, old)
    let error = refusal(files, scenario.options)
    if error == nil {
      let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
      #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
    }
  }

  /// Rule 10: a missing log is an error unless the file was closed cleanly.
  @Test func aMissingLogIsAnErrorUnlessClosed() throws {
    let scenario = try made(1, 3)
    let files = scenario.files.copy()
    files.setContents(of: Self.log, nil)
    #expect(refusal(files, scenario.options)?.code == .corrupt)
    files.setContents(of: Self.log, [])
    #expect(refusal(files, scenario.options)?.code == .corrupt)
    try scenario.close()
    #expect(refusal(scenario.files, scenario.options) == nil)
  }

  /// Rule 10: a log of its header block alone, or of nothing but zeros, was cut.
  @Test func aLogWithoutItsGroupsIsAnErrorOrReported() throws {
    let scenario = try made(1, 3)
    let files = scenario.files.copy()
    let bytes = files.contents(of: Self.log) ?? []
    files.setContents(of: Self.log, Array(bytes[..<LogFormat.block]))
    #expect(refusal(files, scenario.options)?.code == .corrupt)
  }

  /// Rule 11: pages moved by a rewrite, and the log from before it.
  @Test func theOldLogIsNotReplayedOntoARewrittenFile() throws {
    let scenario = Scenario(seed: 12)
    try scenario.create()
    try scenario.commit { for round in 0..<4 as Range<UInt8> { try $0.allocate(round) } }
    try scenario.commit { try $0.free(3) }
    try scenario.commit { try $0.set(5, at: 40, [5]) }
    let files = scenario.files.copy()
    let oldLog = files.contents(of: Self.log)
    let oldEnd = try scenario.pager.log?.end ?? 0
    let pages = scenario.contents.keys.sorted()
    var moved: Contents = [:]
    _ = try Pager.rewrite(path: Scenario.path, fileSystem: files, options: scenario.options) {
      from, to in
      for page in pages {
        from.enter()
        to.enter()
        defer {
          from.leave()
          to.leave()
        }
        let old = try from.page(page, kind: .tree, owner: Scenario.owner)
        let editor = try to.allocate(kind: .tree, owner: Scenario.owner)
        editor.rewriteAll { base in
          (base + PageHeader.size).copyMemory(
            from: old + PageHeader.size, byteCount: to.contentEnd - PageHeader.size)
        }
        moved[editor.number] = scenario.contents[page]
      }
    }
    // As if the removal of the old log had been lost.
    files.setContents(of: Self.log, oldLog)
    let after = Scenario(files, seed: 13, contents: moved)
    let pager = try after.reopen()
    #expect(try CrashExplorer.match(pager, after.timeline, 0...0) == 0)
    let tx = try pager.beginRead()
    for page in moved.keys {
      tx.enter()
      let lsn = try tx.page(page, kind: .tree, owner: Scenario.owner).u64(PageHeader.lsn)
      tx.leave()
      #expect(lsn > oldEnd, "a moved page keeps an LSN of the old log")
    }
    tx.rollback()
    try after.commit { try $0.allocate(9) }
    var explorer = CrashExplorer()
    _ = explorer.check(
      files.copy(), after.timeline, 1...1, "after a rewrite", options: after.options)
    #expect(explorer.failures == 0)
  }
}
