import CareFS
import CareFSTestSupport
import PageStore

/// What a seed decides before a run begins: options, schema and operations.
struct SeedPlan {
  /// The operations of one seed.
  static let operationCount = 300

  let seed: UInt64
  let schemaSeed: UInt64
  let pageSize: Int
  let cachePages: Int
  let segmentSize: Int
  let checkpointLogBytes: Int
  let maximumLogBytes: Int
  let bulkLogBytes: Int
  let splitsEarly: Bool
  /// Whether several threads run, one at a time, as the seed decides.
  let isScheduled: Bool
  let readers: Int
  let writers: Int
  var operations: [SeedOperation]

  init(_ seed: UInt64) {
    self.seed = seed
    var random = SeededRandom(seed &* 0x2545_F491_4F6C_DD1D &+ 1)
    func one<T>(_ choices: T...) -> T { choices[random.below(choices.count)] }
    schemaSeed = random.next()
    pageSize = one(4096, 4096, 4096, 8192, 16384)
    cachePages = one(0, 0, 12, 32, 200)
    segmentSize = one(16 << 10, 32 << 10, 64 << 10)
    checkpointLogBytes = one(0, 0, 20_000, 100_000, 1 << 20)
    maximumLogBytes = one(64 << 10, 256 << 10, 4 << 20)
    bulkLogBytes = one(1, 8 << 10, 64 << 10, 4 << 20)
    splitsEarly = seed & 1 == 1
    isScheduled = seed % 16 == 5 || seed % 16 == 10
    readers = 1 + random.below(4)
    writers = 1 + random.below(3)
    operations = SeedOperation.stream(random.next(), count: Self.operationCount)
  }

  /// The options of a database that lives in `files`. What is random comes from `source`, which
  /// must not begin anew at each open: no two incarnations of a log may have one salt.
  func options(_ files: any FileSystem, _ source: SeedSource) -> DatabaseOptions {
    var options = DatabaseOptions()
    options.fileSystem = files
    options.pageSize = pageSize
    options.cacheBytes = cachePages * pageSize
    let plan = self
    options.tuning = { pager in
      pager.segmentSize = plan.segmentSize
      pager.checkpointLogBytes = plan.checkpointLogBytes
      pager.maximumLogBytes = plan.maximumLogBytes
      pager.bulkLogBytes = plan.bulkLogBytes
      pager.hasBackgroundCheckpoints = plan.isScheduled
      pager.random = { source.next() }
      pager.clock = { source.time() }
    }
    return options
  }

  var summary: String {
    "pages of \(pageSize), cache of \(cachePages), segments of \(segmentSize), checkpoint at "
      + "\(checkpointLogBytes), cap \(maximumLogBytes), bulk at \(bulkLogBytes)"
      + (splitsEarly ? ", early splits" : "")
      + (isScheduled ? ", \(writers) writers, \(readers) readers" : "")
  }
}

/// Random numbers and moments that a seed decides, for all threads of a run.
final class SeedSource: @unchecked Sendable {
  private let lock = Lock()
  private var random: SeededRandom
  private var clock: Int64 = 1_700_000_000_000_000

  init(_ seed: UInt64) { random = SeededRandom(seed ^ 0xD1CE) }

  func next() -> UInt64 {
    lock.systemLock()
    defer { lock.systemUnlock() }
    return random.next()
  }

  func time() -> Int64 {
    lock.systemLock()
    defer { lock.systemUnlock() }
    clock += 1000
    return clock
  }
}
