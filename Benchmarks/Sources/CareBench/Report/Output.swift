import Foundation

/// Where the figures go.
enum Output {
  static let startMarker = "<!-- figures: made by make bench -->"
  static let endMarker = "<!-- end of figures -->"

  /// The figures so far, with those of the file that shall be kept.
  private static func file(_ recorder: Recorder) throws -> ResultsFile {
    if recorder.options.isReportOnly {
      guard let earlier = recorder.earlier else { throw BenchError("there are no figures yet") }
      return earlier
    }
    let fresh = ResultsFile(recorder.results, Machine.facts(recorder.options, recorder.sizes))
    return try recorder.earlier.map(fresh.keeping) ?? fresh
  }

  /// Saves the figures, so that a run that ends early loses none of what it has measured.
  static func saveFigures(_ recorder: Recorder) throws {
    if let path = recorder.options.json { try save(try file(recorder).json, path) }
  }

  /// Prints and writes all that was asked for.
  static func write(_ recorder: Recorder) throws {
    let options = recorder.options
    let file = try file(recorder)
    let results = file.results
    let table = Table.markdown(results, Work.Suite.allCases)
    print(Table.aligned(table), terminator: "")
    let summary = TargetState.summary(results)
    let about = file.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    let times = Work.Suite.allCases.compactMap { suite in
      results.suites[suite.rawValue].map { "\(suite.rawValue) \(Table.fixed($0.seconds, 0)) s" }
    }
    let total = results.suites.values.reduce(0) { $0 + $1.seconds }
    let time =
      "Time taken: " + times.joined(separator: ", ")
      + "; together \(Table.fixed(total / 60, 1)) min."
    print("\n\(summary)\nMeasured on: \(about).\n\(time)")
    try saveFigures(recorder)
    let charts = Chart.all(results)
    if let folder = options.charts {
      for chart in charts { try save(chart.svg, folder + "/" + chart.file) }
    }
    if let path = options.markdown {
      let text = page(
        "\(table)\n\(summary)\n\nMeasured on: \(about).\n\n\(time)\n",
        charts: options.charts == nil ? [] : charts)
      try save(text, path)
    }
    if let path = options.readme {
      var text = ""
      if let folder = options.charts, let chart = charts.first {
        text += "![\(chart.title)](\(folder)/\(chart.file))\n\n"
      }
      text += table + "\n\(summary) Measured on: \(about).\n"
      try embed(text, path)
    }
  }

  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// RESULTS.md.
  private static func page(_ figures: String, charts: [Chart]) -> String {
    var text = """
      # Figures

      Made by `make bench`, which writes this page too. Medians of the runs; behind each other
      engine's figure how many times better CareFS is, the middle one of the ratios within each run:
      more than 1x is better, whatever the unit. Figures of different machines or days do not
      compare, ratios do. Whether a target is reached is worked out from the ratios and figures.

      \(figures)
      """
    for chart in charts { text += "\n![\(chart.title)](\(chart.file))\n" }
    return text + "\n" + Settings.text
  }

  /// All or nothing: a run that is stopped meanwhile leaves the old file.
  private static func save(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
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
