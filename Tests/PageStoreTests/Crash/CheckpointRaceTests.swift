import CareFSTestSupport
import Testing

@testable import PageStore

/// Power cuts while commits run beside checkpoints, in threads of their own.
@Suite struct CheckpointRaceTests {
  /// A checkpoint puts images of pages into the log, and commits that change the same pages may come
  /// to stand before them: recovery takes the newest base first, then the changes in order.
  @Test func commitsBesideCheckpointsSurviveTornPages() throws {
    var explorer = CrashExplorer()
    for round in 0..<3 * UInt64(CrashExplorer.rounds) {
      let scenario = Scenario(seed: 40 + round) { $0.segmentSize = 32 << 10 }
      try scenario.create()
      try scenario.commit { for _ in 0..<12 { try $0.allocate() } }
      try scenario.checkpoint()
      let pager = try scenario.pager
      let checkpoints = TestThread {
        for count in 1...6 as ClosedRange<UInt64> {
          while pager.metrics.commits < count * 4 {}
          try pager.checkpoint()
        }
      }
      var i: UInt64 = 0
      while !checkpoints.isDone && i < 4_000 {
        i += 1
        try scenario.commit { writer in
          for page in 3...14 as ClosedRange<PageNumber> where UInt64(page) % 3 != i % 3 {
            try writer.set(page, at: 64, [UInt8(truncatingIfNeeded: i), UInt8(i >> 8)])
          }
        }
      }
      try checkpoints.join()
      try explorer.exploreTornPages(scenario, every: 1)
    }
    printFaults(
      "F5 torn pages beside commits", injected: explorer.images, failed: explorer.failures)
    #expect(explorer.images > 3)
  }
}
