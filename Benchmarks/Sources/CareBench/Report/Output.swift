import Foundation

/// Where the figures go.
enum Output {
  static let startMarker = "<!-- figures: made by make bench -->"
  static let endMarker = "<!-- end of figures -->"

  static func write(_ results: Results, _ options: Options) throws {
    let facts = Machine.facts(options)
    let table = Table.markdown(results)
    print(Table.aligned(table), terminator: "")
    let about = facts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    print("\n" + about)
    if let path = options.json {
      try save(Table.json(results, machine: facts), path)
    }
    if let path = options.markdown {
      try save(
        """
        # Figures

        Made by `make bench`. Medians; the last columns say how many times better CareFS is,
        measured within one run: more than 1x is better, whatever the unit.

        \(table)
        Measured on: \(about).

        """, path)
    }
    if let path = options.readme { try embed(table + "\nMeasured on: " + about + ".\n", path) }
  }

  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  private static func save(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Puts the table between the two markers.
  private static func embed(_ table: String, _ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    guard let start = text.range(of: startMarker), let end = text.range(of: endMarker) else {
      throw BenchError("\(path) has no markers for the figures")
    }
    try save(
      String(text[..<start.upperBound]) + "\n" + table + String(text[end.lowerBound...]), path)
  }
}
