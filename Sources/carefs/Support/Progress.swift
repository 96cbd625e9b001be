/// A bar on the terminal for work that takes longer than a second; silent elsewhere.
final class Progress {
  private let title: String
  private let total: Int
  private let unit: String
  private let shown: Bool
  private let start = SystemCall.seconds()
  private var last: Double
  private var drawn = false

  /// - Parameters:
  ///   - total: The amount of work; 0 when it is not known.
  ///   - unit: What is counted, such as `B` or `rows`.
  init(_ title: String, total: Int, unit: String, quiet: Bool) {
    self.title = title
    self.total = total
    self.unit = unit
    shown = !quiet && SystemCall.isTerminal(2)
    last = start
  }

  /// Tells how much is done.
  func update(_ done: Int) {
    guard shown else { return }
    let now = SystemCall.seconds()
    guard now - start > 1, now - last > 0.1 else { return }
    last = now
    drawn = true
    put("\r\(line(done, now - start))\u{1B}[K")
  }

  /// Clears the bar.
  func finish() {
    guard drawn else { return }
    drawn = false
    put("\r\u{1B}[K")
  }

  private func line(_ done: Int, _ seconds: Double) -> String {
    let rate = Double(done) / seconds
    let speed = "\(Figures.amount(Int(rate), unit))/s"
    guard total > 0 else { return "\(title) \(Figures.amount(done, unit)), \(speed)" }
    let part = min(1, Double(done) / Double(total))
    let width = 24
    let full = Int(part * Double(width))
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: width - full)
    let left = rate > 0 ? max(0, Double(total - done) / rate) : 0
    return "\(title) [\(bar)] \(Int(part * 100)) %, \(speed), \(Figures.duration(left)) left"
  }

  private func put(_ text: String) {
    let output = Output(descriptor: 2)
    try? output.write(text)
    try? output.flush()
  }
}
