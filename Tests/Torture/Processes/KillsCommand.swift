import ArgumentParser
import CareFSTestSupport
import Foundation

/// Kills writing processes at any moment and looks at what they leave.
struct KillsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kills", abstract: "Kill writing processes: kill -9 in a loop (F16).",
    discussion: """
      The system goes on, so this proves the order of writes, not their durability. A worker is \
      killed after 0 to 60 ms: while it creates the file, recovers, commits, checkpoints or \
      compacts. A third process compares the file with what had been acknowledged. Then a process \
      is killed at each system call of creation, recovery and compact.
      """)

  @Option(help: "How many processes to kill.") var count = 1_000
  @Option(help: "What decides the moments.") var seed: UInt64 = 1

  /// A file is left for a new one after so many kills.
  private static let killsOfOneFile = 20

  func run() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("carefs-kills-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let faults = FaultCount("F16")
    let files = (count + Self.killsOfOneFile - 1) / Self.killsOfOneFile
    let rounds = min(count, Self.killsOfOneFile)
    let seed = seed
    Workers.run(files, threads: 2) { file in
      Self.torment(
        folder.appendingPathComponent("\(file).carefs").path, seed: seed &+ UInt64(file),
        rounds: rounds, faults)
    }
    try KillSweep(folder: try RealFolder("sweep"), faults: faults).run()
    faults.print()
    print("kills: \(faults.count), \(faults.failureCount) lost")
    if !faults.isGood { throw ExitCode.failure }
  }

  private static func torment(_ path: String, seed: UInt64, rounds: Int, _ faults: FaultCount) {
    var random = SeededRandom(seed)
    var acknowledged: Int64 = 0
    for round in 0..<rounds {
      do {
        let worker = try Child(["worker", path, "--compact-every", "50"])
        // Starting takes some milliseconds: half of the moments lie around it.
        let limit = random.below(2) == 0 ? 15_000 : 60_000
        usleep(UInt32(random.below(limit)))
        let lines = worker.kill().split(separator: "\n")
        if let problem = lines.first(where: { Int64($0) == nil }) {
          if acknowledged == 0, problem.contains("if its creation was interrupted, remove it") {
            // Killed before the header was there; the message says what a user would do.
            try FileManager.default.removeItem(atPath: path)
            continue
          }
          faults.add("\(path), seed \(seed), round \(round): the worker said: \(problem)")
          return
        }
        acknowledged = lines.last.flatMap { Int64($0) } ?? acknowledged
        let verdict = try Child(["verify", path, "--acknowledged", "\(acknowledged)"]).finish()
        faults.add(
          verdict.status == 0 ? nil : "\(path), seed \(seed), round \(round): \(verdict.output)")
        if verdict.status != 0 { return }
      } catch {
        faults.add("\(path), seed \(seed), round \(round): \(error)")
        return
      }
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
