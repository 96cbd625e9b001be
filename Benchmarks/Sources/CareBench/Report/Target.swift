/// What a figure of CareFS is to reach.
enum Target: Sendable {
  /// So many times better than another engine.
  case times(Double, String)
  /// At most such a part of another engine's figure.
  case part(Double, String)
  /// This figure or a better one.
  case figure(Double)
  /// At most so many times what the bare disk needs, which is another work.
  case timesBare(Double, String)

  /// For the column of a table.
  func text(_ work: Work) -> String {
    switch self {
    case .times(let times, let engine): "\(Target.short(times))x \(Engines.title(engine))"
    case .part(let part, let engine): "at most \(Target.short(part))x \(Engines.title(engine))"
    case .figure(let figure):
      (work.largerIsBetter ? "" : "at most ") + Target.short(figure) + " " + work.unit
    case .timesBare(let times, _): "at most \(Target.short(times))x floor"
    }
  }

  /// Whether it is reached; nil where figures are missing.
  func isReached(_ work: Work, _ results: Results) -> Bool? {
    switch self {
    case .times(let times, let engine):
      return results.ratio(work, Engines.ours, over: engine).map { $0 >= times }
    case .part(let part, let engine):
      return results.ratio(work, Engines.ours, over: engine).map { 1 / $0 <= part }
    case .figure(let figure):
      return results.median(work.name, Engines.ours).map {
        work.largerIsBetter ? $0 >= figure : $0 <= figure
      }
    case .timesBare(let times, let floor):
      return results.quotient(work.name, Engines.ours, floor, Engines.bare).map { $0 <= times }
    }
  }

  /// Without places that say nothing.
  private static func short(_ number: Double) -> String {
    var text = Table.fixed(number, 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}

/// The targets of one work together.
struct TargetState {
  let text: String
  /// One of those that could be judged: `yes`, or `no` with what was missed.
  let verdict: String

  init(_ work: Work, _ results: Results) {
    text = work.targets.map { $0.text(work) }.joined(separator: ", ")
    let judged = work.targets.compactMap { target in
      target.isReached(work, results).map { (target: target, isReached: $0) }
    }
    let missed = judged.filter { !$0.isReached }.map { $0.target.text(work) }
    if judged.isEmpty {
      verdict = ""
    } else if missed.isEmpty {
      verdict = judged.count == work.targets.count ? "yes" : "as far as measured"
    } else {
      verdict = work.targets.count == 1 ? "no" : "no: " + missed.joined(separator: ", ")
    }
  }

  /// How many targets are reached, of those whose figures were measured, and how many were not.
  static func summary(_ results: Results) -> String {
    let verdicts = Work.all.flatMap { work in work.targets.map { $0.isReached(work, results) } }
    let measured = verdicts.compactMap { $0 }
    let rest = verdicts.count - measured.count
    return "\(measured.filter { $0 }.count) of \(measured.count) measured targets are reached, "
      + "\(rest == 0 ? "none" : String(rest)) \(rest == 1 ? "was" : "were") not measured."
  }
}
