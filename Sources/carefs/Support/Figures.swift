/// Numbers for people.
enum Figures {
  /// A number with its thousands apart: `1,234,567`.
  static func grouped(_ number: Int) -> String {
    var out: [Character] = []
    for (index, digit) in String(number.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return (number < 0 ? "-" : "") + String(out.reversed())
  }

  /// Bytes as `12.3 MB`.
  static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    var value = Double(count)
    var unit = "B"
    for next in ["kB", "MB", "GB", "TB"] where value >= 999.95 {
      value /= 1000
      unit = next
    }
    return "\(fixed(value, 1)) \(unit)"
  }

  /// An amount with its unit; bytes are scaled.
  static func amount(_ count: Int, _ unit: String) -> String {
    unit == "B" ? bytes(count) : "\(grouped(count)) \(unit)"
  }

  /// A count with its noun: `1 finding`, `2 findings`.
  static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// Seconds as `1.23 s` or `2 min 5 s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 100 { return "\(fixed(seconds, 2)) s" }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }

  /// A number with a fixed count of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let whole = scaled / Int(scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let rest = String(scaled % Int(scale))
    return "\(sign)\(whole)." + String(repeating: "0", count: decimals - rest.count) + rest
  }

  /// A count for each second.
  static func rate(_ count: Int, _ seconds: Double) -> Int {
    seconds > 0 ? Int(Double(count) / seconds) : count
  }
}
