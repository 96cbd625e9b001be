import Foundation

/// Where the figures go.
enum Output {
  static let startMarker = "<!-- figures: made by make bench -->"
  static let endMarker = "<!-- end of figures -->"

  static func write(_ recorder: Recorder, _ options: Options) throws {
    let results = recorder.results
    let facts = Machine.facts(recorder)
    let table = Table.markdown(results, Work.Suite.allCases)
    print(Table.aligned(table), terminator: "")
    let about = facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    print("\n" + about)
    if let path = options.json { try save(Table.json(results, machine: facts), path) }
    let charts = Chart.all(results)
    if let folder = options.charts {
      for chart in charts { try save(chart.svg, folder + "/" + chart.file) }
    }
    if let path = options.markdown {
      try save(page(table: table, about: about, charts: options.charts == nil ? [] : charts), path)
    }
    if let path = options.readme {
      var text = ""
      if let folder = options.charts, let chart = charts.first {
        text += "![\(chart.title)](\(folder)/\(chart.file))\n\n"
      }
      text += table + "\nMeasured on: " + about + ".\n"
      try embed(text, path)
    }
  }

  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// RESULTS.md.
  private static func page(table: String, about: String, charts: [Chart]) -> String {
    var text = """
      # Figures

      Made by `make bench`, which writes this page too. Medians of the runs; behind each other
      engine's figure how many times better CareFS is, the middle one of the ratios within each run:
      more than 1x is better, whatever the unit. Figures of different machines or days do not
      compare, ratios do.

      \(table)
      Measured on: \(about).

      """
    for chart in charts { text += "\n![\(chart.title)](\(chart.file))\n" }
    return text + "\n" + Settings.text
  }

  private static func save(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Puts text between the two markers.
  private static func embed(_ inserted: String, _ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let start = text.range(of: startMarker), let end = text.range(of: endMarker) else {
      throw BenchError("\(path) has no markers for the figures")
    }
    try save(
      String(text[..<start.upperBound]) + "\n" + inserted + String(text[end.lowerBound...]), path)
  }
}
