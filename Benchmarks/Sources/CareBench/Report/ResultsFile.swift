import Foundation

/// results.json: the figures of each run, and what follows from them.
struct ResultsFile {
  var results: Results
  /// What the figures were measured on and with, in the order of the report.
  var facts: [(name: String, value: String)]

  init(_ results: Results, _ facts: [(name: String, value: String)]) {
    self.results = results
    self.facts = facts
  }

  /// Reads the file; nil where there is none.
  init?(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any],
      let rows = object["rows"] as? [[String: Any]]
    else { throw BenchError("\(path) has no figures: `make bench` writes them") }
    var results = Results()
    for row in rows {
      guard let work = row["work"] as? String, let engine = row["engine"] as? String,
        let value = row["value"] as? Double
      else { continue }
      for run in row["runs"] as? [Double] ?? [value] { results.add(work, engine, run) }
    }
    for row in object["latencies"] as? [[String: Any]] ?? [] {
      if let engine = row["engine"] as? String, let times = row["us"] as? [Double] {
        results.set(latencies: times, engine)
      }
    }
    for row in object["suites"] as? [[String: Any]] ?? [] {
      guard let suite = row["suite"] as? String, let seconds = row["seconds"] as? Double else {
        continue
      }
      let date = row["date"] as? String ?? "-"
      results.set(Results.SuiteTime(seconds: seconds, date: date), suite)
    }
    self.results = results
    let machine = object["machine"] as? [String: String] ?? [:]
    func place(_ name: String) -> Int { Machine.names.firstIndex(of: name) ?? .max }
    facts = machine.map { (name: $0.key, value: $0.value) }
      .sorted { (place($0.name), $0.name) < (place($1.name), $1.name) }
  }

  /// What is new, and of an earlier file what was not measured now.
  func keeping(_ earlier: ResultsFile) throws -> ResultsFile {
    try earlier.requireSame(facts)
    let kept = earlier.facts.filter { fact($0.name) == nil }
    return ResultsFile(results.keeping(earlier.results), facts + kept)
  }

  /// Fails where figures made with these facts do not compare with those of the file: the machine must
  /// be the same, and all sizes, settings and versions that both name.
  func requireSame(_ facts: [(name: String, value: String)]) throws {
    for (name, now) in facts where !Machine.changing.contains(name) {
      let then = fact(name)
      guard now == then || then == nil && !Machine.identity.contains(name) else {
        throw BenchError(
          "the figures kept would not compare: \(name) is \(now), but was \(then ?? "-"); "
            + "measure all, or leave --keep out")
      }
    }
  }

  func fact(_ name: String) -> String? { facts.first { $0.name == name }?.value }

  var json: String {
    var rows: [String] = []
    var ratios: [String] = []
    var targets: [String] = []
    for work in Work.all {
      for engine in results.engines(of: work.name) {
        guard let value = results.median(work.name, engine) else { continue }
        let runs = (results.values[work.name]?[engine] ?? []).map { Table.fixed($0, 3) }
        rows.append(
          "{\"work\": \(quoted(work.name)), \"engine\": \(quoted(engine)), "
            + "\"value\": \(Table.fixed(value, 3)), \"unit\": \(quoted(work.unit)), "
            + "\"runs\": [\(runs.joined(separator: ", "))]}")
        if engine != Engines.ours,
          let ratio = results.ratio(work, Engines.ours, over: engine)
        {
          ratios.append(
            "{\"work\": \(quoted(work.name)), \"engine\": \(quoted(engine)), "
              + "\"ratio\": \(Table.fixed(ratio, 3))}")
        }
      }
      for target in work.targets {
        guard let isReached = target.isReached(work, results) else { continue }
        targets.append(
          "{\"work\": \(quoted(work.name)), \"target\": \(quoted(target.text(work))), "
            + "\"reached\": \(isReached)}")
      }
    }
    let latencies = results.latencies.sorted { $0.key < $1.key }.map { engine, times in
      let list = times.map { Table.fixed($0, 3) }.joined(separator: ", ")
      return "{\"engine\": \(quoted(engine)), \"us\": [\(list)]}"
    }
    let suites = Work.Suite.allCases.compactMap { suite in
      results.suites[suite.rawValue].map { time in
        "{\"suite\": \(quoted(suite.rawValue)), \"seconds\": \(Table.fixed(time.seconds, 1)), "
          + "\"date\": \(quoted(time.date))}"
      }
    }
    let machine = facts.map { "\(quoted($0.name)): \(quoted($0.value))" }
    let lists = [
      ("rows", rows), ("ratios", ratios), ("targets", targets), ("latencies", latencies),
      ("suites", suites),
    ]
    return "{\"machine\": {\(machine.joined(separator: ", "))},\n"
      + lists.map { "\"\($0)\": [\n  " + $1.joined(separator: ",\n  ") + "\n]" }
      .joined(separator: ",\n") + "}\n"
  }

  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      default: out.unicodeScalars.append(scalar.value < 32 ? " " : scalar)
      }
    }
    return out + "\""
  }
}
