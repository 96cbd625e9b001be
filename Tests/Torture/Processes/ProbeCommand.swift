import ArgumentParser
import CareFS
import Foundation

/// What only a process of its own can try: another umask, another user, closed standard streams, fork.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Try something in a process of its own.",
    shouldDisplay: false,
    subcommands: [ModesProbe.self, StreamsProbe.self, ForkProbe.self, OpenProbe.self])
}

/// The name and mode of each file of a folder, and of those without a name that this process has open.
enum FolderModes {
  static func lines(beside path: String) -> [String] {
    let folder = (path as NSString).deletingLastPathComponent
    var lines: [String] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? [] {
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0 else { continue }
      lines.append("\(name) \(String(status.st_mode & 0o7777, radix: 8))")
    }
    for descriptor in OpenDescriptors.all where descriptor.target.contains("(deleted)") {
      var status = stat()
      guard fstat(descriptor.number, &status) == 0, descriptor.target.hasPrefix(folder) else {
        continue
      }
      lines.append("unlinked \(String(status.st_mode & 0o7777, radix: 8))")
    }
    return lines
  }
}

/// What the descriptors of this process lead to.
enum OpenDescriptors {
  struct Descriptor {
    var number: Int32
    var target: String
    var closesOnExec: Bool
  }

  static var all: [Descriptor] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.sorted().compactMap { number in
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/fd/\(number)")
      let flags = fcntl(number, F_GETFD)
      guard let target, flags >= 0 else { return nil }
      return Descriptor(number: number, target: target, closesOnExec: flags & FD_CLOEXEC != 0)
    }
  }
}

/// Makes every file that the engine makes, and prints their modes.
private struct ModesProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "modes")

  @Argument var path: String
  @Option(help: "The umask, octal.") var mask: String

  func run() throws {
    umask(mode_t(mask, radix: 8) ?? 0o022)
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    show("created")
    var ledger = try Ledger(after: 0)
    while ledger.last < 60 { try ledger.perform(in: db) }
    try db.write { tx in
      for id in 0..<3_000 as Range<Int64> {
        try tx.insert(
          into: "entries",
          [
            "id": .int(-1 - id), "digest": .text("large \(id)"), "kind": .int(1),
            "note": .text(String(repeating: "n", count: 900)),
          ])
      }
      show("spilling")
    }
    show("written")
    try db.close()
    show("closed")
    _ = try Database.compact(path: path, options: WorkerCommand.options) { _ in show("compacting") }
    show("compacted")
  }

  private func show(_ moment: String) {
    for line in FolderModes.lines(beside: path) { print(moment, line) }
  }
}

/// Writes into a database although the standard streams are closed, and reports into a file what
/// descriptors there are.
private struct StreamsProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "streams")

  @Argument var path: String
  @Argument var report: String

  func run() throws {
    var lines = (0...2 as ClosedRange<Int32>).map { "\($0) open \(fcntl($0, F_GETFD) >= 0)" }
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: 0)
    while ledger.last < 20 { try ledger.perform(in: db) }
    print("what is printed now must not go into the database")
    _ = "nor this\n".withCString { write(2, $0, 9) }
    for descriptor in OpenDescriptors.all where descriptor.target.hasPrefix(path) {
      lines.append("\(descriptor.number) cloexec \(descriptor.closesOnExec) \(descriptor.target)")
    }
    try db.close()
    try lines.joined(separator: "\n").write(toFile: report, atomically: false, encoding: .utf8)
  }
}

@_silgen_name("fork") private func systemFork() -> Int32

/// Uses a database after fork, in the child and in the parent.
private struct ForkProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "fork")

  @Argument var path: String
  @Option(help: "How many children.") var count = 1

  func run() throws {
    let db = try Database(path: path, schema: Ledger.schema, options: WorkerCommand.options)
    var ledger = try Ledger(after: try Ledger.lastNumber(in: db))
    try ledger.perform(in: db)
    for _ in 0..<count {
      fflush(nil)
      let child = systemFork()
      if child == 0 {
        let outcomes = [
          outcome { try db.read { try $0.count("entries") } },
          outcome { try db.write { try $0.delete(from: "entries", where: nil) } },
          outcome { try db.check() }, outcome { try db.close() },
          outcome { try Database.open(path: path, options: WorkerCommand.options) },
        ]
        print("child", outcomes.joined(separator: " "))
        fflush(nil)
        _exit(0)
      }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      print("status", status)
      try ledger.perform(in: db)
    }
    // A child that lives on holds no lock once the parent has closed.
    fflush(nil)
    let sleeper = systemFork()
    if sleeper == 0 {
      sleep(60)
      _exit(0)
    }
    try db.close()
    let again = try Database.open(path: path, options: WorkerCommand.options)
    print(
      "parent", try Ledger.problem(in: again, acknowledged: ledger.last, begun: ledger.last) ?? "")
    try again.close()
    kill(sleeper, SIGKILL)
    waitpid(sleeper, nil, 0)
  }

  private func outcome(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return "done"
    } catch { return (error as? DatabaseError)?.code.name ?? "\(error)" }
  }
}

/// Opens a database, maybe as another user, and says what came of it.
private struct OpenProbe: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "open")

  @Argument var path: String
  @Option(help: "The user's number.") var user: UInt32?
  @Option(help: "read, write, create or compact.") var action = "write"

  func run() throws {
    if let user, setgid(user) != 0 || setuid(user) != 0 { throw ExitCode(77) }
    var options = WorkerCommand.options
    options.readOnly = action == "read"
    do {
      switch action {
      case "create":
        try Database.create(path: path, schema: Ledger.schema, options: options).close()
      case "compact": _ = try Database.compact(path: path, options: options)
      default:
        let db = try Database.open(path: path, options: options)
        if action == "write" {
          var ledger = try Ledger(after: try Ledger.lastNumber(in: db))
          try ledger.perform(in: db)
        }
        print("rows", try db.read { try $0.count("entries") })
        try db.close()
      }
      print("done")
    } catch let error as DatabaseError { print(error.code.name, error.message) }
  }
}
