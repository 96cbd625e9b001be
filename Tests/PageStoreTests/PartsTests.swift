import CareFSTestSupport
import Testing

@testable import PageStore

/// Small parts by themselves, whose faults the store as a whole would hide: what is written and read
/// by the same wrong rule looks right.
@Suite struct PartsTests {
  /// Sums of the bytes 0, 1, 2 ... by the reference implementation: tails of every kind.
  @Test(
    arguments: [
      (1, 0x5014_6076_43A9_B4C3), (3, 0x47AA_45ED_39ED_5541), (4, 0xB8F1_A518_93FA_14E6),
      (8, 0xCB74_EF9D_044D_CF44), (12, 0x360A_9AD6_5866_8EBC), (16, 0x673E_90AE_BEAC_5689),
      (31, 0x7196_9C89_A30A_986A), (32, 0x7181_3547_74E0_D600), (40, 0x611D_9E09_BC23_B46A),
      (64, 0x6E54_5403_B828_CF8B), (67, 0xA384_0608_221C_70DA),
    ] as [(Int, UInt64)])
  func hashesOfEveryTailMatchTheReference(count: Int, sum: UInt64) {
    let bytes = (0..<count).map { UInt8($0) }
    #expect(bytes.withUnsafeBytes { XXH64.hash($0, seed: 2_654_435_761) } == sum)
  }

  /// What the format says of a page's checksum: its place is part of the seed.
  @Test func aPagesChecksumIsThatOfItsBytesAndItsPlace() {
    let checksum = PageChecksum(fileID: FileID(low: 3, high: 4), pageSize: 4_096)
    let page = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 64)
    defer { page.deallocate() }
    page.initializeMemory(as: UInt8.self, repeating: 9)
    guard let base = page.baseAddress else { return }
    for number in [0, 1, 70_000] as [PageNumber] {
      let seed = checksum.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      let body = UnsafeRawBufferPointer(rebasing: page[8...])
      #expect(checksum.compute(base.readable, number) == XXH64.hash(body, seed: seed))
    }
  }

  @Test func bordersOfTheLogAreBlocks() {
    #expect(LogFormat.aligned(0) == 0)
    #expect(LogFormat.aligned(1) == 4_096)
    #expect(LogFormat.aligned(4_096) == 4_096)
    #expect(LogFormat.aligned(4_097) == 8_192)
  }

  @Test func aLargeBufferGivesItsRoomBack() {
    let buffer = RawBuffer()
    buffer.appendZeros(100_000)
    #expect(buffer.capacity >= 100_000)
    buffer.reset(keepAtMost: 200_000)
    #expect(buffer.capacity >= 100_000 && buffer.count == 0)
    buffer.reset(keepAtMost: 50_000)
    #expect(buffer.capacity == 4_096 && buffer.count == 0)
  }

  /// The clock that commits are stamped with counts microseconds up, also within a second.
  @Test func theWallClockGoesOn() {
    var steps = 0
    var last = wallClockMicroseconds()
    for _ in 0..<20 {
      pause()
      let now = wallClockMicroseconds()
      if now - last >= 400 && now - last < 60_000_000 { steps += 1 }
      last = now
    }
    // A second may end in between, and the system may set its clock.
    #expect(steps >= 18)
  }

  /// The spill file keeps the pages that it is given, and shrinks to nothing once all are taken back.
  @Test func theSpillFileShrinksWhenItIsEmpty() throws {
    let files = TemporaryKeeper()
    let spill = SpillFile(fileSystem: files, path: "s", pageSize: 4_096)
    let page = UnsafeMutableRawPointer.allocate(byteCount: 4_096, alignment: 64)
    defer { page.deallocate() }
    for round in 0..<3 {
      var slots: [UInt32] = []
      for mark in 0..<4 as Range<UInt8> {
        page.initializeMemory(as: UInt8.self, repeating: mark, count: 4_096)
        slots.append(try #require(spill.put(page)))
      }
      #expect(Set(slots).count == 4)
      #expect(try files.temporary?.size() == 4 * 4_096, "round \(round)")
      for (mark, slot) in slots.enumerated() {
        try spill.get(slot, into: page)
        #expect(page.readable.u8(4_095) == UInt8(mark))
        spill.give(slot)
      }
      #expect(try files.temporary?.size() == 0, "round \(round)")
    }
  }

  /// A file system in memory that shows the temporary file that it made last.
  private final class TemporaryKeeper: ForwardingFileSystem, @unchecked Sendable {
    fileprivate let base = MemoryFileSystem()
    private(set) var temporary: (any StorageFile)?

    func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
      let file = try base.openTemporary(beside: path)
      temporary = file
      return file
    }
  }

  /// However many zeros are asked for, they take a mebibyte of memory.
  @Test func zerosAreWrittenInParts() throws {
    let file = WriteNoter(try MemoryFileSystem().open("zeros", .createNew))
    try file.writeZeros(3 << 20 | 5, at: 7)
    let ends = [1 << 20, 2 << 20, 3 << 20, 3 << 20 | 5].map { 7 + $0 }
    #expect(file.writes.map(\.upperBound) == ends)
    #expect(try file.size() == 3 << 20 | 12)
  }

  private final class WriteNoter: ForwardingFile, @unchecked Sendable {
    fileprivate let base: any StorageFile
    private(set) var writes: [Range<Int>] = []

    init(_ base: any StorageFile) { self.base = base }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
      writes.append(Int(offset)..<Int(offset) + bytes.count)
      try base.write(bytes, at: offset)
    }
  }

  /// What a file keeps free at the end of its pages belongs to no page's content.
  @Test func reservedBytesEndThePages() throws {
    var header = FileHeader(
      pageSize: 4_096, fileID: FileID(low: 1, high: 2), timeline: 1, checkpointLSN: 4_096, salt: 9,
      pageCount: 3, segmentSize: 16 << 10)
    header.reservedBytes = 48
    let pager = try Pager.create(
      path: "reserved", fileSystem: MemoryFileSystem(), options: Scenario.options(seed: 1),
      header: header)
    #expect(pager.contentEnd == 4_096 - 48)
    try pager.close()
  }

  @Test func aTransactionOfFourMebibytesIsLarge() {
    #expect(PagerOptions().bulkLogBytes == 4 << 20)
  }

  @Test func commitsAndCheckpointsAreCounted() throws {
    let bench = Bench { $0.checkpointLogBytes = 24 << 10 }
    let pager = try bench.create()
    for _ in 0..<3 {
      let tx = try pager.beginWrite()
      _ = try tx.allocate(kind: .tree, owner: 7)
      try tx.commit()
    }
    #expect(pager.metrics.commits == 3)
    try pager.checkpoint()
    let before = pager.metrics.checkpoints
    // The next is due when the log has grown since, not by what it held before.
    for mark in 1...3 as ClosedRange<UInt64> {
      let tx = try pager.beginWrite()
      try setValue(tx, Pager.firstPage, mark)
      try tx.commit()
    }
    #expect(pager.metrics.commits == 6)
    #expect(pager.metrics.checkpoints == before)
    try pager.close()
  }

  @Test func anEmptyFileIsCalledEmpty() throws {
    let bench = Bench()
    try bench.files.open(bench.path, .createNew).close()
    #expect {
      _ = try bench.open()
    } throws: {
      let error = $0 as? StoreError
      return error?.code == .notADatabase && error?.message.contains("is empty") == true
    }
  }
}
