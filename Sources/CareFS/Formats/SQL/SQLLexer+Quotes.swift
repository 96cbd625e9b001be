extension SQLLexer {
  /// A text or name up to its closing mark; the mark doubled stands for itself.
  @inline(__always)
  func quoted(_ kind: SQLToken.Kind, skipping opening: Int, close: UInt8) throws -> SQLToken {
    let begin = line
    let start = position &+ opening
    var place = start
    var doubled: UInt8 = 0
    while true {
      let base = input.base
      let count = input.count
      while place < count, base[place] != close {
        if base[place] == 0x0A { countLine() }
        place &+= 1
      }
      guard place < count else {
        guard try more() else { throw Self.unended(kind, begin) }
        continue
      }
      if place &+ 1 >= count { _ = try more() }
      guard place &+ 1 < input.count, input.base[place &+ 1] == close,
        close != UInt8(ascii: "]")
      else { break }
      doubled = close
      place &+= 2
    }
    move(to: place &+ 1)
    return SQLToken(kind: kind, range: start..<place, doubled: doubled, line: begin)
  }

  /// `E'..'`: a backslash takes what follows as part of the text.
  func escaped() throws -> SQLToken {
    let begin = line
    let start = position + 2
    var place = start
    while true {
      while place + 1 >= input.count {
        guard try more() else { break }
      }
      guard place < input.count else { throw Self.unended(.escaped, begin) }
      let byte = input.base[place]
      if byte == 0x0A { countLine() }
      let isFollowed = place + 1 < input.count
      if byte == UInt8(ascii: "\\"), isFollowed {
        if input.base[place + 1] == 0x0A { countLine() }
        place += 2
      } else if byte == UInt8(ascii: "'") {
        guard isFollowed, input.base[place + 1] == byte else { break }
        place += 2
      } else {
        place += 1
      }
    }
    move(to: place + 1)
    return SQLToken(
      kind: .escaped, range: start..<place, doubled: UInt8(ascii: "'"), line: begin)
  }

  /// `$tag$ .. $tag$`; nil when this is not one.
  func dollarQuoted() throws -> SQLToken? {
    let begin = line
    var length = 1
    while let byte = try peek(length), byte != UInt8(ascii: "$") {
      guard length < 64, SQLLexer.isNameByte(byte) else { return nil }
      length += 1
    }
    guard try peek(length) != nil else { return nil }
    let tag = [UInt8](input.bytes(position..<position + length + 1))
    let start = position + tag.count
    var place = start
    while true {
      while place + tag.count > input.count {
        guard try more() else { throw Self.unended(.text, begin) }
      }
      if input.base[place] == 0x0A { countLine() }
      if input.base[place] == UInt8(ascii: "$"),
        tag.withUnsafeBytes({ RawBytes.equal($0, input.bytes(place..<place + tag.count)) })
      {
        break
      }
      place += 1
    }
    move(to: place + tag.count)
    return SQLToken(kind: .text, range: start..<place, line: begin)
  }

  private static func unended(_ kind: SQLToken.Kind, _ line: Int) -> FormatError {
    let what =
      switch kind {
      case .name: "a name"
      case .blob: "bytes"
      default: "a text"
      }
    return FormatError(line: line, "\(what) that begins here has no end; is the dump cut short?")
  }
}

extension SQLLexer {
  /// Appends the content of a text or name, its doubled quotes single and its escapes resolved.
  func appendContent(of token: SQLToken, to buffer: ByteBuffer) throws {
    let content = input.bytes(token.range)
    if token.kind == .escaped { return try appendEscaped(content, token.line, to: buffer) }
    guard token.doubled != 0 else { return buffer.append(content) }
    var run = 0
    var place = 0
    while place < content.count {
      guard content[place] == token.doubled else {
        place &+= 1
        continue
      }
      buffer.append(UnsafeRawBufferPointer(rebasing: content[run...place]))
      place &+= 2
      run = min(place, content.count)
    }
    buffer.append(UnsafeRawBufferPointer(rebasing: content[run...]))
  }

  private func appendEscaped(
    _ content: UnsafeRawBufferPointer, _ line: Int, to buffer: ByteBuffer
  ) throws {
    var place = 0
    while place < content.count {
      let byte = content[place]
      place += 1
      guard byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'"), place < content.count else {
        buffer.append(byte)
        continue
      }
      let mark = content[place]
      place += 1
      guard byte == UInt8(ascii: "\\") else {
        buffer.append(mark)
        continue
      }
      switch mark {
      case UInt8(ascii: "n"): buffer.append(0x0A)
      case UInt8(ascii: "r"): buffer.append(0x0D)
      case UInt8(ascii: "t"): buffer.append(0x09)
      case UInt8(ascii: "b"): buffer.append(0x08)
      case UInt8(ascii: "f"): buffer.append(0x0C)
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): buffer.append(mark)
      default:
        throw FormatError(
          line: line, "an escape other than \\n, \\r, \\t, \\b, \\f, \\\\ and \\' in a text")
      }
    }
  }

  /// A word out of the input.
  func word(of token: SQLToken) throws -> SQLWord {
    let buffer = ByteBuffer(capacity: 64)
    let kind: SQLWord.Kind
    switch token.kind {
    case .word: kind = .word
    case .name: kind = .name
    case .text, .escaped: kind = .text
    case .blob: kind = .blob
    case .number: kind = .number
    case .symbol, .end: kind = .symbol
    }
    try appendContent(of: token, to: buffer)
    guard TextScan.invalidUTF8(buffer.bytes) == nil else {
      throw FormatError(line: token.line, "a statement that is not UTF-8")
    }
    let isDoubleQuoted =
      token.kind == .name && input.base[token.range.lowerBound - 1] == UInt8(ascii: "\"")
    return SQLWord(
      kind: kind, text: buffer.string, line: token.line, isDoubleQuoted: isDoubleQuoted)
  }
}
