extension SchemaJSON {
  /// Reads JSON text strictly: RFC 8259, no duplicate members, at most 64 levels deep.
  static func parse(_ text: String) throws -> SchemaJSON {
    var parser = Parser(bytes: Array(text.utf8))
    return try parser.document()
  }

  /// Reads JSON bytes; invalid UTF-8 is refused.
  static func parse(bytes: [UInt8]) throws -> SchemaJSON {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw DatabaseError(.schemaMismatch, "the schema is not valid UTF-8")
    }
    var parser = Parser(bytes: bytes)
    return try parser.document()
  }

  private struct Parser {
    let bytes: [UInt8]
    var at = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws -> SchemaJSON {
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
      let value = try value()
      skipSpace()
      guard at == bytes.count else { throw failure("text after the end of the schema") }
      return value
    }

    private func failure(_ what: String) -> DatabaseError {
      let seen = bytes.prefix(at)
      let line = seen.count { $0 == 10 } + 1
      let column = at - (seen.lastIndex(of: 10) ?? -1)
      return DatabaseError(
        .schemaMismatch, "the schema is not JSON: \(what) at line \(line), column \(column)")
    }

    private mutating func skipSpace() {
      while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
      skipSpace()
      guard at < bytes.count, bytes[at] == byte.asciiValue else { return false }
      at += 1
      return true
    }

    private mutating func word(_ text: String) -> Bool {
      guard bytes[at...].starts(with: text.utf8) else { return false }
      at += text.utf8.count
      return true
    }

    private mutating func value() throws -> SchemaJSON {
      skipSpace()
      guard at < bytes.count else { throw failure("the text ends early") }
      switch bytes[at] {
      case UInt8(ascii: "{"): return try object()
      case UInt8(ascii: "["): return try array()
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t") where word("true"): return .bool(true)
      case UInt8(ascii: "f") where word("false"): return .bool(false)
      case UInt8(ascii: "n") where word("null"): return .null
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
      default: throw failure("unexpected character")
      }
    }

    private mutating func deeper() throws {
      depth += 1
      if depth > 64 { throw failure("nested too deep") }
    }

    private mutating func object() throws -> SchemaJSON {
      try deeper()
      at += 1
      var members: [Member] = []
      if take("}") {
        depth -= 1
        return .object([])
      }
      repeat {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
          throw failure("a member name is missing")
        }
        let name = try string()
        if members.contains(where: { $0.name == name }) {
          throw failure("member \"\(name)\" stands twice")
        }
        guard take(":") else { throw failure("a colon is missing") }
        members.append(Member(name, try value()))
      } while take(",")
      guard take("}") else { throw failure("a comma or } is missing") }
      depth -= 1
      return .object(members)
    }

    private mutating func array() throws -> SchemaJSON {
      try deeper()
      at += 1
      var items: [SchemaJSON] = []
      if take("]") {
        depth -= 1
        return .array([])
      }
      repeat { items.append(try value()) } while take(",")
      guard take("]") else { throw failure("a comma or ] is missing") }
      depth -= 1
      return .array(items)
    }

    private mutating func number() throws -> SchemaJSON {
      let start = at
      func isDigit(_ at: Int) -> Bool {
        at < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at])
      }
      func digits() throws {
        guard isDigit(at) else { throw failure("a digit is missing") }
        while isDigit(at) { at += 1 }
      }
      if bytes[at] == UInt8(ascii: "-") { at += 1 }
      if at < bytes.count, bytes[at] == UInt8(ascii: "0") { at += 1 } else { try digits() }
      if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
        at += 1
        try digits()
      }
      if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
        at += 1
        if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
          at += 1
        }
        try digits()
      }
      return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func string() throws -> String {
      at += 1
      var out: [UInt8] = []
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
        case UInt8(ascii: "\\"): out.append(contentsOf: try escape())
        case ..<0x20: throw failure("a control character in a text")
        default: out.append(byte)
        }
      }
      throw failure("a text without end")
    }

    private mutating func escape() throws -> [UInt8] {
      guard at < bytes.count else { throw failure("the text ends early") }
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
      case UInt8(ascii: "b"): return [8]
      case UInt8(ascii: "f"): return [12]
      case UInt8(ascii: "n"): return [10]
      case UInt8(ascii: "r"): return [13]
      case UInt8(ascii: "t"): return [9]
      case UInt8(ascii: "u"):
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code), word("\\u") {
          let low = try hexadecimal()
          guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
        return Array(String(Character(scalar)).utf8)
      default: throw failure("an unknown escape")
      }
    }

    private mutating func hexadecimal() throws -> UInt32 {
      guard at + 4 <= bytes.count,
        bytes[at..<at + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
      else { throw failure("a bad \\u escape") }
      at += 4
      return code
    }
  }
}
