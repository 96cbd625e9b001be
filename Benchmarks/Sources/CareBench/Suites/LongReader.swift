import CareFS
import Foundation
import Synchronization

/// A reader that keeps its view while a writer commits, as for an hour: page file and log must get no
/// larger than by the same commits without it, and memory must stay in its budget.
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

  /// The largest sizes of page file and log in MB, and how many MiB of memory beyond the cache there
  /// were at the most.
  func run(reading: Bool) throws -> (pages: Double, log: Double, memory: Double) {
    let folder = try Folders.make(in: options.directory)
    defer { try? Folders.remove(folder) }
    let peak = try MemoryProbe.Peak()
    let engine = try CareFSEngine(directory: folder, cacheBytes: options.cacheBytes)
    try engine.insert(doctors: data.doctors)
    try data.inTransactions(data.patients, of: 1_000) { try engine.insert(patients: $0) }
    try engine.checkpoint()
    let database = try engine.database()
    let view = reading ? try View(database, data.keys) : nil
    var pages = 0
    var log = 0
    var failure: (any Error)?
    do {
      for commit in 0..<options.longReaderCommits {
        try engine.update(statuses: data.changes(commit, of: Self.rowsPerCommit))
        if commit % Self.commitsPerLook == 0 {
          pages = max(pages, Folders.bytes(ofFile: engine.store.path))
          log = max(log, Folders.logBytes(folder))
        }
      }
    } catch { failure = error }
    try view?.end()
    if let failure { throw failure }
    try engine.close()
    let cache = Double(options.cacheBytes) / Double(1 << 20)
    return (Double(pages) / 1_000_000, Double(log) / 1_000_000, try peak.growth() - cache)
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
