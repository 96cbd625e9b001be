/// Takes an input apart, from its beginning.
struct InputReader {
  private var rest: UnsafeRawBufferPointer.SubSequence

  init(_ input: UnsafeRawBufferPointer) { rest = input[...] }

  /// Whether everything was taken.
  var isEmpty: Bool { rest.isEmpty }

  /// The next byte; 0 behind the end.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// The next number of two bytes.
  mutating func short() -> Int { Int(byte()) | Int(byte()) << 8 }

  /// As many bytes as the next two say, or as there are.
  mutating func block() -> UnsafeRawBufferPointer {
    let count = short()
    return take(count)
  }

  /// The next bytes, or as many as there are.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    let part = rest.prefix(count)
    rest = rest.dropFirst(count)
    return UnsafeRawBufferPointer(rebasing: part)
  }

  /// All that is left.
  mutating func all() -> UnsafeRawBufferPointer { take(rest.count) }
}

/// Puts an input together.
struct InputWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: Int) { bytes.append(UInt8(truncatingIfNeeded: value)) }

  mutating func block(_ block: [UInt8]) {
    byte(block.count)
    byte(block.count >> 8)
    bytes += block
  }

  mutating func all(_ rest: [UInt8]) { bytes += rest }
}
