import CareFS
import Foundation

/// Umasks, other users, folders and files that may only be read, clocks that jump, and process numbers
/// that come again (F18).
struct Surroundings {
  let folder: RealFolder
  let count: FaultCount

  private var path: String { folder.database("around") }

  func run() throws {
    for mask in ["0", "022", "077", "0777"] { try modes(mask) }
    try readOnly()
    try processNumbers()
    folder.remove("around")
  }

  private func modes(_ mask: String) throws {
    folder.remove("around")
    let run = try Child(["probe", "modes", path, "--mask", mask]).finish()
    let lines = run.output.split(separator: "\n").filter {
      $0.contains("around") || $0.contains("unlinked")
    }
    for line in lines {
      count.add(line.hasSuffix(" 600") ? nil : "umask \(mask): \(line)")
    }
    if run.status != 0 || lines.count < 12 { count.add("umask \(mask): \(run.output)") }
  }

  /// Every combination of what a folder and a file allow, for a user who is not the system's.
  private func readOnly() throws {
    let files = FileManager.default
    let inner = folder.path + "/inner"
    let path = inner + "/around.carefs"
    try files.createDirectory(atPath: inner, withIntermediateDirectories: true)
    defer {
      chmod(inner, 0o700)
      try? files.removeItem(atPath: inner)
    }
    // The system's user may do everything: another one tries.
    let user: UInt32? = getuid() == 0 ? 65_534 : nil
    if user != nil { chmod(folder.path, 0o711) }
    for isClosed in [true, false] {
      for (folderMode, fileMode) in [
        (0o555, 0o600), (0o755, 0o400), (0o555, 0o400), (0o755, 0o000), (0o000, 0o600),
      ] as [(mode_t, mode_t)] {
        for suffix in ["", "-wal"] { try? files.removeItem(atPath: path + suffix) }
        let last = try make(path, isClosed: isClosed)
        for name in [inner, path, path + "-wal"] {
          if let user { chown(name, user, user) }
          chmod(name, name == inner ? folderMode : fileMode)
        }
        var hasWritten = false
        let before = (RealFolder.bytes(path), RealFolder.bytes(path + "-wal"))
        for action in ["write", "compact", "create", "read"] {
          let arguments = ["probe", "open", path, "--action", action]
          let run = try Child(arguments + (user.map { ["--user", "\($0)"] } ?? [])).finish()
          let what =
            "\(action), folder \(String(folderMode, radix: 8)), file "
            + "\(String(fileMode, radix: 8)), \(isClosed ? "closed" : "left open")"
          let isDone = run.output.contains("done")
          // A log that is there already takes a write although nothing can be made in the folder.
          let mayWrite =
            action == "write" && !isClosed && folderMode & 0o100 != 0 && fileMode & 0o600 == 0o600
          let mayRead = folderMode & 0o100 != 0 && fileMode & 0o400 != 0
          let isTyped = ["permission", "exists", "notFound", "readOnly"]
            .contains { run.output.contains($0 + " ") }
          hasWritten = hasWritten || (mayWrite && run.output.contains("rows"))
          let isGood =
            action == "read" ? isDone == mayRead && (isDone || isTyped) : !isDone && isTyped
          // Nothing else of it can be done, and nothing may be changed in the attempt.
          count.add(isGood ? nil : "\(what): \(run)")
        }
        chmod(inner, 0o700)
        for name in [path, path + "-wal"] { chmod(name, 0o600) }
        let after = (RealFolder.bytes(path), RealFolder.bytes(path + "-wal"))
        if !hasWritten, before.0 != after.0 || before.1 != after.1 {
          count.add("a file was changed that may only be read")
        }
        count.add(
          LedgerCheck.problem(
            path, acknowledged: last, begun: hasWritten ? last + 1 : last, mustOpen: true))
      }
    }
  }

  /// A ledger's files, closed or as a crash leaves them.
  private func make(_ path: String, isClosed: Bool) throws -> Int64 {
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: 0)
    while ledger.last < 10 { try ledger.perform(in: db) }
    let files = (RealFolder.bytes(path), RealFolder.bytes(path + "-wal"))
    try db.close()
    if !isClosed {
      try RealFolder.put(files.0, path)
      try RealFolder.put(files.1, path + "-wal")
    }
    return ledger.last
  }

  /// A writer is killed, and others run under numbers that come after it: no number that anybody wrote
  /// down keeps them out.
  private func processNumbers() throws {
    folder.remove("around")
    var acknowledged: Int64 = 0
    for round in 0..<10 {
      let worker = try Child(["worker", path])
      usleep(30_000)
      acknowledged = worker.kill().split(separator: "\n").last.flatMap { Int64($0) } ?? acknowledged
      let next = try Child(["worker", path, "--count", "2"]).finish()
      let last = next.output.split(separator: "\n").last.flatMap { Int64($0) }
      count.add(
        next.status == 0 && last.map { $0 >= acknowledged } == true
          ? nil : "process numbers, round \(round): \(next)")
      acknowledged = last ?? acknowledged
    }
  }
}
