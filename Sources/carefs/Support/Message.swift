/// Lines to standard error.
enum Message {
  /// Whether standard error takes colours.
  static let colours: Bool = Style.allows(2)

  /// Prints an error, always as one line.
  static func error(_ text: String) {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    note("\(Style.paint("carefs:", .red, colours)) \(line)")
  }

  /// Prints a line. A closed standard error is no reason to stop.
  static func note(_ text: String) {
    let output = Output(descriptor: 2)
    try? output.line(text)
    try? output.flush()
  }
}

/// Colours, for terminals alone and never with `NO_COLOR`.
enum Style: String {
  case red = "31"
  case green = "32"
  case bold = "1"
  case faint = "2"

  static func allows(_ descriptor: Int32) -> Bool {
    guard SystemCall.isTerminal(descriptor) else { return false }
    return (SystemCall.environment("NO_COLOR") ?? "").isEmpty
      && SystemCall.environment("TERM") != "dumb"
  }

  static func paint(_ text: String, _ style: Style, _ on: Bool) -> String {
    on ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
