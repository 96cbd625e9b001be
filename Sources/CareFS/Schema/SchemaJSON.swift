/// A small JSON tree for schemas and catalog entries: members keep their order, numbers their
/// text, and each object its offset for messages.
indirect enum SchemaJSON: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([SchemaJSON])
  case object([Member])

  /// One member of an object.
  struct Member: Sendable {
    var name: String
    var value: SchemaJSON

    init(_ name: String, _ value: SchemaJSON) {
      self.name = name
      self.value = value
    }
  }

  /// What the value is, for messages.
  var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The member of that name, if this is an object that has one.
  subscript(name: String) -> SchemaJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }
}

extension SchemaJSON {
  /// The value without any space, the canonical form.
  var compact: String {
    var out = ""
    write(into: &out)
    return out
  }

  /// The value with one table, column or other entry per line.
  var pretty: String {
    var out = ""
    write(into: &out, indent: 0)
    out += "\n"
    return out
  }

  private func write(into out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let text): out += text
    case .string(let text): Self.quote(text, into: &out)
    case .array(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += ", " }
        item.write(into: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += ", " }
        Self.quote(member.name, into: &out)
        out += ": "
        member.value.write(into: &out)
      }
      out += "}"
    }
  }

  private func write(into out: inout String, indent: Int) {
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .array(let items) where holdsContainers:
      out += "["
      for (index, item) in items.enumerated() {
        out += (index > 0 ? "," : "") + "\n" + inner
        item.write(into: &out, indent: indent + 2)
      }
      out += "\n" + outer + "]"
    case .object(let members) where members.contains { $0.value.holdsContainers }:
      out += "{"
      for (index, member) in members.enumerated() {
        out += (index > 0 ? "," : "") + "\n" + inner
        Self.quote(member.name, into: &out)
        out += ": "
        member.value.write(into: &out, indent: indent + 2)
      }
      out += "\n" + outer + "}"
    default: write(into: &out)
    }
  }

  private var holdsContainers: Bool {
    guard case .array(let items) = self else { return false }
    return items.contains { item in
      if case .object = item { true } else { false }
    }
  }

  /// Appends a JSON string.
  static func quote(_ text: String, into out: inout String) {
    let hex = Array("0123456789abcdef".unicodeScalars)
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        out += "\\u00"
        out.unicodeScalars.append(hex[Int(scalar.value >> 4)])
        out.unicodeScalars.append(hex[Int(scalar.value & 15)])
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
