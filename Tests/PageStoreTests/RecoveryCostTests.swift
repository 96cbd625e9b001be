import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// What recovery costs: it grows with the log as a line does, and the log is bounded.
@Suite struct RecoveryCostTests {
  private static let path = "cost.carefs"

  /// The files that a killed writer leaves after `commits` commits of two pages each.
  private func files(after commits: Int, pages pageCount: Int) throws -> SimulatedFileSystem {
    let files = SimulatedFileSystem()
    var options = Scenario.options(seed: 9)
    options.segmentSize = 256 << 10
    options.cacheBytes = 8 << 20
    options.checkpointLogBytes = 1 << 30
    options.maximumLogBytes = 1 << 30
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options)
    var tx = try pager.beginWrite()
    let pages = try (0..<pageCount).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    for round in 0..<commits {
      tx = try pager.beginWrite()
      for i in 0..<2 {
        tx.enter()
        let page = pages[(round &* 7 &+ i &* 13) % pages.count]
        try tx.edit(page, kind: .tree, owner: 7).writeUInt64(UInt64(round), at: 64)
        tx.leave()
      }
      try tx.commit()
    }
    let left = files.crash(keeping: .everything)
    files.powerOff()
    return left
  }

  private func cost(of files: SimulatedFileSystem) throws -> (log: Int, read: Int, calls: Int) {
    let log = files.contents(of: Pager.logPath(Self.path))?.count ?? 0
    let cost = ReadCost()
    var options = Scenario.options(seed: 10)
    options.cacheBytes = 8 << 20
    let pager = try Pager.open(
      path: Self.path, fileSystem: cost.counting(files), options: options)
    let (read, calls) = (cost.bytes, cost.calls)
    try pager.close()
    return (log, read, calls)
  }

  /// Twice the log costs twice the reads, at most, and none is read more than three times: its
  /// groups, the search for what follows them, and once more when a checkpoint was under way.
  @Test func recoveryIsLinearInTheLog() throws {
    var costs: [(log: Int, read: Int, calls: Int)] = []
    let pages = 50
    for commits in [250, 500, 1_000, 2_000] {
      let found = try cost(of: try files(after: commits, pages: pages))
      print(
        "recovery: \(commits) commits, a log of \(found.log) bytes: \(found.read) bytes read in "
          + "\(found.calls) calls")
      #expect(found.log > commits * LogFormat.block)
      #expect(found.read <= 3 * found.log + 3 * pages * 4096 + 64 << 10)
      costs.append(found)
    }
    for (half, whole) in zip(costs, costs.dropFirst()) {
      #expect(whole.read <= 5 * half.read / 2)
      #expect(whole.calls <= 5 * half.calls / 2)
    }
  }

  /// However many commits there were, the log that a crash leaves is bounded, and so is recovery.
  @Test func recoveryIsBounded() throws {
    var reads: [Int] = []
    for commits in [400, 1_600] {
      let files = SimulatedFileSystem()
      var options = Scenario.options(seed: 11)
      options.checkpointLogBytes = 128 << 10
      options.maximumLogBytes = 512 << 10
      let pager = try Pager.create(path: Self.path, fileSystem: files, options: options)
      let tx = try pager.beginWrite()
      let page = try tx.allocate(kind: .tree, owner: 7).number
      try tx.commit()
      for round in 0..<commits {
        let tx = try pager.beginWrite()
        tx.enter()
        try tx.edit(page, kind: .tree, owner: 7).writeUInt64(UInt64(round), at: 64)
        tx.leave()
        try tx.commit()
      }
      let left = files.crash(keeping: .everything)
      files.powerOff()
      let found = try cost(of: left)
      #expect(found.log <= 1 << 20)
      reads.append(found.read)
    }
    #expect(reads[1] <= 3 << 20)
    #expect(reads[1] <= 2 * reads[0])
  }
}

/// Counts what is read.
final class ReadCost: Sendable {
  private let byteCount = Atomic<Int>(0)
  private let callCount = Atomic<Int>(0)

  var bytes: Int { byteCount.load(ordering: .relaxed) }
  var calls: Int { callCount.load(ordering: .relaxed) }

  func counting(_ files: SimulatedFileSystem) -> ReadHookFileSystem {
    ReadHookFileSystem(files) { _, _, _, count in
      self.byteCount.wrappingAdd(count, ordering: .relaxed)
      self.callCount.wrappingAdd(1, ordering: .relaxed)
    }
  }
}
