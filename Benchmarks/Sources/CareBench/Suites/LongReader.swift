import CareFS
import Foundation
import Synchronization

/// A reader that keeps its view while a writer commits, as for an hour: the page file and the log must
/// not grow for it, and memory must stay in its budget.
struct LongReader {
  private static let rowsPerCommit = 100
  /// How often the files are looked at.
  private static let commitsPerLook = 20

  private let options: Options
  private let data: Dataset

  init(_ options: Options) {
    self.options = options
    data = Dataset(patients: options.patients, durableCommits: 1, concurrentCommits: 1)
  }

  /// By how many MB the largest size of page file and log in the second half of the commits is above
  /// that in the first, and how many MiB of memory beyond the cache there were at the most.
  func run() throws -> (growth: Double, memory: Double) {
    let folder = try Folders.make(in: options.directory)
    defer { try? Folders.remove(folder) }
    guard let peak = MemoryProbe.Peak() else {
      throw BenchError("the system tells no process's memory")
    }
    let engine = try CareFSEngine(directory: folder, cacheBytes: options.cacheBytes)
    try engine.insert(doctors: data.doctors)
    try data.inTransactions(data.patients, of: 1_000) { try engine.insert(patients: $0) }
    try engine.checkpoint()
    let database = try engine.database()
    let view = try View(database, data.keys)
    var sizes: [Double] = []
    var failure: (any Error)?
    do {
      for commit in 0..<options.longReaderCommits {
        try engine.update(statuses: data.changes(commit, of: Self.rowsPerCommit))
        if commit % Self.commitsPerLook == 0 { sizes.append(Folders.megabytes(folder)) }
      }
    } catch { failure = error }
    try view.end()
    if let failure { throw failure }
    try engine.close()
    let middle = max(1, sizes.count / 2)
    let first = sizes[..<middle].max() ?? 0
    let second = sizes[middle...].max() ?? 0
    let cache = Double(options.cacheBytes) / Double(1 << 20)
    return (max(0, second - first), peak.growth - cache)
  }

  /// A read transaction on a thread of its own.
  private final class View: Sendable {
    private let mayEnd = DispatchSemaphore(value: 0)
    private let isOver = DispatchSemaphore(value: 0)
    private let outcome = Mutex<Result<Bool, any Error>>(.success(false))

    init(_ database: Database, _ keys: [Int64]) throws {
      let hasBegun = DispatchSemaphore(value: 0)
      Thread {
        let result = Result {
          try database.read { transaction in
            let before = try View.sum(transaction, keys)
            hasBegun.signal()
            self.mayEnd.wait()
            return try View.sum(transaction, keys) == before
          }
        }
        self.outcome.withLock { $0 = result }
        hasBegun.signal()
        self.isOver.signal()
      }.start()
      hasBegun.wait()
    }

    private static func sum(_ transaction: ReadTransaction, _ keys: [Int64]) throws -> Checksum {
      var sum = Checksum()
      for key in keys.prefix(10_000) {
        if let patient = try transaction.get(Patient.self, key) { sum.addWhole(patient) }
      }
      return sum
    }

    func end() throws {
      mayEnd.signal()
      isOver.wait()
      guard try outcome.withLock({ try $0.get() }) else {
        throw BenchError("the long read did not see the same rows again")
      }
    }
  }
}
