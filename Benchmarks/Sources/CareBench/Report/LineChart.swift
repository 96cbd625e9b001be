import Foundation

/// Lines over a logarithmic scale.
struct LineChart {
  let title: String
  /// The labels along the bottom, equally far from each other.
  let labels: [String]
  /// The values of each engine, as many as labels, or fewer.
  let lines: [(engine: String, values: [Double])]
  let unit: String

  func draw() -> String {
    let (left, top, width, height) = (80.0, 84.0, 640.0, 320.0)
    let all = lines.flatMap(\.values).filter { $0 > 0 }
    let low = floor(log10(all.min() ?? 1))
    let high = max(low + 1, ceil(log10(all.max() ?? 10)))
    func y(_ value: Double) -> Double {
      top + height - (log10(max(value, 1e-9)) - low) / (high - low) * height
    }
    func x(_ place: Int) -> Double {
      left + Double(place) / Double(max(1, labels.count - 1)) * width
    }
    var drawing = Drawing(width: left + width + 40, height: top + height + 40)
    drawing.text(title, 12, 22, bold: true)
    drawing.legend(lines.map(\.engine), 12, 46)
    for power in Int(low)...Int(high) {
      for part in power < Int(high) ? [1.0, 2, 5] : [1.0] {
        let value = part * pow(10, Double(power))
        drawing.line(left, y(value), left + width, y(value), part == 1 ? "#ced4da" : "#f1f3f5")
        drawing.text(Table.number(value), left - 8, y(value) + 4, anchor: "end")
      }
    }
    drawing.text(unit, left - 8, top - 12, anchor: "end")
    for (place, label) in labels.enumerated() {
      drawing.text(label, x(place), top + height + 20, anchor: "middle")
    }
    for line in lines {
      let points = line.values.enumerated().map { (x: x($0.offset), y: y($0.element)) }
      drawing.path(points, Engines.color(line.engine))
      for point in points { drawing.dot(point.x, point.y, Engines.color(line.engine), radius: 3) }
    }
    return drawing.svg
  }
}

/// Gets a second as the table grows.
enum CurveChart {
  static func draw(_ results: Results) -> Chart? {
    let works = Work.all.filter { $0.suite == .curve && !results.engines(of: $0.name).isEmpty }
    let lines = ([Engines.ours] + Engines.peers).compactMap { engine in
      let values = works.compactMap { results.median($0.name, engine) }
      return values.count == works.count ? (engine: engine, values: values) : nil
    }
    guard works.count > 1, !lines.isEmpty else { return nil }
    let title = "Gets by key a second, as the table grows"
    let chart = LineChart(title: title, labels: works.map(\.title), lines: lines, unit: "ops/s")
    return Chart(file: "curve.svg", title: title, svg: chart.draw())
  }
}

/// How long durable commits take: the part of them that took no longer.
enum LatencyChart {
  static func draw(_ results: Results) -> Chart? {
    let lines = ([Engines.ours] + Engines.peers + [Engines.bare]).compactMap { engine in
      results.latencies[engine].map { (engine: engine, values: $0) }
    }
    guard !lines.isEmpty else { return nil }
    let title = "Durable commits of one row: this part of them took no longer"
    let chart = LineChart(
      title: title, labels: Latencies.parts.map(\.label), lines: lines, unit: "us")
    return Chart(file: "latency.svg", title: title, svg: chart.draw())
  }
}
