import CareFS
import Foundation
import PageStore
import Synchronization

/// Reads and writes on real files that are interrupted or do a part of what they were asked (F1): each
/// in its turn, and every other one of a run.
struct CallFaults {
  let folder: RealFolder
  let count: FaultCount
  var stride = 1

  private static let transactions: Int64 = 12
  /// How one call is answered; nil where the work must fail.
  private static let answers: [(name: String, answer: SystemCallFilter.Answer, mayFail: Bool)] = [
    ("EINTR", .fails(EINTR), false), ("1 byte", .shortens(1), false),
    ("511 bytes", .shortens(511), false), ("4095 bytes", .shortens(4095), false),
    ("0 bytes", .shortens(0), true),
  ]

  func run() throws {
    for (index, answer) in Self.answers.enumerated() {
      var nth = 1 + index % stride
      while try run(answer, nth: nth) { nth += stride }
    }
    // Interrupted in the middle: a part of the bytes, then a signal, then the rest, again and again.
    for seed in 0..<20 {
      let calls = Atomic<Int>(0)
      let sizes = [1, 511, 4095, 4096, 5000]
      let filter = SystemCallFilter { call, _ in
        let n = calls.add(1, ordering: .relaxed).newValue &+ seed
        switch call {
        case .sync, .rename, .remove: return .proceed
        case .read, .write:
          count.add()
          return n % 2 == 0 ? .fails(EINTR) : .shortens(sizes[(n / 2) % sizes.count] + n % 3 * 4096)
        default: return n % 2 == 0 ? .fails(EINTR) : .proceed
        }
      }
      if let problem = work("often\(seed)", filter, mayFail: false) {
        count.add("every other call, seed \(seed): \(problem)")
      }
    }
  }

  /// Injects at the `nth` read or write; false when there are fewer.
  private func run(
    _ kind: (name: String, answer: SystemCallFilter.Answer, mayFail: Bool), nth: Int
  ) throws -> Bool {
    let calls = Atomic<Int>(0)
    let filter = SystemCallFilter { call, _ in
      // A read of nothing is the file's end: of that no one can tell.
      guard call == .write || (call == .read && !kind.mayFail),
        calls.add(1, ordering: .relaxed).newValue == nth
      else { return .proceed }
      return kind.answer
    }
    let problem = work("call", filter, mayFail: kind.mayFail)
    guard calls.load(ordering: .relaxed) >= nth else { return false }
    count.add(problem.map { "\(kind.name) at call \(nth): \($0)" })
    return true
  }

  private func work(_ name: String, _ filter: SystemCallFilter, mayFail: Bool) -> String? {
    let path = folder.database(name)
    folder.remove(name)
    defer { folder.remove(name) }
    var options = WorkerCommand.options
    options.fileSystem = PosixFileSystem(filter: filter)
    // So that the calls come in the same order each time.
    options.tuning = {
      WorkerCommand.options.tuning?(&$0)
      $0.hasBackgroundCheckpoints = false
      $0.checkpointLogBytes = 64 << 10
    }
    var acknowledged: Int64 = 0
    do {
      let db = try Database(path: path, schema: Ledger.schema, options: options)
      var ledger = try Ledger(after: 0)
      while ledger.last < Self.transactions {
        try ledger.perform(in: db)
        acknowledged = ledger.last
      }
      try db.close()
      let again = try Database.open(path: path, options: options)
      if let problem = try Ledger.problem(
        in: again, acknowledged: acknowledged, begun: acknowledged)
      {
        return problem
      }
      try again.close()
      _ = try Database.compact(path: path, options: options)
    } catch {
      guard mayFail, let known = error as? DatabaseError,
        [.io, .poisoned, .corrupt, .notADatabase, .closed].contains(known.code)
      else { return "\(error)" }
    }
    if acknowledged == 0, !FileManager.default.fileExists(atPath: path) { return nil }
    return LedgerCheck.problem(
      path, acknowledged: acknowledged, begun: acknowledged + 1, mustOpen: acknowledged > 0)
  }
}
