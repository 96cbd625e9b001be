/// A `like` pattern: `%` stands for any run, `_` for one Unicode scalar, `\` takes what follows as
/// it is.
struct LikePattern: Sendable {
  private enum Element: Sendable, Equatable {
    case scalar(UInt32)
    case one
    case run
  }

  private let elements: [Element]
  private let collation: Collation
  /// The text before the first `%` or `_`.
  let prefix: String
  /// Whether the pattern is a text without `%` and `_`.
  let isPlain: Bool
  /// Whether the pattern is a text and one `%` at its end.
  let isPrefix: Bool

  /// Reads a pattern; nil if a `\` stands at its end.
  init?(_ pattern: UnsafeRawBufferPointer, collation: Collation) {
    var elements: [Element] = []
    let prefix = ByteBuffer(capacity: 64)
    var isLeading = true
    var place = 0
    while place < pattern.count {
      var (scalar, size) = UTF8Scalars.decode(pattern, at: place) ?? (UInt32(0xFFFD), 1)
      place += size
      if scalar == 0x25 {
        if elements.last != .run { elements.append(.run) }
        isLeading = false
        continue
      }
      if scalar == 0x5F {
        elements.append(.one)
        isLeading = false
        continue
      }
      if scalar == 0x5C {
        guard place < pattern.count else { return nil }
        (scalar, size) = UTF8Scalars.decode(pattern, at: place) ?? (UInt32(0xFFFD), 1)
        place += size
      }
      if isLeading { UTF8Scalars.append(scalar, to: prefix) }
      elements.append(.scalar(collation == .nocase ? CaseFolding.fold(scalar) : scalar))
    }
    self.elements = elements
    self.collation = collation
    self.prefix = prefix.string
    isPlain = isLeading
    isPrefix = elements.firstIndex(of: .run) == elements.count - 1 && !elements.contains(.one)
  }

  /// Reads a pattern; nil if a `\` stands at its end.
  init?(_ pattern: String, collation: Collation) {
    guard let read = pattern.withUTF8Bytes({ LikePattern($0, collation: collation) }) else {
      return nil
    }
    self = read
  }

  /// Whether the whole text matches. Takes at most as many steps as text and pattern multiply to.
  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    elements.withUnsafeBufferPointer { matches(text, $0) }
  }

  private func matches(
    _ text: UnsafeRawBufferPointer, _ pattern: UnsafeBufferPointer<Element>
  ) -> Bool {
    var place = 0
    var index = 0
    // After a run that did not lead to a match, it takes one scalar more and all is tried again.
    var retry: (index: Int, place: Int)?
    while true {
      if index < pattern.count, pattern[index] == .run {
        index += 1
        if index == pattern.count { return true }
        retry = (index, place)
        continue
      }
      if place == text.count, index == pattern.count { return true }
      if place < text.count, index < pattern.count {
        let (scalar, size) = UTF8Scalars.decode(text, at: place) ?? (UInt32(0xFFFD), 1)
        let folded = collation == .nocase ? CaseFolding.fold(scalar) : scalar
        if pattern[index] == .one || pattern[index] == .scalar(folded) {
          place += size
          index += 1
          continue
        }
      }
      guard let (again, from) = retry, from < text.count else { return false }
      place = from + (UTF8Scalars.decode(text, at: from)?.1 ?? 1)
      index = again
      retry = (again, place)
    }
  }
}
