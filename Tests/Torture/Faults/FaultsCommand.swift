import ArgumentParser
import CareFSTestSupport

/// `CareTorture faults`.
struct FaultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faults",
    abstract: "Makes each call of many workloads fail, and damages their files.",
    discussion: "A failure prints the options that replay it.")

  @Option(help: "Only this class: F1, F2, ...")
  var only: String?

  @Option(help: "Only this workload.")
  var workload: String?

  @Option(help: "With --only and --workload: only faults of this call.")
  var call: String?

  @Option(help: "With --call: only the fault at this place.")
  var nth: Int?

  @Flag(help: "With --nth: the fault lasts.")
  var forEver = false

  @Flag(help: "With --nth: the fault is one that nobody is told of.")
  var silent = false

  @Option(help: "Only each so-manieth place is tried.")
  var stride = 1

  @Option(help: "The least number of injected faults.")
  var injected = 20_000

  @Option(help: "Threads.")
  var threads = 2

  func run() throws {
    if nth != nil { return try replay() }
    let names = (1...18).map { "F\($0)" }
    let counts = Dictionary(uniqueKeysWithValues: names.map { ($0, FaultCount($0)) })
    let jobs = self.jobs(counts)
    Workers.run(jobs.count, threads: threads) { jobs[$0]() }
    let made = names.compactMap { counts[$0] }.filter { $0.count > 0 }
    for count in made { count.print() }
    let total = made.reduce(0) { $0 + $1.count }
    print("faults: \(total) injected")
    let isNarrow = only != nil || workload != nil || stride > 1
    guard made.allSatisfy(\.isGood), isNarrow ? total > 0 : total >= injected else {
      throw ExitCode.failure
    }
  }

  private func jobs(_ counts: [String: FaultCount]) -> [@Sendable () -> Void] {
    var jobs: [@Sendable () -> Void] = []
    let stride = stride
    let workloads = Workload.all.filter { workload == nil || $0.name == workload }
    for workload in workloads {
      for kind in FaultClass.loud + FaultClass.silent where only == nil || kind.name == only {
        guard let count = counts[kind.name] else { continue }
        jobs.append {
          FaultSweep(kind: kind, workload: workload, count: count, stride: stride).run()
        }
      }
      let files = FileFaults(workload: workload, stride: stride)
      let parts: [(String, @Sendable (FaultCount) throws -> Void)] = [
        ("F9", files.exchanges), ("F12", files.cuts), ("F12", files.headers), ("F13", files.logs),
        ("F17", files.fullDisks),
        ("F18", files.clocks),
      ]
      for (name, part) in parts where only == nil || name == only {
        guard let count = counts[name] else { continue }
        jobs.append {
          do { try part(count) } catch { count.add("--workload \(workload.name): \(error)") }
        }
      }
    }
    if workload == nil, only == nil || only == "F1", let count = counts["F1"] {
      jobs.append { SystemFaults.run(1...max(1, 12 / stride), count) }
    }
    return jobs
  }

  private func replay() throws {
    guard let nth, let only, let workload = workload.flatMap({ Workload.named($0) }) else {
      throw ValidationError("--nth needs --only and --workload")
    }
    let kinds = (silent ? FaultClass.silent : FaultClass.loud).filter {
      $0.name == only && (call == nil || "\($0.call)" == call)
    }
    for kind in kinds {
      let sweep = FaultSweep(kind: kind, workload: workload, count: FaultCount(only))
      let problem = try sweep.at(nth, isForEver: forEver)
      print(problem.map { $0.problem ?? "survived" } ?? "no such place")
    }
  }
}
