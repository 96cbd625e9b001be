/// Rows in columns for a terminal. The widths come from the first rows; later longer values push
/// their line out instead of waiting for the whole result, unless the table is a short one that is
/// held as a whole.
struct TextTable {
  private let header: [String]
  private let right: [Bool]
  private var widths: [Int]
  private var held: [[String]]?
  private let style: Bool
  private let isWhole: Bool
  private static let sample = 200
  private static let widest = 60

  /// - Parameters:
  ///   - right: Which columns are aligned at their right end.
  ///   - isWhole: Whether all rows are held until the end, so that the widths fit every one.
  init(_ header: [String], right: [Bool], style: Bool, isWhole: Bool = false) {
    self.isWhole = isWhole
    self.header = header
    self.right = right
    self.style = style
    widths = header.map(Self.width)
    held = []
  }

  mutating func add(_ row: [String], to output: Output) throws {
    let row = row.map(Self.oneLine)
    guard var rows = held else {
      try write(row, to: output)
      return
    }
    for (index, cell) in row.enumerated() {
      let width = isWhole ? Self.width(cell) : min(Self.width(cell), Self.widest)
      widths[index] = max(widths[index], width)
    }
    rows.append(row)
    held = rows
    if rows.count == Self.sample, !isWhole { try flush(to: output) }
  }

  /// Writes what is held back.
  mutating func flush(to output: Output) throws {
    guard let rows = held else { return }
    held = nil
    try write(header, to: output, bold: style)
    try output.line(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
    for row in rows { try write(row, to: output) }
  }

  private func write(_ row: [String], to output: Output, bold: Bool = false) throws {
    var line = ""
    for (index, cell) in row.enumerated() {
      let gap = String(repeating: " ", count: max(0, widths[index] - Self.width(cell)))
      let shown = bold ? Style.paint(cell, .bold, true) : cell
      let isLast = index == row.count - 1
      line += right[index] ? gap + shown : isLast ? shown : shown + gap
      if !isLast { line += "  " }
    }
    try output.line(line)
  }

  private static func width(_ text: String) -> Int { text.unicodeScalars.count }

  /// Control characters would move the cursor of the terminal.
  private static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return text
    }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
