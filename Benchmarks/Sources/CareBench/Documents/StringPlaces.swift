/// Where the short strings of a JSON text begin, and the paths that lead to them, in the order of the
/// text. The text must be JSON.
struct StringPlaces {
  struct Place {
    /// The offset of the string's first byte.
    let start: Int
    let path: String
  }

  /// Longer strings are left out: fetching one would be mostly copying.
  private static let longest = 200

  private(set) var places: [Place] = []
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) {
    self.text = text
    scanValue("")
  }

  /// The first one in the second half of the text, and the last one of all.
  var middleAndLast: [Place] {
    guard let last = places.last, last.start >= text.count / 2,
      let middle = places.first(where: { $0.start >= text.count / 2 })
    else { return [] }
    return middle.start == last.start ? [last] : [middle, last]
  }

  private mutating func next() -> UInt8? {
    while position < text.count, text[position] <= UInt8(ascii: " ") { position += 1 }
    return position < text.count ? text[position] : nil
  }

  /// Notes the string, or the strings within the value. A path of nil cannot be written down plainly.
  private mutating func scanValue(_ path: String?) {
    switch next() {
    case UInt8(ascii: "{"): scanObject(path)
    case UInt8(ascii: "["): scanArray(path)
    case UInt8(ascii: "\""):
      let content = scanString()
      if let path, !content.isEmpty, content.count <= Self.longest {
        places.append(Place(start: content.lowerBound, path: path))
      }
    default:
      let ends = [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")]
      while position < text.count, !ends.contains(text[position]) { position += 1 }
    }
  }

  private mutating func scanObject(_ path: String?) {
    position += 1
    while next() == UInt8(ascii: "\"") {
      let content = scanString()
      let name = String(decoding: text[content], as: UTF8.self)
      if next() == UInt8(ascii: ":") { position += 1 }
      let isPlain = !name.isEmpty && name.utf8.allSatisfy(Self.isLetter)
      scanValue(isPlain ? path.map { $0.isEmpty ? name : $0 + "." + name } : nil)
      if next() == UInt8(ascii: ",") { position += 1 }
    }
    position += 1
  }

  private mutating func scanArray(_ path: String?) {
    position += 1
    var element = 0
    while let byte = next(), byte != UInt8(ascii: "]") {
      scanValue(path.map { $0 + "[\(element)]" })
      element += 1
      if next() == UInt8(ascii: ",") { position += 1 }
    }
    position += 1
  }

  /// The bytes between the quotes.
  private mutating func scanString() -> Range<Int> {
    position += 1
    let start = position
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      position += text[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    defer { position += 1 }
    return start..<max(start, min(position, text.count))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }
}
