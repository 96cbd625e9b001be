/// Reads fixed forms such as dates from text, byte by byte, and refuses anything else.
struct TextCursor {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Whether everything was read.
  var isAtEnd: Bool { place == bytes.count }

  /// The next byte, not consumed; nil at the end.
  var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  /// Consumes the next byte if it is `byte`.
  mutating func accept(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  /// Reads exactly `count` digits.
  mutating func digits(_ count: Int) -> Int? {
    guard bytes.count - place >= count else { return nil }
    var number = 0
    for offset in place..<place + count {
      let digit = bytes[offset] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      number = number * 10 + Int(digit)
    }
    place += count
    return number
  }

  /// Reads one to six digits after a decimal point, as microseconds.
  mutating func microseconds() -> Int? {
    var number = 0
    var count = 0
    while let byte = peek, byte &- UInt8(ascii: "0") <= 9 {
      guard count < 6 else { return nil }
      number = number * 10 + Int(byte &- UInt8(ascii: "0"))
      count += 1
      place += 1
    }
    guard count > 0 else { return nil }
    for _ in count..<6 { number *= 10 }
    return number
  }

  /// Reads `YYYY-MM-DD`.
  mutating func date() -> CalendarDate? {
    guard let year = digits(4), accept(UInt8(ascii: "-")), let month = digits(2),
      accept(UInt8(ascii: "-")), let day = digits(2)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  /// Reads `HH:MM:SS` and an optional fraction of up to six digits.
  mutating func time() -> TimeOfDay? {
    guard let hour = digits(2), accept(UInt8(ascii: ":")), let minute = digits(2),
      accept(UInt8(ascii: ":")), let second = digits(2)
    else { return nil }
    var fraction = 0
    if accept(UInt8(ascii: ".")) {
      guard let read = microseconds() else { return nil }
      fraction = read
    }
    return TimeOfDay(hour: hour, minute: minute, second: second, microsecond: fraction)
  }

  /// Reads `Z` or `+HH:MM` or `-HH:MM`, as minutes east of UTC.
  mutating func offset() -> Int? {
    if accept(UInt8(ascii: "Z")) || accept(UInt8(ascii: "z")) { return 0 }
    let sign: Int
    if accept(UInt8(ascii: "+")) {
      sign = 1
    } else if accept(UInt8(ascii: "-")) {
      sign = -1
    } else {
      return nil
    }
    guard let hours = digits(2), accept(UInt8(ascii: ":")), let minutes = digits(2),
      hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}
