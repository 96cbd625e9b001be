import Foundation

/// Compares the ratios of a fresh run with those of an earlier one.
struct Check {
  /// The part of a ratio that may be lost.
  private static let tolerance = 0.15
  /// How often a work that seems slower is measured again before it counts as slower.
  private static let repetitions = 2

  private struct Ratio {
    let work: String
    let engine: String
    let value: Double
  }

  private let options: Options
  private let baseline: [Ratio]
  /// What the earlier run was made with.
  private let facts: [String: String]

  init(_ path: String, _ options: Options) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    guard let rows = object?["ratios"] as? [[String: Any]] else {
      throw BenchError("\(path) has no ratios: `make bench` writes them")
    }
    baseline = rows.compactMap { row in
      guard let work = row["work"] as? String, let engine = row["engine"] as? String,
        let value = row["ratio"] as? Double, engine != "raw", options.wants(work)
      else { return nil }
      return Ratio(work: work, engine: engine, value: value)
    }
    facts = object?["machine"] as? [String: String] ?? [:]
    self.options = options
  }

  func run() async throws {
    guard !baseline.isEmpty else { throw BenchError("no ratios to compare with") }
    var best = try await measure(options)
    for _ in 0..<Self.repetitions {
      let lost = baseline.filter { isLost($0, best) }
      guard !lost.isEmpty else { break }
      var again = options
      again.works = Set(lost.map(\.work))
      Output.note("measured again: \(again.works.sorted().joined(separator: ", "))")
      for (key, value) in try await measure(again) { best[key] = max(best[key] ?? 0, value) }
    }
    report(best)
    let lost = baseline.filter { isLost($0, best) }
    guard lost.isEmpty else {
      throw BenchError("\(lost.count) of \(baseline.count) ratios lost more than 15 %")
    }
    print("no ratio of \(baseline.count) lost more than 15 %")
  }

  private func key(_ ratio: Ratio) -> String { ratio.work + " " + ratio.engine }

  /// A work that gave no figure now is not compared: its data may be absent here.
  private func isLost(_ ratio: Ratio, _ fresh: [String: Double]) -> Bool {
    fresh[key(ratio)].map { $0 < ratio.value * (1 - Self.tolerance) } ?? false
  }

  private func measure(_ options: Options) async throws -> [String: Double] {
    let recorder = try Recorder(options)
    try await Suites.run(recorder)
    for (name, value) in Machine.facts(options, recorder.sizes)
    where !Machine.changing.contains(name) && facts[name] ?? value != value {
      Output.note("\(name) is \(value), but \(facts[name] ?? "-") in the earlier run")
    }
    var found: [String: Double] = [:]
    for work in Work.all {
      for peer in Engines.peers {
        if let ratio = recorder.results.ratio(work, Engines.ours, over: peer) {
          found[work.name + " " + peer] = ratio
        }
      }
    }
    return found
  }

  private func report(_ fresh: [String: Double]) {
    var table = "| work | over | checked in | now | |\n|---|---|--:|--:|---|\n"
    for ratio in baseline {
      let now = fresh[key(ratio)]
      let mark = isLost(ratio, fresh) ? "LOST" : now == nil ? "not measured" : "ok"
      table +=
        "| \(ratio.work) | \(Engines.title(ratio.engine)) | \(Table.fixed(ratio.value, 2))x | "
        + "\(now.map { Table.fixed($0, 2) + "x" } ?? "-") | \(mark) |\n"
    }
    print(Table.aligned(table), terminator: "")
  }
}
