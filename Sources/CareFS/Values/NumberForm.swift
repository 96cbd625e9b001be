/// The parts of a number as JSON writes it: `-12.50e3`.
struct NumberForm {
  let isNegative: Bool
  /// The offsets of the digits before the point.
  let integer: Range<Int>
  /// The offsets of the digits after the point.
  let fraction: Range<Int>
  /// The power of ten; beyond 10^15 it stays there.
  let exponent: Int64

  /// Takes a number apart; nil when the text is not one.
  init?(_ text: UnsafeRawBufferPointer) {
    var place = 0
    isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
    if isNegative { place = 1 }
    let start = place
    place = NumberForm.skipDigits(text, from: place)
    guard place > start, place == start + 1 || text[start] != UInt8(ascii: "0") else { return nil }
    integer = start..<place
    if place < text.count, text[place] == UInt8(ascii: ".") {
      let begin = place + 1
      place = NumberForm.skipDigits(text, from: begin)
      guard place > begin else { return nil }
      fraction = begin..<place
    } else {
      fraction = place..<place
    }
    guard place < text.count else {
      exponent = 0
      return
    }
    guard text[place] | 0x20 == UInt8(ascii: "e") else { return nil }
    place += 1
    var below = false
    if place < text.count, text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") {
      below = text[place] == UInt8(ascii: "-")
      place += 1
    }
    guard place < text.count, NumberForm.skipDigits(text, from: place) == text.count else {
      return nil
    }
    var power: Int64 = 0
    for byte in text[place...] where power < 1_000_000_000_000_000 {
      power = power * 10 + Int64(byte &- UInt8(ascii: "0"))
    }
    exponent = below ? -power : power
  }

  private static func skipDigits(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var place = start
    while place < text.count, text[place] &- UInt8(ascii: "0") <= 9 { place += 1 }
    return place
  }
}
