import BTree
import CareFSTestSupport

/// Runs one plan and tells how it went.
struct SeedTrial {
  var failure: String?
  var hash: UInt64
  var counts: SeedCounts

  init(_ plan: SeedPlan) {
    #if TEST_SWITCHES
      if plan.isScheduled {
        let run = ScheduledRun(plan)
        failure = Self.outcome { try run.run() }
        hash = run.hash.value
        counts = run.counts
        return
      }
    #endif
    let run = SeedRun(plan)
    failure = Self.outcome { try run.run() }
    run.files.powerOff()
    hash = run.hash.value
    counts = run.counts
  }

  private static func outcome(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  /// The fewest operations that were found with which the plan still fails.
  static func shrink(_ plan: SeedPlan) -> (plan: SeedPlan, failure: String)? {
    var best = plan
    guard var failure = SeedTrial(plan).failure else { return nil }
    var size = max(plan.operations.count / 2, 1)
    var tries = 0
    while tries < 400 {
      var hasShrunk = false
      var at = 0
      while at < best.operations.count, tries < 400 {
        var shorter = best
        shorter.operations.removeSubrange(at..<min(at + size, best.operations.count))
        tries += 1
        if let found = SeedTrial(shorter).failure {
          best = shorter
          failure = found
          hasShrunk = true
        } else {
          at += size
        }
      }
      if size == 1, !hasShrunk { break }
      size = max(size / 2, 1)
    }
    return (best, failure)
  }
}
