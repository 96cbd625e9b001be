import CareFSTestSupport
import Testing

@testable import PageStore

/// What single lines of the log's readers decide.
@Suite struct SmallLogTests {
  private static let log = Pager.logPath(Scenario.path)
  private let id = FileID(low: 1, high: 2)
  private static let segmentSize = 16 << 10

  private func writer(
    _ file: any StorageFile, salt: UInt64, from start: LSN, after previous: (UInt64, LSN) = (0, 0),
    segments: Int = 0
  ) -> LogWriter {
    LogWriter(
      file: file, fileID: id, timeline: 1, salt: salt, startLSN: start, previousSalt: previous.0,
      previousEnd: previous.1, segmentSize: Self.segmentSize, segmentCount: segments,
      busySegments: Set(0..<segments))
  }

  private func append(_ log: LogWriter, _ byte: UInt8) throws {
    try [byte].withUnsafeBytes { _ = try log.append(kind: LogFormat.RecordKind.images, $0) }
    try log.flushAll()
  }

  private func reader(_ file: any StorageFile) throws -> LogReader {
    try LogReader(file: file, fileID: id, timeline: 1, segmentSize: Self.segmentSize)
  }

  /// What recovery has dropped from an incarnation's end stays dropped when the rest is saved.
  @Test func whatStandsBehindAnIncarnationsEndIsNotSaved() throws {
    let file = try SimulatedFileSystem().open("log", .createNew)
    let start = LSN(LogFormat.block)
    let first = writer(file, salt: 11, from: start)
    try append(first, 1)
    let end = first.end
    try append(first, 2)
    let next = writer(file, salt: 22, from: 1 << 20, after: (11, end), segments: first.segmentCount)
    try append(next, 3)
    var seen: [UInt8] = []
    let found = try reader(file).salvage(from: start, salt: 11) { seen.append($0.payload[0]) }
    #expect(seen == [1, 3])
    #expect(found.groupCount == 2)
    #expect(found.gapCount == 0)
  }

  /// A group whose first header is sound and whose end is not counts as missing.
  @Test func aGroupWithoutItsEndIsAGap() throws {
    let file = try SimulatedFileSystem().open("log", .createNew)
    let start = LSN(LogFormat.block)
    let log = writer(file, salt: 11, from: start)
    try append(log, 1)
    let end = log.end
    try append(log, 2)
    try [0xFF].withUnsafeBytes {
      try file.write($0, at: end + UInt64(LogFormat.recordHeaderSize))
    }
    let found = try reader(file).salvage(from: start, salt: 11) { _ in }
    #expect(found.groupCount == 1)
    #expect(found.gapCount == 1)
  }

  /// An incarnation of which only the last group is left is not one that begins there.
  @Test func theLastGroupAloneIsNoBeginning() throws {
    let file = try SimulatedFileSystem().open("log", .createNew)
    let start = LSN(LogFormat.block)
    let log = writer(file, salt: 22, from: start, after: (11, start))
    for byte in 1...4 as ClosedRange<UInt8> { try append(log, byte) }
    func scan() throws -> LogScan {
      try reader(file).scan(from: start, salt: 11, syncedEnd: start, wasClosed: true) { _ in }
    }
    #expect(try scan().groupCount == 4)
    // The first segment, with three of the groups, is in use again.
    try file.writeZeros(Self.segmentSize, at: 0)
    #expect(log.segmentCount == 2)
    let error = #expect(throws: StoreError.self) { try scan() }
    #expect(error?.code == .corrupt)
  }

  /// Beside a writer a torn page is mended from its image, and has all changes up to the log's end.
  @Test func besideAWriterATornPageIsMended() throws {
    let scenario = Scenario(seed: 31)
    try scenario.create()
    try scenario.commit { for mark in 0..<4 as Range<UInt8> { try $0.allocate(mark) } }
    try scenario.checkpoint()
    try scenario.commit { try $0.set(4, at: 20, [7, 8, 9]) }
    let begun = scenario.files.operationCount
    try scenario.checkpoint()
    let operations = begun + 1...scenario.files.operationCount
    let write = try #require(
      operations.first { number in
        guard case .write(Scenario.path, let offset, _) = scenario.files.operation(number) else {
          return false
        }
        return offset >= 3 * 4096
      })
    let torn = Survival("torn") { item, index, _ in
      item.operation == write ? .garbage(UInt64(index)) : .kept
    }
    let files = scenario.files.crash(after: write, keeping: torn)
    let file = try files.open(Scenario.path, .readOnly)
    let (header, _) = try Pager.readHeaders(Scenario.path, file)
    let reader = try LogReader(
      file: try files.open(Self.log, .readOnly), fileID: header.fileID, timeline: header.timeline,
      segmentSize: Int(header.segmentSize))
    reader.isGrowing = true
    let recovery = Recovery(file: file, header: header, cache: try scenario.pager.cache)
    _ = try recovery.run(reader)
    let page = try #require(recovery.pages[4]?.bytes)
    let bytes = UnsafeRawBufferPointer(start: page + PageHeader.size, count: 4096 - 32)
    let wanted = try #require(scenario.contents[4])
    #expect(bytes.prefix(wanted.count).elementsEqual(wanted))
  }

  /// Who waits for a record that is durable does not write what others have appended since.
  @Test func whatIsDurableNeedsNoOtherGroup() throws {
    let log = writer(try SimulatedFileSystem().open("log", .createNew), salt: 11, from: 4_096)
    let first = try [1].withUnsafeBytes { try log.append(kind: LogFormat.RecordKind.images, $0) }
    try log.flushAll()
    let second = try [2].withUnsafeBytes { try log.append(kind: LogFormat.RecordKind.images, $0) }
    try log.flush(upTo: first)
    #expect(log.durableRecord == first)
    try log.flush(upTo: second)
    #expect(log.durableRecord == second)
  }

  /// Between flushes the last segment can be given back as well, once it is full.
  @Test func aLogThatNobodyNeedsTakesNoSegment() throws {
    let log = writer(try SimulatedFileSystem().open("log", .createNew), salt: 11, from: 4_096)
    for byte in 1...6 as ClosedRange<UInt8> { try append(log, byte) }
    #expect(log.bytesInUse == 2 * Self.segmentSize)
    log.release(below: log.end - 1)
    #expect(log.bytesInUse == Self.segmentSize)
    log.release(below: log.end)
    #expect(log.bytesInUse == 0)
  }

  /// However long a log claims to be, no more than 2^20 segments are looked at.
  @Test func aLogHasABoundedNumberOfSegments() throws {
    #expect(try reader(EndlessFile()).segmentCount == 1 << 20)
  }
}

/// Says that it is long, and holds nothing.
private final class EndlessFile: StorageFile {
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int { 0 }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) {}
  func size() -> UInt64 { 1 << 50 }
  func truncate(to size: UInt64) {}
  func sync() {}
  func lockForWriting() -> LockResult { .acquired }
  func identity() -> FileIdentity {
    FileIdentity(device: 1, inode: 1, linkCount: 1, isRegular: true)
  }
  func close() {}
}
