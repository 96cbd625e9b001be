/// A JSON object put together member by member.
struct JSONReport {
  private var members = ""

  /// The object.
  var text: String { "{\(members)}" }

  mutating func add(_ name: String, _ value: Int) { add(name, raw: String(value)) }
  mutating func add(_ name: String, _ value: Bool) { add(name, raw: value ? "true" : "false") }
  mutating func add(_ name: String, _ value: String) { add(name, raw: Self.quote(value)) }
  mutating func add(_ name: String, _ value: Double, decimals: Int) {
    add(name, raw: Figures.fixed(value, decimals))
  }
  mutating func add(_ name: String, _ value: [String]) {
    add(name, raw: "[\(value.map(Self.quote).joined(separator: ","))]")
  }

  /// Adds a member whose value is JSON already; nil is null.
  mutating func add(_ name: String, raw value: String?) {
    if !members.isEmpty { members += "," }
    members += "\(Self.quote(name)):\(value ?? "null")"
  }

  mutating func object(_ name: String, _ fill: (inout JSONReport) throws -> Void) rethrows {
    var inner = JSONReport()
    try fill(&inner)
    add(name, raw: inner.text)
  }

  mutating func list(_ name: String, _ items: [JSONReport]) {
    add(name, raw: "[\(items.map(\.text).joined(separator: ","))]")
  }

  static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
