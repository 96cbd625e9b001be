import Foundation

/// How many times better CareFS is than each other engine, a line for each work.
enum RatioChart {
  private static let left = 330.0
  private static let plot = 520.0
  private static let rowHeight = 17.0

  static func draw(_ results: Results) -> Chart? {
    var rows: [(title: String, ratios: [(engine: String, ratio: Double)], isHeading: Bool)] = []
    for suite in Work.Suite.allCases where results.has(suite) {
      let works = Work.all.filter { $0.suite == suite }.compactMap { work in
        let ratios = Engines.peers.compactMap { peer in
          results.ratio(work, Engines.ours, over: peer).map { (engine: peer, ratio: $0) }
        }
        return ratios.isEmpty ? nil : (title: work.title, ratios: ratios, isHeading: false)
      }
      if !works.isEmpty { rows += [(title: suite.title, ratios: [], isHeading: true)] + works }
    }
    guard !rows.isEmpty else { return nil }
    let title = "How many times better CareFS is, by work"
    let all = rows.flatMap { $0.ratios.map(\.ratio) }
    let low = min(-2, floor(log2(all.min() ?? 1)))
    let high = max(4, ceil(log2(all.max() ?? 1)))
    func x(_ ratio: Double) -> Double { left + (log2(ratio) - low) / (high - low) * plot }
    let top = 72.0
    let bottom = top + Double(rows.count) * rowHeight
    var drawing = Drawing(width: left + plot + 30, height: bottom + 16)
    drawing.text(title, 12, 22, bold: true)
    drawing.legend(Engines.peers, 12, 44)
    drawing.text("right of 1x: CareFS is better", left + plot, 44, anchor: "end")
    for power in Int(low)...Int(high) {
      let ratio = exp2(Double(power))
      drawing.line(
        x(ratio), top - 6, x(ratio), bottom, power == 0 ? "#343a40" : "#dee2e6",
        width: power == 0 ? 1.5 : 1)
      // Wide charts have a label at every other line.
      if high - low > 9, power % 2 != 0 { continue }
      let label = power >= 0 ? String(1 << power) + "x" : "1/" + String(1 << -power) + "x"
      drawing.text(label, x(ratio), top - 10, anchor: "middle")
    }
    for (place, row) in rows.enumerated() {
      let y = top + (Double(place) + 0.5) * rowHeight
      drawing.text(
        row.title, row.isHeading ? 12 : left - 10, y + 4, anchor: row.isHeading ? "start" : "end",
        bold: row.isHeading)
      if !row.isHeading { drawing.line(left, y, left + plot, y, "#f1f3f5") }
      for (engine, ratio) in row.ratios { drawing.dot(x(ratio), y, Engines.color(engine)) }
    }
    return Chart(file: "ratios.svg", title: title, svg: drawing.svg)
  }
}
