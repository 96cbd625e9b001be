import CareFSTestSupport
import PageStore

/// Counts images of all threads.
final class ImageTally: @unchecked Sendable {
  /// Power cuts, and those in which a sector was torn, a file's size and a name were not synced.
  let cuts = FaultCount("F4")
  let tears = FaultCount("F5")
  let sizes = FaultCount("F6")
  let names = FaultCount("F7")
  private let lock = Lock()
  private var fingerprints: Set<UInt64> = []
  private var failures: [String] = []
  private var failed = 0
  private var failedOf: [String: Int] = [:]
  private var checked = 0
  private var nested = 0
  private var nestedTwice = 0
  private var missing = 0
  private var slowest = Duration.zero

  /// How many different images there were.
  var distinct: Int { lock.with { fingerprints.count } }

  /// Notes an image; false when one with the same names and bytes was seen before.
  func see(_ fingerprint: UInt64) -> Bool {
    lock.with { fingerprints.insert(fingerprint).inserted }
  }

  /// Counts a check: how many cuts made the image, whether it rightly held nothing, and how long it
  /// took.
  func count(cuts: Int, isMissing: Bool, _ time: Duration) {
    lock.with {
      checked += 1
      if cuts > 1 { nested += 1 }
      if cuts > 2 { nestedTwice += 1 }
      if isMissing { missing += 1 }
      slowest = max(slowest, time)
    }
  }

  /// Notes a failure; the first few of each workload are kept.
  func fail(_ workload: String, _ line: String) {
    lock.with {
      failed += 1
      failedOf[workload, default: 0] += 1
      if failedOf[workload, default: 0] <= 3, failures.count < 60 { failures.append(line) }
    }
  }

  /// How many images were opened.
  var checkedCount: Int { lock.with { checked } }

  /// The first failure, if there was one.
  var firstFailure: String? { lock.with { failures.first } }

  /// Prints the line, and the first failures; answers whether all is well.
  func print(wanted: Int) -> Bool {
    let (distinct, failed, checked, nested, missing) = lock.with {
      (fingerprints.count, self.failed, self.checked, self.nested, self.missing)
    }
    for kind in [cuts, tears, sizes, names] { kind.print() }
    Swift.print("images: \(distinct) distinct, \(failed) failed")
    Swift.print(
      "  \(checked) opened, \(nested) of them cut again inside recovery, "
        + "\(lock.with { nestedTwice }) of these twice, \(missing) before there was a database, "
        + "the slowest in \(lock.with { slowest })")
    for failure in lock.with({ failures }) { Swift.print("  failed: \(failure)") }
    return failed == 0 && distinct >= wanted
  }
}
