import Foundation

/// Takes the figures of all suites, and says them as they come.
final class Recorder {
  let options: Options
  let clock = ContinuousClock()
  private(set) var results = Results()
  /// Sizes of the works that ran, for the report.
  private(set) var sizes: [(name: String, value: String)] = []
  /// How long the durable inserts of all runs took, in microseconds.
  private var commits: [String: [Double]] = [:]

  /// The figures of an earlier run that stay.
  let earlier: ResultsFile?

  init(_ options: Options) throws {
    self.options = options
    let keeps = options.keepsFigures || options.isReportOnly
    earlier = try options.json.flatMap { keeps ? try ResultsFile($0) : nil }
    // What is known before anything is measured.
    if options.keepsFigures { try earlier?.requireSame(Machine.facts(options)) }
  }

  func wants(_ work: String) -> Bool { options.wants(work) }

  func record(_ work: String, _ engine: String, _ value: Double) {
    results.add(work, engine, value)
    Output.note("  \(work) \(engine) \(Table.number(value))")
  }

  func record(commits times: [Double], _ engine: String) {
    commits[engine, default: []] += times
    results.set(latencies: Latencies(microseconds: commits[engine] ?? []).curve, engine)
  }

  func record(seconds: Double, _ suite: Work.Suite) {
    results.set(
      Results.SuiteTime(seconds: seconds, date: Machine.today), suite.rawValue)
    Output.note("\(suite.rawValue) took \(Table.fixed(seconds, 1)) s")
  }

  func note(size name: String, _ value: String) {
    if !sizes.contains(where: { $0.name == name }) { sizes.append((name, value)) }
  }

  func seconds(_ body: () throws -> Void) rethrows -> Double {
    try clock.measure(body) / .seconds(1)
  }

  /// Calls once a run with a folder of its own, which is removed afterwards, and with the places of
  /// `count` things in an order that another thing leads in each run.
  func runs(
    _ title: String, _ runs: Int, of count: Int,
    _ body: (_ folder: String, _ order: [Int]) throws -> Void
  ) throws {
    for run in 0..<runs {
      Output.note("\(title), run \(run + 1) of \(runs)")
      let folder = try Folders.make(in: options.directory)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try body(folder, (0..<count).map { ($0 + run) % count })
    }
  }

  /// The engines that were asked for, of those that have a suite's work.
  func wanted<Kind>(_ kinds: [Kind], _ name: (Kind) -> String) -> [Kind] {
    kinds.filter { options.engines.isEmpty || options.engines.contains(name($0)) }
  }
}
