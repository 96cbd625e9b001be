/// The header of the page file. It exists twice, in pages 0 and 1, written alternately.
///
/// Offsets within the page, after the page header of 32 bytes:
///
///     32  16  "CareFS page file"
///     48   2  format that a reader must understand      50   2  format that a writer must understand
///     52   4  page size                                 56   4  required features   60  4 optional
///     64  16  file id                                   80   8  timeline
///     88   4  checksum algorithm (1 = XXH64)            92   4  bytes reserved at each page's end
///     96   8  sequence: the higher of the two headers is the newer
///    104   8  checkpoint LSN: older changes are all in the page file
///    112   8  salt of the log's incarnation at that LSN
///    120   8  the log is known to be synced up to here
///    128   4  1 when closed cleanly                    132   4  pages in use or free in the file
///    136   8  number of the last commit                144   8  its time, microseconds since 1970 UTC
///    152   4  segment size of the log                  156   4  segments that the log had at least
///    160  64  room for a wrapped key                   224  32  room for a key check
struct FileHeader: Sendable {
  static let magic: [UInt8] = Array("CareFS page file".utf8)
  static let currentVersion: UInt16 = 1

  var pageSize: Int
  /// The format that a writer must understand: above ours the file may only be read.
  var writeVersion = currentVersion
  /// Bits that may be ignored, and are kept.
  var optionalFeatures: UInt32 = 0
  var reservedBytes: UInt32 = 0
  var fileID: FileID
  var timeline: UInt64
  var sequence: UInt64 = 0
  var checkpointLSN: LSN
  var salt: UInt64
  var syncedLSN: LSN
  var isClosedCleanly: Bool
  var pageCount: UInt32
  var commitNumber: UInt64 = 0
  var commitTime: Int64 = 0
  var segmentSize: UInt32
  /// A log with fewer segments was cut off.
  var logSegments: UInt32 = 0

  func encode(into page: UnsafeMutableRawPointer, slot: PageNumber) {
    page.initializeMemory(as: UInt8.self, repeating: 0, count: pageSize)
    page.set32(PageHeader.number, slot)
    page.set8(PageHeader.kind, PageKind.header.rawValue)
    for (i, byte) in Self.magic.enumerated() { page.set8(32 + i, byte) }
    page.set16(48, Self.currentVersion)
    page.set16(50, writeVersion)
    page.set32(52, UInt32(pageSize))
    page.set32(60, optionalFeatures)
    page.set64(64, fileID.low)
    page.set64(72, fileID.high)
    page.set64(80, timeline)
    page.set32(88, 1)
    page.set32(92, reservedBytes)
    page.set64(96, sequence)
    page.set64(104, checkpointLSN)
    page.set64(112, salt)
    page.set64(120, syncedLSN)
    page.set32(128, isClosedCleanly ? 1 : 0)
    page.set32(132, pageCount)
    page.set64(136, commitNumber)
    page.set64(144, UInt64(bitPattern: commitTime))
    page.set32(152, segmentSize)
    page.set32(156, logSegments)
    PageChecksum(fileID: fileID, pageSize: pageSize).stamp(page, slot)
  }

  enum ReadFailure: Error { case notADatabase, newerFormat, damaged }

  /// Reads a header page; `page` holds `available` bytes of it.
  ///
  /// - Parameter verifies: Whether a wrong checksum refuses it.
  init(
    _ page: UnsafeRawPointer, available: Int, slot: PageNumber, verifies: Bool = true
  ) throws(ReadFailure) {
    guard available >= 512 else { throw .notADatabase }
    for (i, byte) in Self.magic.enumerated() where page.u8(32 + i) != byte { throw .notADatabase }
    let size = Int(page.u32(52))
    guard PageLimits.pageSizes.contains(size) else { throw .damaged }
    guard available >= size else { throw .damaged }
    fileID = FileID(low: page.u64(64), high: page.u64(72))
    guard !verifies || PageChecksum(fileID: fileID, pageSize: size).isSound(page, slot) else {
      throw .damaged
    }
    guard page.u16(48) <= Self.currentVersion, page.u32(56) == 0, page.u32(88) == 1 else {
      throw .newerFormat
    }
    pageSize = size
    writeVersion = page.u16(50)
    optionalFeatures = page.u32(60)
    timeline = page.u64(80)
    reservedBytes = page.u32(92)
    sequence = page.u64(96)
    checkpointLSN = page.u64(104)
    salt = page.u64(112)
    syncedLSN = page.u64(120)
    isClosedCleanly = page.u32(128) == 1
    pageCount = page.u32(132)
    commitNumber = page.u64(136)
    commitTime = Int64(bitPattern: page.u64(144))
    segmentSize = page.u32(152)
    logSegments = page.u32(156)
    guard reservedBytes <= 256, pageCount >= 3, pageCount <= PageLimits.maximumPageCount,
      Self.isSegmentSize(segmentSize),
      checkpointLSN % UInt64(LogFormat.groupBorder) == 0, checkpointLSN >= UInt64(LogFormat.block),
      max(sequence, checkpointLSN, syncedLSN, commitNumber) < PageLimits.maximumCount
    else { throw .damaged }
  }

  /// Whether the log may have segments of a size.
  static func isSegmentSize(_ size: UInt32) -> Bool {
    size >= 16384 && size <= 1 << 28 && size % 4096 == 0
  }

  init(
    pageSize: Int, fileID: FileID, timeline: UInt64, checkpointLSN: LSN, salt: UInt64,
    pageCount: UInt32, segmentSize: UInt32
  ) {
    self.pageSize = pageSize
    self.fileID = fileID
    self.timeline = timeline
    self.checkpointLSN = checkpointLSN
    self.salt = salt
    syncedLSN = checkpointLSN
    isClosedCleanly = true
    self.pageCount = pageCount
    self.segmentSize = segmentSize
  }
}

/// The checksum in each page's header.
struct PageChecksum: Sendable {
  let seed: UInt64
  let pageSize: Int

  init(fileID: FileID, pageSize: Int) {
    seed = fileID.seed
    self.pageSize = pageSize
  }

  @inline(__always)
  func compute(_ page: UnsafeRawPointer, _ number: PageNumber) -> UInt64 {
    let body = UnsafeRawBufferPointer(start: page + 8, count: pageSize &- 8)
    let place = planted(.noPageNumberInChecksum) ? 0 : UInt64(number)
    let sum = XXH64.hash(body, seed: seed &+ place &* 0x9E37_79B9_7F4A_7C15)
    return sum == 0 ? 1 : sum
  }

  func stamp(_ page: UnsafeMutableRawPointer, _ number: PageNumber) {
    page.set64(PageHeader.checksum, compute(page.readable, number))
  }

  func isSound(_ page: UnsafeRawPointer, _ number: PageNumber) -> Bool {
    (page.u32(PageHeader.number) == number || planted(.noPageNumberInChecksum))
      && page.u64(PageHeader.checksum) == compute(page, number)
  }
}
