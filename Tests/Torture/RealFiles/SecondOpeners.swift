import CareFS
import Foundation

/// Who opens a file that is open already (F14): the same process through any of its names, another
/// process, a child made by fork.
struct SecondOpeners {
  let folder: RealFolder
  let count: FaultCount

  private var path: String { folder.database("second") }

  func run() throws {
    for round in 0..<40 { count.add(try sameProcess().map { "round \(round): \($0)" }) }
    folder.remove("second")
    try otherProcesses()
    try forks()
    folder.remove("second")
  }

  private func refused(_ path: String) -> String? {
    do {
      try Database.open(path: path, options: WorkerCommand.options).close()
      return "\(path) was opened a second time"
    } catch {
      let code = (error as? DatabaseError)?.code
      return code == .busy ? nil : "\(path): \(error)"
    }
  }

  private func sameProcess() throws -> String? {
    let files = FileManager.default
    folder.remove("second")
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: 0)
    for _ in 0..<3 { try ledger.perform(in: db) }
    let (link, name) = (path + ".link", path + ".name")
    try files.createSymbolicLink(atPath: link, withDestinationPath: path)
    try files.linkItem(atPath: path, toPath: name)
    defer { for other in [link, name] { try? files.removeItem(atPath: other) } }
    for other in [path, link, name, folder.path + "/./second.carefs"] {
      if let problem = refused(other) { return problem }
      count.add()
    }
    // Descriptors of others come and go.
    _ = RealFolder.bytes(path)
    let reader = LedgerCheck.problem(
      path, acknowledged: ledger.last, begun: ledger.last, readOnly: true, mustOpen: true)
    if let reader { return "a reader: \(reader)" }
    if let problem = refused(path) { return "after a reader was closed: \(problem)" }
    try ledger.perform(in: db)
    try files.removeItem(atPath: name)
    try db.close()
    return LedgerCheck.problem(
      path, acknowledged: ledger.last, begun: ledger.last, mustOpen: true)
  }

  /// Opens beside a process that writes, which is then killed: its lock must go with it.
  private func otherProcesses() throws {
    var acknowledged: Int64 = 0
    for round in 0..<5 {
      let worker = try Child(["worker", path, "--pause", "2000"])
      let told = Acknowledged(worker)
      for _ in 0..<1_000 where told.last < 0 { usleep(10_000) }
      for attempt in 0..<4 {
        let what = "beside a writer, round \(round), attempt \(attempt)"
        count.add(refused(path).map { "\(what): \($0)" })
        let outcome = try Child(["probe", "open", path]).finish().output
        count.add(outcome.hasPrefix("busy ") ? nil : "\(what): another process said \(outcome)")
        count.add(
          LedgerCheck.problem(
            path, acknowledged: acknowledged, begun: .max, readOnly: true, mustOpen: false
          ).map { "\(what), reading: \($0)" })
      }
      acknowledged = max(acknowledged, told.last)
      _ = worker.kill()
      count.add(
        LedgerCheck.problem(
          path, acknowledged: acknowledged, begun: .max, mustOpen: true
        ).map { "after the writer was killed: \($0)" })
    }
    folder.remove("second")
  }

  private func forks() throws {
    let children = 20
    let run = try Child(["probe", "fork", path, "--count", "\(children)"]).finish()
    let lines = run.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let good = lines.count { $0 == "child closed closed closed done busy" }
    for _ in 0..<good { count.add() }
    let isGood =
      run.status == 0 && good == children && lines.last == "parent"
      && lines.count { $0 == "status 0" } == children
    count.add(isGood ? nil : "after fork: status \(run.status), \(run.output)")
  }
}
