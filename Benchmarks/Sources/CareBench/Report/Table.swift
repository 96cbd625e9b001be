/// The figures as text.
enum Table {
  /// A number with three or four figures that count, and separators for thousands.
  static func number(_ value: Double) -> String {
    if value < 0 { return "-" + number(-value) }
    if value >= 1_000_000 { return fixed(value / 1_000_000, 2) + " M" }
    if value >= 1_000 { return grouped(Int(value.rounded())) }
    if value >= 100 { return fixed(value, 0) }
    return value >= 10 ? fixed(value, 1) : fixed(value, 2)
  }

  static func fixed(_ value: Double, _ places: Int) -> String {
    if value < 0 { return "-" + fixed(-value, places) }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    guard places > 0 else { return String(scaled) }
    let rest = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: places - rest.count)
    return "\(scaled / Int(scale)).\(zeros)\(rest)"
  }

  private static func grouped(_ value: Int) -> String {
    var digits = ""
    for (place, digit) in String(value).reversed().enumerated() {
      if place > 0, place % 3 == 0 { digits.append(",") }
      digits.append(digit)
    }
    return String(digits.reversed())
  }

  /// A Markdown table: a line for each work with the figure of each engine; those of the others
  /// with how many times better we are.
  static func markdown(_ results: Results, _ suites: [Work.Suite]) -> String {
    let engines = [Engines.ours] + Engines.peers
    var lines = [
      "| work | unit | " + engines.map(Engines.title).joined(separator: " | ")
        + " | target | reached |",
      "|---|---|" + String(repeating: "--:|", count: engines.count) + "---|---|",
    ]
    for suite in suites where results.has(suite) {
      if suites.count > 1 {
        lines.append(
          "| **\(suite.title)** |" + String(repeating: " |", count: engines.count + 3))
      }
      for work in Work.all where work.suite == suite && !results.engines(of: work.name).isEmpty {
        lines.append("| " + cells(work, results).joined(separator: " | ") + " |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ work: Work, _ results: Results) -> [String] {
    let raw = results.median(work.name, Engines.bare).map { " (\(number($0)))" } ?? ""
    let ours = results.median(work.name, Engines.ours).map(number) ?? "-"
    let peers = Engines.peers.map { peer in
      guard let value = results.median(work.name, peer) else { return "-" }
      guard let ratio = results.ratio(work, Engines.ours, over: peer) else { return number(value) }
      return number(value) + " (" + fixed(ratio, 2) + "x)"
    }
    let target = TargetState(work, results)
    return [work.title + raw, work.unit, ours] + peers + [target.text, target.verdict]
  }

  /// The same table with columns that line up, for a terminal.
  static func aligned(_ markdown: String) -> String {
    let rows = markdown.split(separator: "\n").map { line in
      line.split(separator: "|").map { String($0).trimmed }
    }
    let widths = (rows.first ?? []).indices.map { column in
      rows.filter { !($0.first?.hasPrefix("--") ?? true) }
        .map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.filter { !($0.first?.hasPrefix("--") ?? true) }.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: max(0, widths[column] - cell.count))
        return column < 2 || column >= row.count - 2 ? cell + blanks : blanks + cell
      }.joined(separator: "  ").trimmedAtEnd
    }.joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }

  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
