/// The figures of all runs.
struct Results: Sendable {
  /// By work and engine, one for each run.
  private(set) var values: [String: [String: [Double]]] = [:]
  /// Of durable inserts, in microseconds: what the parts of `Latencies.parts` did not exceed.
  private(set) var latencies: [String: [Double]] = [:]
  /// How long each suite took, and when.
  private(set) var suites: [String: SuiteTime] = [:]

  struct SuiteTime: Sendable {
    var seconds: Double
    var date: String
  }

  mutating func set(latencies: [Double], _ engine: String) { self.latencies[engine] = latencies }

  mutating func set(_ time: SuiteTime, _ suite: String) { suites[suite] = time }

  mutating func add(_ work: String, _ engine: String, _ value: Double) {
    values[work, default: [:]][engine, default: []].append(value)
  }

  /// These figures, and of an earlier run those of works that were not measured now: the figures of
  /// one work are always of one run, as only then they compare.
  func keeping(_ earlier: Results) -> Results {
    var all = self
    all.values.merge(earlier.values) { fresh, _ in fresh }
    if latencies.isEmpty { all.latencies = earlier.latencies }
    all.suites.merge(earlier.suites) { fresh, _ in fresh }
    return all
  }

  /// The middle one of the runs.
  func median(_ work: String, _ engine: String) -> Double? {
    guard let runs = values[work]?[engine]?.sorted(), !runs.isEmpty else { return nil }
    let middle = runs.count / 2
    return runs.count % 2 == 1 ? runs[middle] : (runs[middle - 1] + runs[middle]) / 2
  }

  /// How many times better the first engine is; the middle one of the ratios within each run.
  func ratio(_ work: Work, _ engine: String, over other: String) -> Double? {
    work.largerIsBetter
      ? quotient(work.name, engine, work.name, other)
      : quotient(work.name, other, work.name, engine)
  }

  /// One figure divided by another; the middle one of all runs.
  func quotient(
    _ work: String, _ engine: String, _ divisor: String, _ other: String
  ) -> Double? {
    guard let over = values[work]?[engine], let under = values[divisor]?[other] else { return nil }
    let quotients = zip(over, under).compactMap { $1 > 0 ? $0 / $1 : nil }.sorted()
    return quotients.isEmpty ? nil : quotients[quotients.count / 2]
  }

  /// Whether there is any figure of the suite.
  func has(_ suite: Work.Suite) -> Bool {
    Work.all.contains { $0.suite == suite && values[$0.name] != nil }
  }

  func engines(of work: String) -> [String] { (values[work] ?? [:]).keys.sorted() }
}
