import CareFS
import Foundation
import PageStore

/// Calls of the operating system that are interrupted, or move only some of their bytes (F1): on
/// real files, since nothing between the engine and the system may hide it.
enum SystemFaults {
  /// Does work with each `every`th call troubled; no trouble may reach the caller. One at a time.
  static func run(_ periods: ClosedRange<Int>, _ count: FaultCount) {
    for every in periods {
      let made = SharedCount()
      var problem: String?
      do { problem = try work(every, made) } catch { problem = "\(error)" }
      count.add(problem.map { "each call no. \(every) interrupted or cut short: \($0)" })
      for _ in 1..<max(2, made.value) { count.add() }
    }
  }

  /// A file system in which each `every`th read or write is interrupted, or moves one byte, 511, or
  /// all but one.
  private static func troubled(_ every: Int, _ made: SharedCount) -> PosixFileSystem {
    let calls = SharedCount()
    return PosixFileSystem(
      filter: SystemCallFilter { call, _ in
        guard call == .read || call == .write else { return .proceed }
        let number = calls.next()
        guard number % every == 0 else { return .proceed }
        switch made.next() % 4 {
        case 0: return .shortens(1)
        case 1: return .fails(EINTR)
        case 2: return .shortens(511)
        default: return .shortens(4095)
        }
      })
  }

  private static func work(_ every: Int, _ made: SharedCount) throws -> String? {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("carefs-calls-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("\(every).carefs").path
    var options = WorkerCommand.options
    options.fileSystem = troubled(every, made)
    var database = try Database(path: path, schema: Ledger.schema, options: options)
    var ledger = try Ledger(after: 0)
    for round in 0..<3 {
      for _ in 0..<8 { try ledger.perform(in: database) }
      try database.close()
      if round == 1 { _ = try Database.compact(path: path, options: options) }
      database = try Database.open(path: path, options: options)
      let number = ledger.last
      if let problem = try Ledger.problem(in: database, acknowledged: number, begun: number) {
        return problem
      }
    }
    try database.close()
    return nil
  }
}
