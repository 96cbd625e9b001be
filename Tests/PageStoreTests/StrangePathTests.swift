import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// Ways through the store that ordinary use does not take.
@Suite struct StrangePathTests {
  /// A page file that is newer than the log beside it, though its header is not.
  static func mixed() throws -> (SimulatedFileSystem, Scenario, PageNumber) {
    let scenario = Scenario(seed: 41)
    try scenario.create()
    try scenario.commit { for mark in 0..<3 as Range<UInt8> { try $0.allocate(mark) } }
    try scenario.checkpoint()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(3, at: 40, [1]) }
    let files = scenario.files.copy()
    try scenario.commit { try $0.set(3, at: 40, [2]) }
    try scenario.checkpoint()
    var bytes = try #require(files.contents(of: Scenario.path))
    let newer = try #require(scenario.files.contents(of: Scenario.path))
    bytes.replaceSubrange(3 * 4096..<4 * 4096, with: newer[3 * 4096..<4 * 4096])
    files.setContents(of: Scenario.path, bytes)
    return (files, scenario, 3)
  }

  @Test func aPageFileNewerThanItsLogIsRefused() throws {
    let (files, scenario, page) = try Self.mixed()
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
    }
    #expect(error?.code == .corrupt && error?.page == page)
    #expect(error?.message.contains("not of one moment") == true)
  }

  /// Beside a writer the same means that the writer was quicker, and reading again may help.
  @Test func besideAWriterItIsReadAgain() throws {
    let (files, scenario, _) = try Self.mixed()
    let writer = try files.open(Scenario.path, .readWrite)
    guard case .acquired = try writer.lockForWriting() else {
      Issue.record("the lock is taken")
      return
    }
    var options = scenario.options
    options.isReadOnly = true
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    }
    #expect(error?.code == .busy)
    writer.close()
  }

  /// The first map calls even itself free: the file must not be cut to nothing.
  @Test func aMapThatCallsItselfFreeCutsNothing() throws {
    let scenario = Scenario(seed: 42)
    try scenario.create()
    try scenario.commit { for _ in 0..<30 { try $0.allocate() } }
    let pager = try scenario.pager
    let tx = try pager.beginWrite()
    tx.enter()
    try tx.edit(2, kind: .freeMap, owner: FreeSpace.owner).zero(
      at: PageHeader.size, count: tx.contentEnd - PageHeader.size)
    tx.leave()
    try tx.commit()
    for attempt in [pager.checkpoint, pager.shrink] {
      #expect { try attempt() } throws: { ($0 as? StoreError)?.code == .corrupt }
    }
    // Neither has kept the writer's place.
    try pager.beginWrite(timeoutMilliseconds: 0).rollback()
    let reader = try pager.beginRead()
    for (page, bytes) in scenario.contents {
      #expect(try CrashExplorer.holds(reader, page, bytes))
    }
    reader.rollback()
  }

  /// A full disk, and a page file that cannot be written: the commit is refused for want of room.
  @Test func aCommitThatNothingMakesRoomForIsRefused() throws {
    let scenario = Scenario(seed: 44) { $0.checkpointLogBytes = 1 << 20 }
    try scenario.create()
    try scenario.commit { for _ in 0..<20 { try $0.allocate() } }
    scenario.files.setCapacity(scenario.files.usedBytes)
    scenario.files.inject(InjectedFault([.write], of: Scenario.path, isForEver: true))
    let error = #expect(throws: StoreError.self) {
      for round in 0..<200 as Range<UInt64> {
        try scenario.commit { for page in 3..<20 as Range<PageNumber> { try $0.fill(page, round) } }
      }
    }
    #expect(error?.code == .diskFull)
    #expect(scenario.files.injectedCount > 0)
    let reader = try scenario.pager.beginRead()
    for (page, bytes) in scenario.contents {
      #expect(try CrashExplorer.holds(reader, page, bytes))
    }
    reader.rollback()
  }

  @Test func closingWaitsForTheWriter() throws {
    let scenario = Scenario(seed: 45)
    try scenario.create()
    let pager = try scenario.pager
    let tx = try pager.beginWrite()
    tx.enter()
    let page = try tx.allocate(kind: .tree, owner: Scenario.owner).number
    tx.leave()
    let closer = TestThread { try pager.close() }
    for _ in 0..<20 { pause() }
    #expect(!closer.isDone)
    try tx.commit()
    try closer.join()
    let again = try Pager.open(
      path: Scenario.path, fileSystem: scenario.files, options: scenario.options)
    let reader = try again.beginRead()
    #expect(try reader.identify(page).owner == Scenario.owner)
    reader.rollback()
    try again.close()
  }

  /// A page behind the file's end, whose last commit gave it back, need not be sound.
  @Test func pagesBehindTheEndMayBeTorn() throws {
    let scenario = Scenario(seed: 46)
    try scenario.create()
    try scenario.commit { for _ in 0..<40 { try $0.allocate() } }
    try scenario.checkpoint()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(42, at: 6, [6]) }
    try scenario.commit { for page in 10..<43 as Range<PageNumber> { try $0.free(page) } }
    let begun = scenario.files.operationCount
    try scenario.pager.shrink()
    var sound = 0
    for operation in begun...scenario.files.operationCount {
      let files = scenario.files.crash(after: operation, keeping: .everything)
      if (files.contents(of: Scenario.path) ?? []).count > 42 * 4096 {
        files.flip(Scenario.path, at: 42 * 4096 + 99, mask: 1)
      }
      do throws(StoreError) {
        let pager = try Pager.open(
          path: Scenario.path, fileSystem: files, options: scenario.options)
        sound += 1
        let reader = try pager.beginRead()
        for page in 3..<10 as Range<PageNumber> {
          #expect(try reader.identify(page).kind == .tree)
        }
        reader.rollback()
      } catch {
        #expect(error.code == .corrupt && error.page == 42, "\(error)")
      }
    }
    #expect(sound > 2)
  }

  /// Recovery keeps the newest image of a page that has no sound base, in whatever order they come.
  @Test func anImageDoesNotReplaceANewerOne() throws {
    let scenario = Scenario(seed: 47)
    try scenario.create()
    try scenario.commit { try $0.allocate(1) }
    try scenario.checkpoint()
    let pager = try scenario.pager
    let real = try #require(scenario.files.contents(of: Scenario.path))[3 * 4096..<4 * 4096]
    var images: [[UInt8]] = []
    for lsn in [9 << 20, 5 << 20] as [UInt64] {
      var image = Array(real)
      image.withUnsafeMutableBytes { raw in
        guard let base = raw.baseAddress else { return }
        base.set64(PageHeader.lsn, lsn)
        pager.checksum.stamp(base, 3)
      }
      images.append(image)
    }
    let file = try SimulatedFileSystem().open("empty", .createNew)
    let recovery = Recovery(file: file, header: pager.header, cache: pager.cache)
    for image in images {
      // As after a change that rests on another past.
      recovery.forgetBase(of: 3)
      try image.withUnsafeBytes { payload throws in
        try recovery.takeImages(
          LogRecord(kind: LogFormat.RecordKind.images, lsn: 1, payload: payload))
      }
    }
    let kept = try #require(recovery.images[3])
    #expect(UnsafeRawPointer(kept).u64(PageHeader.lsn) == 9 << 20)
  }

  /// A bulk commit gives the memory of its pages back while it writes them, but for those that a
  /// cursor holds.
  @Test func aHeldPageOutlivesItsBulkCommit() throws {
    let scenario = Scenario(seed: 48) {
      $0.bulkLogBytes = 1_000
      $0.cacheBytes = 0
      $0.segmentSize = 64 << 10
    }
    try scenario.create()
    try scenario.commit { try $0.allocate() }
    var held: PinnedPage?
    var transaction: PageTransaction?
    var page: PageNumber = 0
    try scenario.commit { writer in
      for at in 0..<100 { try writer.set(3, at: 20 * at, [1, 2, 3, 4, 5, 6, 7, 8]) }
      var made: [PageNumber] = []
      for mark in 0..<120 { made.append(try writer.allocate(UInt8(mark))) }
      page = made[5]
      held = try writer.tx.pin(page, kind: .tree, owner: Scenario.owner)
      transaction = writer.tx
    }
    let pinned = try #require(held)
    let bytes = try #require(scenario.contents[page])
    #expect(
      UnsafeRawBufferPointer(start: pinned.base + PageHeader.size, count: bytes.count)
        .elementsEqual(bytes))
    transaction?.unpin(pinned)
    let reader = try scenario.pager.beginRead()
    for (page, bytes) in scenario.contents {
      #expect(try CrashExplorer.holds(reader, page, bytes))
    }
    reader.rollback()
    try scenario.close()
  }

  @Test func aThreadDoesNotWaitForItself() throws {
    let own = Mutex<WorkThread?>(nil)
    let box = ThreadBox(own)
    let thread = try #require(
      WorkThread.start {
        while true {
          if let own = box.thread.withLock({ $0 }) { return own.join() }
          pause()
        }
      })
    box.thread.withLock { $0 = thread }
    thread.join()
  }

  private final class ThreadBox: Sendable {
    let thread: Mutex<WorkThread?>
    init(_ thread: consuming Mutex<WorkThread?>) { self.thread = thread }
  }
}
