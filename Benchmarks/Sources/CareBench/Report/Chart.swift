/// A picture of the figures.
struct Chart {
  let file: String
  let title: String
  let svg: String

  /// Those of which there are figures; the first one is for the README.
  static func all(_ results: Results) -> [Chart] {
    [
      RatioChart.draw(results), CurveChart.draw(results), LatencyChart.draw(results),
    ].compactMap { $0 }
  }
}

/// Draws shapes and texts; y grows downwards.
struct Drawing {
  private let width: Double
  private let height: Double
  private var body = ""

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// A number with one place, so that a chart changes only where its figures do.
  static func text(_ value: Double) -> String {
    value < 0 ? "-" + Table.fixed(-value, 1) : Table.fixed(value, 1)
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String = "#dee2e6",
    width: Double = 1
  ) {
    let t = Drawing.text
    body +=
      "<line x1=\"\(t(x1))\" y1=\"\(t(y1))\" x2=\"\(t(x2))\" y2=\"\(t(y2))\" "
      + "stroke=\"\(color)\" stroke-width=\"\(t(width))\"/>\n"
  }

  mutating func dot(_ x: Double, _ y: Double, _ color: String, radius: Double = 4) {
    let t = Drawing.text
    body += "<circle cx=\"\(t(x))\" cy=\"\(t(y))\" r=\"\(t(radius))\" fill=\"\(color)\"/>\n"
  }

  mutating func path(_ points: [(x: Double, y: Double)], _ color: String) {
    let text = points.map { Drawing.text($0.x) + "," + Drawing.text($0.y) }
      .joined(separator: " ")
    body +=
      "<polyline points=\"\(text)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>\n"
  }

  /// `anchor` is where the text stands at: start, middle or end.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: String = "start", bold: Bool = false,
    color: String = "#343a40"
  ) {
    let escaped = text.reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      default: out.append(character)
      }
    }
    body +=
      "<text x=\"\(Drawing.text(x))\" y=\"\(Drawing.text(y))\" text-anchor=\"\(anchor)\" "
      + (bold ? "font-weight=\"bold\" " : "") + "fill=\"\(color)\">\(escaped)</text>\n"
  }

  /// Dots with the engines' names, from `x` on.
  mutating func legend(_ engines: [String], _ x: Double, _ y: Double) {
    var x = x
    for engine in engines {
      dot(x, y - 4, Engines.color(engine))
      text(Engines.title(engine), x + 8, y)
      x += 34 + 7 * Double(Engines.title(engine).count)
    }
  }

  var svg: String {
    let size = "width=\"\(Drawing.text(width))\" height=\"\(Drawing.text(height))\""
    let box = "viewBox=\"0 0 \(Drawing.text(width)) \(Drawing.text(height))\""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) "
      + "font-family=\"sans-serif\" font-size=\"12\">\n"
      + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" + body + "</svg>\n"
  }
}
