import CareFSTestSupport
import PageStore

/// A small piece of work, every operation of which is a place to cut the power.
struct Workload: Sendable {
  /// The workloads are known by it on the command line.
  let name: String
  let family: Family
  var tuning: @Sendable (inout PagerOptions) -> Void = { _ in }
  /// Makes what the work begins with; its operations are not explored.
  let prepare: @Sendable (CrashRun) throws -> Void
  let steps: @Sendable (CrashRun) throws -> Void
  /// On what files the work begins.
  var seed: UInt64 = 1

  /// Work on a new database that holds what `first` puts there.
  init(
    _ name: String, _ family: Family,
    tuning: @escaping @Sendable (inout PagerOptions) -> Void = { _ in },
    first: (@Sendable (MirroredTransaction) throws -> Void)? = nil,
    _ steps: @escaping @Sendable (CrashRun) throws -> Void
  ) {
    self.name = name
    self.family = family
    self.tuning = tuning
    self.steps = steps
    prepare = { run in
      try run.create()
      if let first {
        try run.write(first)
        try run.checkpoint()
      }
    }
  }

  /// Work that begins with nothing, or with a preparation of its own.
  init(
    _ name: String, _ family: Family, from prepare: @escaping @Sendable (CrashRun) throws -> Void,
    _ steps: @escaping @Sendable (CrashRun) throws -> Void
  ) {
    self.name = name
    self.family = family
    self.prepare = prepare
    self.steps = steps
  }

  /// Does the work; answers the run and the operation at which it began.
  func run(on files: SimulatedFileSystem = SimulatedFileSystem()) throws -> (CrashRun, Int) {
    let run = CrashRun(family, on: files, seed: seed, tuning: tuning)
    try prepare(run)
    let start = files.operationCount
    try steps(run)
    return (run, start)
  }

  /// All that are written by hand.
  static let all: [Workload] =
    lifecycle + rows + documents + references + checkpoints + schemas + recoveries

  /// The workload of a name: one of `all`, or `random-SEED`.
  static func named(_ name: String) -> Workload? {
    if let known = all.first(where: { $0.name == name }) { return known }
    let parts = name.split(separator: "-")
    guard parts.count == 2, parts[0] == "random", let seed = UInt64(parts[1]) else { return nil }
    return random(seed)
  }
}
