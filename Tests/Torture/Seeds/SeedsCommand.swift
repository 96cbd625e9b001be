import ArgumentParser
import BTree
import CareFSTestSupport
import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `CareTorture seeds`.
struct SeedsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seeds",
    abstract: "Random operations against a model, with crashes, faults and scheduled threads.",
    discussion: """
      A seed decides everything: options, operations, crashes, faults, and in every eighth run
      which of several threads goes on. A seed that fails is printed with the command that runs it
      again and with the fewest operations that still fail.
      """)

  @Option(help: "How many seeds.")
  var count = 5_000

  @Option(help: "The first seed.")
  var first: UInt64 = 1

  @Option(help: "Only this seed.")
  var seed: UInt64?

  @Option(help: "Only these operations of it, as they were printed.")
  var operations: String?

  @Option(help: "Runs seeds for so many minutes, however many they are.")
  var minutes = 0.0

  @Option(help: "Threads, each with seeds of its own.")
  var threads = 2

  @Flag(help: "Prints each seed before it runs.")
  var verbose = false

  /// Begins the process again with dictionaries whose order depends on their contents alone: else
  /// the order in which rows are compared, and so what the cache evicts, would differ each time.
  private static func fixHashing() {
    let name = "SWIFT_DETERMINISTIC_HASHING"
    guard getenv(name) == nil else { return }
    setenv(name, "1", 1)
    var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
    execv("/proc/self/exe", &arguments)
    execv(CommandLine.arguments[0], &arguments)
    print("note: the process could not begin again: runs of one seed may differ")
  }

  func run() throws {
    Self.fixHashing()
    #if TEST_SWITCHES
      let missed = SchedulerProof.failures()
      for failure in missed { print("failed: the scheduler: \(failure)") }
      guard missed.isEmpty else { throw ExitCode.failure }
    #endif
    SeedCrash.watch()
    if let seed { return try replay(seed) }
    #if TEST_SWITCHES
      let races = PageRaces.failures(threads: threads)
      for failure in races.prefix(5) { print("failed: \(failure)") }
      let kinds = PageRaces.Kind.allCases.count
      print("races: \(kinds * Int(PageRaces.schedules)) schedules, \(races.count) failed")
      guard races.isEmpty else { throw ExitCode.failure }
    #endif
    try runAll()
  }

  /// Trees split early in seeds of odd number: a switch of the whole process.
  private static func prepare(_ plan: SeedPlan) {
    #if TEST_SWITCHES
      TreeSwitches.splitsEarly = plan.splitsEarly
    #endif
  }

  private func replay(_ seed: UInt64) throws {
    var plan = SeedPlan(seed)
    Self.prepare(plan)
    if let operations {
      plan.operations = operations.split(separator: ",").compactMap { SeedOperation($0) }
    }
    print("seed \(seed): \(plan.summary), \(plan.operations.count) operations")
    let trial = SeedTrial(plan)
    print("trace \(String(trial.hash, radix: 16))")
    guard let failure = trial.failure else { return print("seeds: 1 run, 0 failed") }
    Self.report(plan, failure)
    print("seeds: 1 run, 1 failed")
    throw ExitCode.failure
  }

  private static func report(_ plan: SeedPlan, _ failure: String) {
    print("failed: seed \(plan.seed): \(failure)")
    print("  again: CareTorture seeds --seed \(plan.seed)")
    guard let shrunk = SeedTrial.shrink(plan) else {
      return print("  it did not fail a second time")
    }
    let text = shrunk.plan.operations.map(\.description).joined(separator: ",")
    print("  shortest: CareTorture seeds --seed \(plan.seed) --operations \(text)")
    print("  there: \(shrunk.failure)")
  }

  private func runAll() throws {
    let total = SeedTotal()
    // Seeds of one parity at a time, for the switch that all threads share.
    for offset in UInt64(0)..<2 {
      let start = first + offset
      let deadline = minutes > 0 ? Deadline(minutes: minutes / 2) : nil
      let seeds = minutes > 0 ? Int.max : (count + 1 - Int(offset)) / 2
      Self.prepare(SeedPlan(start))
      let isOver: @Sendable () -> Bool = { deadline?.isOver ?? false }
      let body: @Sendable (Int) -> Void = { [verbose] index in
        let plan = SeedPlan(start + 2 * UInt64(index))
        if verbose { print("seed \(plan.seed)") }
        SeedCrash.running(plan.seed, in: index)
        let trial = SeedTrial(plan)
        var failure = trial.failure
        let isRepeated = failure == nil && plan.seed % 50 == 25 * (plan.seed & 1)
        if isRepeated, SeedTrial(plan).hash != trial.hash {
          failure = "a second run of the seed differs from the first"
        }
        total.add(plan, trial, failure, isRepeated: isRepeated)
      }
      Workers.run(seeds, threads: threads, until: isOver, body)
      for (plan, failure) in total.takeFailures().prefix(5) { Self.report(plan, failure) }
    }
    guard total.printSummary() else { throw ExitCode.failure }
  }
}

/// What all seeds did together.
private final class SeedTotal: @unchecked Sendable {
  private let lock = Lock()
  private var counts = SeedCounts()
  private var seeds = 0
  private var scheduled = 0
  private var repeated = 0
  private var failed = 0
  private var failures: [(SeedPlan, String)] = []

  func add(_ plan: SeedPlan, _ trial: SeedTrial, _ failure: String?, isRepeated: Bool) {
    lock.with {
      seeds += 1
      if isRepeated { repeated += 1 }
      if plan.isScheduled { scheduled += 1 }
      counts += trial.counts
      guard let failure else { return }
      failed += 1
      failures.append((plan, failure))
      print("failed: seed \(plan.seed)")
      // Should the process be ended before it has told more.
      fflush(nil)
    }
  }

  func takeFailures() -> [(SeedPlan, String)] {
    lock.with {
      defer { failures = [] }
      return failures
    }
  }

  /// Prints the totals; whether all is well.
  func printSummary() -> Bool {
    lock.with {
      print(
        "  \(counts.operations) operations, \(counts.commits) commits, \(counts.undone) undone, "
          + "\(counts.crashes) recoveries, \(counts.faults) faults, \(scheduled) seeds with "
          + "scheduled threads, \(counts.reads) reads beside writers, \(counts.changes) times closed "
          + "under them, \(repeated) seeds run twice")
      print("seeds: \(seeds) run, \(failed) failed")
      // A short run may have no seed that is run twice.
      return failed == 0 && seeds > 0 && counts.crashes > 0 && (repeated > 0 || seeds < 100)
    }
  }
}
