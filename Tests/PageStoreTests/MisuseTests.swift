import CareFSTestSupport
import Testing

@testable import PageStore

/// Calls that make no sense where they are made: a clear error, and nothing has changed.
@Suite struct MisuseTests {
  private func expect(
    _ code: StoreError.Code, _ line: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) {
    #expect(sourceLocation: line) {
      try body()
    } throws: {
      ($0 as? StoreError)?.code == code
    }
  }

  private func filled() throws -> Scenario {
    let scenario = Scenario(seed: 6)
    try scenario.create()
    try scenario.commit { for mark in 0..<4 { try $0.allocate(UInt8(mark)) } }
    return scenario
  }

  @Test func aCommitOfNothingEndsItsTransaction() throws {
    let scenario = try filled()
    let tx = try scenario.pager.beginWrite()
    try tx.commit()
    expect(.closed) { try tx.commit() }
    try scenario.commit { try $0.fill(4, 1) }
    try scenario.close()
  }

  @Test func readersChangeNothing() throws {
    let scenario = try filled()
    let tx = try scenario.pager.beginRead()
    expect(.readOnly) { _ = try tx.edit(3, kind: .tree, owner: Scenario.owner) }
    expect(.readOnly) { _ = try tx.allocate(kind: .tree, owner: Scenario.owner) }
    try tx.commit()
    expect(.closed) { try tx.commit() }
    expect(.closed) {
      tx.enter()
      defer { tx.leave() }
      _ = try tx.page(900, kind: .tree, owner: Scenario.owner)
    }
    #expect(tx.rollbackWithoutWaiting().lsn == 0)
    try scenario.close()
    expect(.closed) { _ = try scenario.pager.beginRead() }
  }

  @Test func endedWritersChangeNothing() throws {
    let scenario = try filled()
    let tx = try scenario.pager.beginWrite()
    tx.rollback()
    expect(.closed) { try tx.commit() }
    expect(.readOnly) { _ = try tx.allocate(kind: .tree, owner: Scenario.owner) }
    try scenario.close()
  }

  @Test func savepointsThatAreLeftOpenEndWithTheCommit() throws {
    let scenario = try filled()
    let before = scenario.contents
    try scenario.commit { writer in
      _ = writer.tx.savepoint()
      try writer.set(3, at: 100, [1, 2, 3])
      _ = writer.tx.savepoint()
      try writer.set(5, at: 100, [1, 2, 3])
    }
    try scenario.close()
    let pager = try scenario.reopen()
    let last = scenario.timeline.steps.count - 1
    #expect(scenario.contents != before)
    #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
  }

  @Test func pagesAreFreedOnce() throws {
    let scenario = try filled()
    try scenario.rollBack { writer in
      writer.tx.enter()
      defer { writer.tx.leave() }
      try writer.tx.free(4, kind: .tree, owner: Scenario.owner)
      expect(.corrupt) { try scenario.pager.freeSpace.give(4, writer.tx) }
      expect(.corrupt) { try scenario.pager.freeSpace.give(2, writer.tx) }
      expect(.corrupt) { try scenario.pager.freeSpace.give(1_000, writer.tx) }
      expect(.corrupt) { try writer.tx.free(3, kind: .overflow, owner: Scenario.owner) }
      expect(.corrupt) { try writer.tx.free(3, kind: .tree, owner: 8) }
    }
    try scenario.close()
  }

  /// Bytes outside a page's content are nobody's to change.
  @Test func editorsStayInsideTheContent() throws {
    let scenario = try filled()
    try scenario.commit { writer in
      let tx = writer.tx
      tx.enter()
      defer { tx.leave() }
      let editor = try tx.edit(3, kind: .tree, owner: Scenario.owner)
      let page = UnsafeRawBufferPointer(start: editor.base, count: tx.pageSize)
      let before = Array(page)
      for offset in [-1, .min, 0, PageHeader.size - 1, tx.contentEnd, .max / 2, .max] {
        editor.writeUInt8(9, at: offset)
        editor.writeUInt16(9, at: offset)
        editor.writeUInt32(9, at: offset)
        editor.writeUInt64(9, at: offset)
        editor.zero(at: offset, count: 9)
        editor.move(from: offset, to: 100, count: 9)
        editor.move(from: 100, to: offset, count: 9)
        [UInt8](repeating: 9, count: 9).withUnsafeBytes { editor.write($0, at: offset) }
      }
      editor.zero(at: 100, count: 0)
      editor.move(from: 100, to: 200, count: -1)
      editor.write(UnsafeRawBufferPointer(start: nil, count: 0), at: 100)
      #expect(Array(page) == before)
    }
    try scenario.close()
  }

  /// What is changed after a page was rewritten as a whole is part of that.
  @Test func changesFollowARewrittenPage() throws {
    let scenario = try filled()
    try scenario.commit { writer in
      try writer.fill(3, 77)
      writer.tx.enter()
      defer { writer.tx.leave() }
      let editor = try writer.tx.edit(3, kind: .tree, owner: Scenario.owner)
      let zeros = [UInt8](repeating: 0, count: 9)
      editor.zero(at: 100, count: 9)
      try writer.set(3, at: 100 - PageHeader.size, zeros)
    }
    let after = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    let pager = try Pager.open(path: Scenario.path, fileSystem: after, options: scenario.options)
    let last = scenario.timeline.steps.count - 1
    #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
    try pager.close()
  }

  /// A rewrite that cannot be: the old file stays as it is.
  @Test func rewritesThatCannotBeLeaveTheFile() throws {
    let path = Scenario.path
    func rewritten(
      _ scenario: Scenario, _ during: () throws -> Void = {}
    ) throws -> StoreError? {
      do {
        _ = try Pager.rewrite(path: path, fileSystem: scenario.files, options: scenario.options) {
          _, to in
          to.enter()
          defer { to.leave() }
          _ = try to.allocate(kind: .tree, owner: Scenario.owner)
          try during()
        }
        return nil
      } catch { return error as? StoreError }
    }
    var scenario = try filled()
    try scenario.close()
    for leftover in [path + "-compact", path + "-compact-wal"] {
      scenario.files.setContents(of: leftover, [UInt8](repeating: 7, count: 9_000))
      #expect(try rewritten(scenario)?.code == .exists)
      scenario.files.setContents(of: leftover, nil)
    }
    scenario.files.setCapacity(1)
    let full = try rewritten(scenario)
    #expect(full?.code == .diskFull)
    #expect(full?.message.contains("bytes are free") == true)
    scenario.files.setCapacity(nil)
    let pager = try scenario.reopen()
    let last = scenario.timeline.steps.count - 1
    #expect(try CrashExplorer.match(pager, scenario.timeline, last...last) == last)
    try scenario.close()
    scenario = try filled()
    try scenario.close()
    let files = scenario.files
    #expect(try rewritten(scenario) { files.setContents(of: path, [1, 2, 3]) }?.code == .io)
    #expect(files.contents(of: path) == [1, 2, 3])
  }

  /// A system that does not read while a file is checked.
  @Test func checksTellWhatTheSystemRefuses() throws {
    let scenario = try filled()
    try scenario.close()
    let pager = try scenario.reopen()
    for nth in 1...3 {
      scenario.files.inject(InjectedFault([.read], nth: nth))
      expect(.io) { _ = try pager.verifyPages() }
      scenario.files.clearFaults()
    }
    #expect(try pager.verifyPages().findings == [])
    try scenario.close()
  }

  @Test func optionsAndPlacesThatCannotBe() throws {
    let files = SimulatedFileSystem()
    var options = Scenario.options(seed: 1)
    for size in [0, 512, 4097, 1 << 17] {
      options.pageSize = size
      let wrong = options
      expect(.tooLarge) { _ = try Pager.create(path: "a", fileSystem: files, options: wrong) }
    }
    options = Scenario.options(seed: 1)
    let right = options
    files.setContents(of: Pager.logPath("a"), [1])
    expect(.exists) { _ = try Pager.create(path: "a", fileSystem: files, options: right) }
    files.setContents(of: Pager.logPath("a"), nil)
    let pager = try Pager.create(path: "a", fileSystem: files, options: options)
    expect(.exists) { _ = try Pager.create(path: "a", fileSystem: files, options: right) }
    expect(.busy) { _ = try Pager.open(path: "a", fileSystem: files, options: right) }
    try pager.checkpoint()
    try pager.close()
    try pager.close()
    expect(.closed) { _ = try pager.beginWrite() }
    options.isReadOnly = true
    let reader = try Pager.open(path: "a", fileSystem: files, options: options)
    expect(.readOnly) { _ = try reader.beginWrite() }
    try reader.checkpoint()
    #expect(try reader.logFileBytes() == 0)
    #expect(reader.oldestReaderLag == 0)
    try reader.close()
  }

  @Test func aWriterThatWaitsTooLongIsBusy() throws {
    let scenario = try filled()
    let pager = try scenario.pager
    let tx = try pager.beginWrite()
    expect(.busy) { _ = try pager.beginWrite(timeoutMilliseconds: 1) }
    tx.rollback()
    try pager.beginWrite(timeoutMilliseconds: 1).rollback()
    try scenario.close()
  }

  /// A file that has gone, or is another one, is not written any more.
  @Test func aFileThatWasReplacedIsNotWritten() throws {
    for replacement in [nil, [1, 2, 3]] as [[UInt8]?] {
      let scenario = try filled()
      scenario.files.setContents(of: Scenario.path, replacement)
      expect(.io) { try scenario.commit { try $0.allocate() } }
    }
  }

  @Test func filesInMemoryRefuseWhatFilesRefuse() throws {
    let files = MemoryFileSystem()
    expect(.notFound) { _ = try files.open("a", .readWrite) }
    expect(.notFound) { try files.rename("a", to: "b") }
    expect(.notFound) { try files.remove("a") }
    let file = try files.open("a", .createNew)
    expect(.exists) { _ = try files.open("a", .createNew) }
    expect(.tooLarge) { try file.truncate(to: 1 << 46) }
    try [UInt8](repeating: 1, count: 3).withUnsafeBytes { bytes in
      expect(.tooLarge) { try file.write(bytes, at: 1 << 46) }
      try file.write(bytes, at: 5)
      try file.write(UnsafeRawBufferPointer(start: nil, count: 0), at: 50)
    }
    #expect(try file.size() == 8)
    #expect(try file.otherWriter() == nil)
  }
}
