/// Splits a text into the words of the expression language.
struct ExpressionLexer {
  private let scalars: [Unicode.Scalar]
  private var place = 0

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// The words of a text, the last of which is `end`.
  static func tokens(of text: String) throws -> [PlacedToken] {
    var lexer = ExpressionLexer(text)
    var tokens: [PlacedToken] = []
    while true {
      let isSpaced = lexer.skipSpace()
      let offset = lexer.place + 1
      let token = try lexer.next()
      tokens.append(PlacedToken(token: token, offset: offset, isSpaced: isSpaced))
      if token == .end { return tokens }
    }
  }

  private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private mutating func skipSpace() -> Bool {
    let start = place
    while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    {
      place += 1
    }
    return place > start
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_"
  }

  private mutating func next() throws -> ExpressionToken {
    guard let scalar = current else { return .end }
    if ExpressionLexer.isNameStart(scalar) { return .word(word()) }
    if ExpressionLexer.isDigit(scalar) { return try number() }
    switch scalar {
    case "\"", "'": return .text(try quoted(by: scalar, "text"))
    case "`":
      let start = place
      let name = try quoted(by: scalar, "name")
      guard !name.isEmpty else { throw DatabaseError.syntax("empty name", at: start + 1) }
      return .quoted(name)
    default: return try symbol(scalar)
    }
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = current,
      ExpressionLexer.isNameStart(scalar) || ExpressionLexer.isDigit(scalar)
    {
      word.append(scalar)
      place += 1
    }
    return String(word)
  }

  /// Reads up to the closing mark; the mark doubled stands for itself.
  private mutating func quoted(by mark: Unicode.Scalar, _ what: String) throws -> String {
    let start = place
    var content = String.UnicodeScalarView()
    place += 1
    while let scalar = current {
      place += 1
      if scalar == mark {
        guard current == mark else { return String(content) }
        place += 1
      }
      content.append(scalar)
    }
    throw DatabaseError.syntax("\(what) has no closing \(mark)", at: start + 1)
  }

  private mutating func number() throws -> ExpressionToken {
    let start = place
    var text = String.UnicodeScalarView()
    func isExponentSign(_ scalar: Unicode.Scalar) -> Bool {
      (scalar == "+" || scalar == "-") && (text.last == "e" || text.last == "E")
    }
    while let scalar = current,
      ExpressionLexer.isDigit(scalar) || ExpressionLexer.isNameStart(scalar) || scalar == "."
        || isExponentSign(scalar)
    {
      text.append(scalar)
      place += 1
    }
    guard let number = NumberText(String(text)) else {
      throw DatabaseError.syntax("\"\(String(text))\" is not a number", at: start + 1)
    }
    return .number(number)
  }

  private mutating func symbol(_ scalar: Unicode.Scalar) throws -> ExpressionToken {
    place += 1
    if let following = current {
      let pair = String(scalar) + String(following)
      switch pair {
      case "!=", "<=", ">=":
        place += 1
        return .symbol(pair)
      case "<>":
        place += 1
        return .symbol("!=")
      case "==":
        place += 1
        return .symbol("=")
      default: break
      }
    }
    guard "()[],.+-*/=<>".unicodeScalars.contains(scalar) else {
      throw DatabaseError.syntax("unexpected \(String(scalar).debugDescription)", at: place)
    }
    return .symbol(String(scalar))
  }
}
