import PageStore

/// What the log format says of places, written from Spec/format.md and not from the engine.
enum LogLayout {
  static let block = 4096
  static let recordHeader = 64
  static let commitHeader = 40
  static let segmentMagic: UInt64 = 0x6c77_5346_6572_6143
  static let recordMagic: UInt64 = 0x3152_4643

  /// Offset and size of the fields of a segment's header.
  static let segment = [
    (8, 2), (10, 2), (12, 4), (16, 8), (24, 8), (32, 8), (40, 8), (48, 8), (56, 8), (64, 8),
  ]
  /// Those of a record's header, but for the checksums.
  static let record = [(4, 1), (5, 1), (6, 2), (8, 8), (16, 8), (24, 8), (32, 4), (36, 4)]
  /// Those of a commit's payload.
  static let commit = [(0, 8), (8, 8), (16, 4), (20, 4), (24, 8), (32, 8)]
  /// Those of an entry of its page table.
  static let entry = [(0, 4), (4, 4), (8, 8)]

  /// Writes the checksums of segments and records. What no longer looks like a record ends a group.
  static func stampAll(_ log: UnsafeMutableRawBufferPointer, segmentSize: Int, seed: UInt64) {
    let segments = segments(log, segmentSize)
    for segment in segments {
      guard let header = log.part(segment.offset, block), let body = header.part(0, 4088) else {
        continue
      }
      header.setField(4088, 8, XXH64.hash(UnsafeRawBufferPointer(body), seed: 0))
    }
    for run in runs(segments, segmentSize) { stamp(run, log, segmentSize, seed) }
  }

  /// A segment whose header has the magic.
  struct Segment {
    var offset: Int
    var salt: UInt64
    var start: UInt64
  }

  static func segments(
    _ log: UnsafeMutableRawBufferPointer, _ segmentSize: Int
  ) -> [Segment] {
    guard segmentSize > block else { return [] }
    return stride(from: 0, to: log.count - block + 1, by: segmentSize).compactMap { offset in
      guard log.field(offset, 8) == segmentMagic else { return nil }
      return Segment(
        offset: offset, salt: log.field(offset + 40, 8), start: log.field(offset + 48, 8))
    }
  }

  /// Segments that follow each other in one stream.
  private static func runs(_ segments: [Segment], _ segmentSize: Int) -> [[Segment]] {
    let payload = UInt64(segmentSize - block)
    var runs: [[Segment]] = []
    for segment in segments.sorted(by: { ($0.salt, $0.start) < ($1.salt, $1.start) }) {
      if let last = runs.last?.last, last.salt == segment.salt,
        last.start &+ payload == segment.start
      {
        runs[runs.count - 1].append(segment)
      } else {
        runs.append([segment])
      }
    }
    return runs
  }

  private static func stamp(
    _ run: [Segment], _ log: UnsafeMutableRawBufferPointer, _ segmentSize: Int, _ seed: UInt64
  ) {
    // The size that a header claims may be far more than there is.
    let payload = min(segmentSize - block, log.count)
    var stream = [UInt8](repeating: 0, count: run.count * payload)
    stream.withUnsafeMutableBytes { stream in
      for (place, segment) in run.enumerated() {
        let count = min(payload, log.count - segment.offset - block)
        guard let source = log.part(segment.offset + block, count) else { continue }
        stream.part(place * payload, count)?.copyMemory(from: UnsafeRawBufferPointer(source))
      }
      stampRecords(stream, seed)
      for (place, segment) in run.enumerated() {
        let count = min(payload, log.count - segment.offset - block)
        guard let source = stream.part(place * payload, count) else { continue }
        log.part(segment.offset + block, count)?.copyMemory(from: UnsafeRawBufferPointer(source))
      }
    }
  }

  private static func stampRecords(_ stream: UnsafeMutableRawBufferPointer, _ seed: UInt64) {
    var place = 0
    var previous: UInt64 = 0
    while let header = stream.part(place, recordHeader) {
      guard header.field(0, 4) == recordMagic else {
        place = (place / block + 1) * block
        continue
      }
      let length = Int(header.field(32, 4)) + Int(header.field(36, 4))
      guard let body = stream.part(place + recordHeader, length) else {
        place = (place / block + 1) * block
        continue
      }
      if previous != 0 { header.setField(40, 8, previous) }
      header.setField(48, 8, XXH64.hash(UnsafeRawBufferPointer(body), seed: seed))
      guard let checked = header.part(0, 56) else { return }
      previous = XXH64.hash(UnsafeRawBufferPointer(checked), seed: seed)
      header.setField(56, 8, previous)
      // Records begin at multiples of 8.
      place += (recordHeader + length + 7) & ~7
    }
  }

  /// Where records begin in the log file.
  static func records(_ log: UnsafeMutableRawBufferPointer) -> [Int] {
    stride(from: 0, to: log.count - recordHeader + 1, by: 8).filter {
      log.field($0, 4) == recordMagic
    }
  }
}
