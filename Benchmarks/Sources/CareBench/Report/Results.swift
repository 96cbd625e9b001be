/// The figures of all runs.
struct Results: Sendable {
  private var values: [String: [String: [Double]]] = [:]
  /// How long each durable insert took, in microseconds, of all runs.
  private(set) var commits: [String: [Double]] = [:]

  mutating func add(commits times: [Double], _ engine: String) {
    commits[engine, default: []] += times
  }

  mutating func add(_ work: String, _ engine: String, _ value: Double) {
    values[work, default: [:]][engine, default: []].append(value)
  }

  /// The middle one of the runs.
  func median(_ work: String, _ engine: String) -> Double? {
    guard let runs = values[work]?[engine]?.sorted(), !runs.isEmpty else { return nil }
    let middle = runs.count / 2
    return runs.count % 2 == 1 ? runs[middle] : (runs[middle - 1] + runs[middle]) / 2
  }

  /// How many times better the first engine is; the middle one of the ratios within each run.
  func ratio(_ work: Work, _ engine: String, over other: String) -> Double? {
    guard let ours = values[work.name]?[engine], let theirs = values[work.name]?[other] else {
      return nil
    }
    let ratios = zip(ours, theirs)
      .compactMap { pair -> Double? in
        let (over, under) = work.largerIsBetter ? (pair.0, pair.1) : (pair.1, pair.0)
        return under > 0 ? over / under : nil
      }
      .sorted()
    return ratios.isEmpty ? nil : ratios[ratios.count / 2]
  }

  /// Whether there is any figure of the suite.
  func has(_ suite: Work.Suite) -> Bool {
    Work.all.contains { $0.suite == suite && values[$0.name] != nil }
  }

  func engines(of work: String) -> [String] { (values[work] ?? [:]).keys.sorted() }
}
