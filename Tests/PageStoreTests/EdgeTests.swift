import CareFSTestSupport
import Testing

@testable import PageStore

/// What a single comparison or number decides, without which much would still seem to work.
@Suite struct EdgeTests {
  /// A page that the same transaction has changed is still only edited as what it is.
  @Test func anOwnPageIsEditedOnlyAsWhatItIs() throws {
    let pager = try Bench().create()
    let tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    tx.enter()
    defer { tx.leave() }
    for (kind, owner) in [(.overflow, 7), (.tree, 8)] as [(PageKind, UInt32)] {
      #expect {
        _ = try tx.edit(page, kind: kind, owner: owner)
      } throws: {
        ($0 as? StoreError)?.code == .corrupt
      }
    }
    #expect(try tx.edit(page, kind: .tree, owner: 7).number == page)
  }

  /// The log holds what a page that was written whole is made of, not its zeros.
  @Test func zerosOfARewrittenPageAreNotLogged() throws {
    let pager = try Bench().create()
    let tx = try pager.beginWrite()
    let size = pager.pageSize
    for _ in 0..<20 {
      try tx.allocate(kind: .tree, owner: 7).rewriteAll { base in
        (base + 64).initializeMemory(as: UInt8.self, repeating: 5, count: 16)
        (base + size - 80).initializeMemory(as: UInt8.self, repeating: 6, count: 40)
      }
    }
    let before = pager.metrics.log.bytesWritten
    try tx.commit()
    #expect(pager.metrics.log.bytesWritten - before <= 3 * 4_096)
  }

  /// A page that is there but damaged is not said to be missing.
  @Test func aDamagedPageIsNotCalledMissing() throws {
    let bench = Bench()
    let pager = try bench.create()
    let tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    try setValue(tx, page, 1)
    try tx.commit()
    try pager.close()
    let file = try bench.files.open(bench.path, .readWrite)
    try [UInt8(77)].withUnsafeBytes {
      try file.write($0, at: UInt64(page) * UInt64(pager.pageSize) + 500)
    }
    let again = try bench.open()
    #expect {
      _ = try value(again.beginRead(), page)
    } throws: {
      ($0 as? StoreError)?.message.contains("its checksum does not match") == true
    }
  }

  /// Readers that have ended keep nothing in memory, however long ago they looked.
  @Test func endedReadersKeepNothing() throws {
    let bench = Bench {
      $0.pageSize = 4_096
      $0.cacheBytes = 64 * 4_096
    }
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    for _ in 0..<20 { _ = try tx.allocate(kind: .tree, owner: 7) }
    try tx.commit()
    for round in 0..<60 as Range<UInt64> {
      let reader = try pager.beginRead()
      _ = try value(reader, Pager.firstPage)
      tx = try pager.beginWrite()
      for page in 0..<20 as Range<UInt32> { try setValue(tx, Pager.firstPage + page, round) }
      try tx.commit()
      reader.rollback()
      if round % 8 == 0 { try pager.checkpoint() }
    }
    try pager.checkpoint()
    #expect(pager.metrics.mostPagesInMemory < 200)
    #expect(pager.metrics.pagesInMemory <= 64 + 20)
  }

  /// A rewritten file goes on behind the old log, whose records mean nothing to it.
  @Test func aRewriteBeginsBehindTheOldLog() throws {
    let bench = Bench()
    let pager = try bench.create()
    let tx = try pager.beginWrite()
    _ = try tx.allocate(kind: .tree, owner: 7)
    try tx.commit()
    try pager.close()
    let before = try bench.open()
    let end = before.header.checkpointLSN
    try before.close()
    _ = try Pager.rewrite(path: bench.path, fileSystem: bench.files, options: bench.options) {
      _, to in
      _ = try to.allocate(kind: .tree, owner: 7)
    }
    let after = try bench.open()
    #expect(after.header.checkpointLSN > end)
    try after.close()
  }

  /// Writers wait for a checkpoint only when the log is four times what makes one begin, and by
  /// default it runs beside them.
  @Test func checkpointsRunBesideWritersByDefault() {
    let options = PagerOptions()
    #expect(options.hasBackgroundCheckpoints)
    #expect(options.maximumLogBytes == 4 * options.checkpointLogBytes)
  }

  /// The next sync must write a file's size also where an earlier one failed to: the size changes.
  @Test func insistingOnTheSizeChangesItForAMoment() throws {
    let file = SizeLog()
    try file.insistOnSize()
    #expect(file.sizes == [10_000 + 4_096, 10_000])
  }

  private final class SizeLog: StorageFile, @unchecked Sendable {
    private(set) var sizes: [UInt64] = []
    func read(
      into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(StoreError) -> Int { 0 }
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {}
    func size() throws(StoreError) -> UInt64 { sizes.last ?? 10_000 }
    func truncate(to size: UInt64) throws(StoreError) { sizes.append(size) }
    func sync() throws(StoreError) {}
    func lockForWriting() throws(StoreError) -> LockResult { .acquired }
    func identity() throws(StoreError) -> FileIdentity {
      FileIdentity(device: 0, inode: 0, linkCount: 1, isRegular: true)
    }
    func close() {}
  }

  #if os(Linux)
    /// An error of the system ends a read: only an interruption is tried again.
    @Test(.timeLimit(.minutes(5))) func aReadErrorIsToldOf() throws {
      // A process has no memory at zero.
      let file = try PosixFileSystem.shared.open("/proc/self/mem", .readOnly)
      defer { file.close() }
      var bytes = [UInt8](repeating: 0, count: 16)
      #expect {
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
      } throws: {
        ($0 as? StoreError)?.code == .io
      }
    }
  #endif
}
