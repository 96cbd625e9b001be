import CareFS
import Testing

@testable import CareFuzzTargets

/// Headers that name numbers which no honest file has, with sound checksums.
@Suite struct HostileHeaderTests {
  /// A page file, closed or with its log, whose headers hold another number at a place.
  private static func pair(
    _ seed: FilePair, offset: Int, size: Int, _ value: UInt64, slots: Range<Int> = 0..<2
  ) -> FilePair {
    var pair = seed
    pair.pages.withUnsafeMutableBytes { pages in
      let pageSize = PageLayout.size(of: pages)
      for slot in slots { pages.setField(slot * pageSize + offset, size, value) }
      PageLayout.stampAll(pages)
    }
    return pair
  }

  @Test(
    "counters that end are damage", arguments: [96, 104, 120, 136],
    [UInt64.max & ~4095, .max, .max - 1, 1 << 62])
  func countersThatEnd(_ offset: Int, _ value: UInt64) throws {
    let seeds = try [SeedFiles.closed()[0], SeedFiles.open()[0]]
    for seed in seeds {
      for slots in [0..<1, 1..<2, 0..<2] {
        let pair = Self.pair(seed, offset: offset, size: 8, value, slots: slots)
        for target in [FuzzTarget.recovery, .compaction, .salvage] { try target.run(pair.bytes) }
        try FuzzTarget.pages.run(pair.pages)
        guard slots == 0..<2 else { continue }
        #expect(throws: DatabaseError.self) {
          _ = try Database.open(
            path: FuzzDatabase.path, options: FuzzDatabase.options(pair.files))
        }
      }
    }
  }

  @Test("incarnations in a circle end", .timeLimit(.minutes(5)))
  func incarnationsInACircle() throws {
    let seed = try SeedFiles.open()[0]
    var pair = FilePair(pages: seed.pages, log: Array(repeating: 0, count: 32 << 10))
    let (salts, place, file) = pair.pages.withUnsafeMutableBytes { pages in
      (
        [pages.field(PageLayout.salt, 8), 77], pages.field(PageLayout.checkpointLSN, 8),
        (pages.field(64, 8), pages.field(72, 8), pages.field(80, 8))
      )
    }
    pair.log.withUnsafeMutableBytes { log in
      for segment in 0..<2 {
        let start = segment * 16 << 10
        let fields: [(Int, Int, UInt64)] = [
          (0, 8, LogLayout.segmentMagic), (8, 2, 1), (12, 4, 16 << 10), (16, 8, file.0),
          (24, 8, file.1), (32, 8, file.2), (40, 8, salts[segment]), (48, 8, place),
          (56, 8, salts[1 - segment]), (64, 8, place),
        ]
        for (offset, size, value) in fields { log.setField(start + offset, size, value) }
      }
      LogLayout.stampAll(log, segmentSize: 16 << 10, seed: 0)
    }
    for target in [FuzzTarget.recovery, .compaction, .salvage] { try target.run(pair.bytes) }
  }

  @Test func largeSegmentsTakeNoMemory() throws {
    let pair = Self.pair(try SeedFiles.closed()[0], offset: 152, size: 4, 1 << 28)
    let files = pair.files
    do {
      let database = try Database.open(
        path: FuzzDatabase.path, options: FuzzDatabase.options(files))
      try? FuzzDatabase.change(database)
      try? database.close()
    }
    #expect(files.largestWrite(to: FuzzDatabase.log) <= 1 << 20)
  }
}
