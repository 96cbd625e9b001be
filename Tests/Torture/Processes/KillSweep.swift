import ArgumentParser
import CareFS
import Foundation
import PageStore
import Synchronization

/// Kills a process right before each system call of creating a file, of recovering one, and of
/// rewriting one.
struct KillSweep {
  let folder: RealFolder
  let faults: FaultCount
  private static let most = 100

  func run() throws {
    // A file with a log that recovery has something to do with.
    let source = folder.database("source")
    let writer = try Child(["doomed", source, "--action", "write", "--at", "900"]).finish()
    let last = writer.output.split(separator: "\n").last.flatMap { Int64($0) } ?? 0
    let files = (RealFolder.bytes(source), RealFolder.bytes(source + "-wal"))
    guard last > 0, files.1 != nil else {
      faults.add("the file to recover was not made: \(writer.output)")
      return
    }
    let actions = ["create", "open", "compact"]
    Workers.run(actions.count, threads: 2) { index in
      let action = actions[index]
      let path = folder.database(action)
      var at = 0
      var step = 1
      while true {
        do {
          folder.remove(action)
          if action != "create" {
            try RealFolder.put(files.0, path)
            try RealFolder.put(files.1, path + "-wal")
          }
          let run = try Child(["doomed", path, "--action", action, "--at", "\(at)"]).finish()
          if at == 0, let calls = Int(run.output.dropLast()) {
            // Each call of a short work, and a hundred or so of a long one.
            step = max(1, calls / Self.most)
            at = 1
            continue
          }
          if run.status == 0 { break }
          guard run.status == SIGKILL, run.output.isEmpty else {
            faults.add("\(action), killed at call \(at): \(run)")
            break
          }
          try judge(path, action, at, last)
          at += step
        } catch {
          faults.add("\(action), killed at call \(at): \(error)")
          break
        }
      }
      folder.remove(action)
    }
  }

  private func judge(_ path: String, _ action: String, _ at: Int, _ last: Int64) throws {
    let acknowledged = action == "create" ? 0 : last
    let verdict = try Child([
      "verify", path, "--acknowledged", "\(acknowledged)", "--begun", "\(last + 1)",
    ]).finish()
    var problem = verdict.status == 0 ? nil : verdict.output
    // What a rewrite left beside the file is gone with the next opening.
    if action != "create", problem == nil {
      for suffix in ["-compact", "-compact-wal"]
      where FileManager.default.fileExists(atPath: path + suffix) {
        problem = "\(suffix) is still there"
      }
    }
    faults.add(problem.map { "\(action), killed at call \(at): \($0)" })
  }
}

/// Does one thing and is killed at a system call of it.
struct DoomedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doomed", abstract: "Be killed at a system call.", shouldDisplay: false)

  @Argument var path: String
  @Option(help: "create, write, open or compact.") var action: String
  @Option(help: "The call before which it is killed.") var at: Int

  func run() throws {
    let calls = Atomic<Int>(0)
    let at = at
    var options = WorkerCommand.options
    options.fileSystem = PosixFileSystem(
      filter: SystemCallFilter { _, _ in
        if calls.add(1, ordering: .relaxed).newValue == at { kill(getpid(), SIGKILL) }
        return .proceed
      })
    switch action {
    case "create":
      try Database.create(path: path, schema: Ledger.schema, options: options).close()
    case "open": try Database.open(path: path, options: options).close()
    case "compact": _ = try Database.compact(path: path, options: options)
    default:
      let db = try Database(path: path, schema: Ledger.schema, options: options)
      var ledger = try Ledger(after: 0)
      while true {
        try ledger.perform(in: db)
        FileHandle.standardOutput.write(Data("\(ledger.last)\n".utf8))
      }
    }
    print(calls.load(ordering: .relaxed))
  }
}
