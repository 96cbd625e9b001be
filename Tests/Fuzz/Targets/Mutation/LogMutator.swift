import CareFSTestSupport

/// Changes a log so that most of it stays what it was.
struct LogMutator {
  let log: UnsafeMutableRawBufferPointer
  let inPlace: PageMutator.InPlace
  var random: SeededRandom
  let segmentSize: Int
  let seed: UInt64
  let pageSize: Int

  /// - Parameter pages: the page file that the log belongs to.
  init(
    _ log: UnsafeMutableRawBufferPointer, of pages: UnsafeMutableRawBufferPointer,
    _ random: SeededRandom, inPlace: @escaping PageMutator.InPlace
  ) {
    self.log = log
    self.inPlace = inPlace
    self.random = random
    segmentSize = max(Int(pages.field(PageLayout.segmentSize, 4)), LogLayout.block * 2)
    seed = PageLayout.seed(pages)
    pageSize = PageLayout.size(of: pages)
  }

  /// Makes a few changes, and mostly the checksums that they need.
  mutating func run() {
    guard log.count >= LogLayout.block else { return }
    for _ in 0..<[1, 1, 1, 2, 2, 3, 4, 6][random.below(8)] { change() }
    if random.below(32) > 0 { stamp() }
  }

  /// Writes all checksums.
  func stamp() { LogLayout.stampAll(log, segmentSize: segmentSize, seed: seed) }

  private mutating func change() {
    let records = LogLayout.records(log)
    let segments = LogLayout.segments(log, segmentSize)
    guard random.below(4) > 0, !records.isEmpty else {
      guard !segments.isEmpty else { return inPlace(log) }
      return changeSegment(segments[random.below(segments.count)].offset, segments)
    }
    let record = records[random.below(records.count)]
    let payload = record + LogLayout.recordHeader
    let length = Int(min(log.field(record + 32, 4), UInt64(log.count)))
    switch random.below(8) {
    case 0: change(LogLayout.record, at: record)
    case 1, 2: change(LogLayout.commit, at: payload)
    case 3, 4:
      let count = Int(min(log.field(payload + 20, 4), 1024))
      change(LogLayout.entry, at: payload + LogLayout.commitHeader + 16 * random.below(count))
    case 5, 6: changeChanges(payload, length)
    default:
      let start = payload + random.below(length)
      if let part = log.part(start, min(1 + random.below(64), log.count - start)) { inPlace(part) }
    }
  }

  private mutating func change(_ fields: [(Int, Int)], at start: Int) {
    FieldSite.one(of: fields, at: start, &random)
      .change(log, pageSize: pageSize, pageCount: 64, &random)
  }

  /// Offsets and counts of the changes of a commit.
  private mutating func changeChanges(_ payload: Int, _ length: Int) {
    let table = Int(min(log.field(payload + 20, 4), 1024)) * 16
    var place = payload + LogLayout.commitHeader + table
    let end = min(payload + length, log.count)
    var left = random.below(24)
    while place < end {
      let code = log.field(place, 1)
      let sizes = [1: [4], 2: [2, 2], 3: [2, 2, 2], 4: [2, 2]][code] ?? [1]
      if left == 0 {
        var offset = place + 1
        let chosen = random.below(sizes.count + 1)
        guard chosen < sizes.count else { return log.setField(place, 1, random.next() % 6) }
        for size in sizes[..<chosen] { offset += size }
        return FieldSite(offset: offset, size: sizes[chosen])
          .change(log, pageSize: pageSize, pageCount: 64, &random)
      }
      let bytes = code == 2 ? Int(log.field(place + 3, 2)) : 0
      place += 1 + sizes.reduce(0, +) + bytes
      left -= 1
    }
  }

  private mutating func changeSegment(_ offset: Int, _ segments: [LogLayout.Segment]) {
    let other = segments[random.below(segments.count)]
    switch random.below(6) {
    case 0: log.setField(offset + 40, 8, other.salt)
    case 1: log.setField(offset + 56, 8, other.salt)
    case 2: log.setField(offset + 64, 8, other.start)
    case 3:
      // The segment stands in another's place as well.
      let count = min(segmentSize, log.count - max(offset, other.offset))
      guard let from = log.part(other.offset, count) else { return }
      log.part(offset, count)?.copyMemory(from: UnsafeRawBufferPointer(from))
      if random.below(2) == 0 { log.setField(offset + 10, 2, UInt64(random.below(3))) }
    default: change(LogLayout.segment, at: offset)
    }
  }
}
