/// The write-ahead log on disk.
///
/// The file is a row of segments of equal size. Each begins with a 4 KiB header that says which part
/// of the log's endless stream it holds; the rest is that part. A group of commits begins on a 4 KiB
/// border of the stream, is written once, and synced before the next is written.
///
///     segment: | header 4096 | stream bytes startLSN ..< startLSN + segmentSize - 4096 |
///     group:   | record | record | ... | last record, padded to 4096 |
///     record:  | header 64 | payload | padding to 8, of the last to 4096 |
enum LogFormat {
  static let block = 4096
  static let blockMask: UInt64 = 4095
  static let segmentMagic: UInt64 = 0x6c77_5346_6572_6143  // "CareFSwl"
  static let recordMagic: UInt32 = 0x3152_4643  // "CFR1"
  static let recordHeaderSize = 64

  /// Groups begin on such borders of the stream.
  static var groupBorder: Int { planted(.rule1GroupsShareBlocks) ? 8 : block }

  static func aligned(_ lsn: LSN) -> LSN { (lsn &+ blockMask) & ~blockMask }

  enum RecordKind {
    /// A commit: page table and changes.
    static let commit: UInt8 = 1
    /// Whole pages that a checkpoint is about to overwrite.
    static let images: UInt8 = 2
  }

  static let groupEndFlag: UInt8 = 1

  // Offsets in a record's header.
  static let magic = 0
  static let kind = 4
  static let flags = 5
  static let salt = 8
  static let lsn = 16
  static let group = 24
  static let payloadLength = 32
  static let paddingLength = 36
  static let previousCheck = 40
  static let bodyCheck = 48
  static let headerCheck = 56

  /// A commit's payload begins with this many bytes before its page table.
  static let commitHeaderSize = 40
  static let commitNumber = 0
  static let commitTime = 8
  static let commitPageCount = 16
  static let commitTableCount = 20
  static let commitChangeBytes = 24
  static let commitFlags = 32
  /// One entry of the page table: page, flags, LSN of the page's last change before.
  static let tableEntrySize = 16
  static let freshFlag: UInt32 = 1
  static let bulkFlag: UInt32 = 2

  /// Codes of page changes.
  enum Change {
    static let select: UInt8 = 1
    static let write: UInt8 = 2
    static let move: UInt8 = 3
    static let zero: UInt8 = 4
  }
}

/// The header of one log segment.
struct LogSegmentHeader {
  static let currentVersion: UInt16 = 1

  var version = currentVersion
  var fileID: FileID
  var timeline: UInt64
  var salt: UInt64
  var startLSN: LSN
  /// The incarnation before and where it ended, when this segment begins an incarnation in recovery.
  var previousSalt: UInt64
  var previousEnd: LSN
  var segmentSize: UInt32
  /// 0, or the how-manieth copy of this segment holds the last group once more.
  var copy: UInt16 = 0

  static let checksum = 4088

  func encode(into block: UnsafeMutableRawPointer) {
    block.initializeMemory(as: UInt8.self, repeating: 0, count: LogFormat.block)
    block.set64(0, LogFormat.segmentMagic)
    block.set16(8, version)
    block.set16(10, copy)
    block.set32(12, segmentSize)
    block.set64(16, fileID.low)
    block.set64(24, fileID.high)
    block.set64(32, timeline)
    block.set64(40, salt)
    block.set64(48, startLSN)
    block.set64(56, previousSalt)
    block.set64(64, previousEnd)
    block.set64(Self.checksum, Self.check(block.readable))
  }

  static func check(_ block: UnsafeRawPointer) -> UInt64 {
    XXH64.hash(UnsafeRawBufferPointer(start: block, count: checksum), seed: 0)
  }

  /// The header in `block`, or nil when it is not sound.
  init?(_ block: UnsafeRawPointer) {
    guard block.u64(0) == LogFormat.segmentMagic, block.u64(Self.checksum) == Self.check(block)
    else { return nil }
    version = block.u16(8)
    copy = block.u16(10)
    segmentSize = block.u32(12)
    fileID = FileID(low: block.u64(16), high: block.u64(24))
    timeline = block.u64(32)
    salt = block.u64(40)
    startLSN = block.u64(48)
    previousSalt = block.u64(56)
    previousEnd = block.u64(64)
    guard startLSN < PageLimits.maximumCount, copy <= Self.maximumCopies else { return nil }
  }

  /// How often the last group may be written again.
  static let maximumCopies: UInt16 = 64

  init(
    fileID: FileID, timeline: UInt64, salt: UInt64, startLSN: LSN, previousSalt: UInt64,
    previousEnd: LSN, segmentSize: UInt32
  ) {
    self.fileID = fileID
    self.timeline = timeline
    self.salt = salt
    self.startLSN = startLSN
    self.previousSalt = previousSalt
    self.previousEnd = previousEnd
    self.segmentSize = segmentSize
  }
}

/// The random name of a database file, in every checksum's seed.
public struct FileID: Sendable, Hashable {
  /// The first eight bytes.
  public var low: UInt64
  /// The last eight bytes.
  public var high: UInt64
  /// An id of two halves.
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }
  /// What checksums of this file are seeded with, before the page number is added.
  var seed: UInt64 {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      base.set64(0, low)
      base.set64(8, high)
      return XXH64.hash(UnsafeRawBufferPointer(buffer), seed: 0)
    }
  }
}
