/// A canonical Huffman code of Deflate, laid out for decoding.
///
/// Codes of up to ``fastBits`` bits are looked up at once; longer, rare ones are found bit by bit.
struct HuffmanTable {
  /// The longest code.
  static let maximumBits = 15
  static let fastBits = 10
  private static let maximumSymbols = 288

  /// For the next ``fastBits`` bits: the symbol, and the code's length from bit 16 on; 0 where the
  /// code is longer or unused.
  let fast: UnsafeMutablePointer<UInt32>
  /// How many codes have each length.
  private let counts: UnsafeMutablePointer<UInt16>
  /// The symbols by code.
  private let symbols: UnsafeMutablePointer<UInt16>

  init() {
    fast = .allocate(capacity: 1 << HuffmanTable.fastBits)
    fast.initialize(repeating: 0, count: 1 << HuffmanTable.fastBits)
    counts = .allocate(capacity: HuffmanTable.maximumBits + 1)
    counts.initialize(repeating: 0, count: HuffmanTable.maximumBits + 1)
    symbols = .allocate(capacity: HuffmanTable.maximumSymbols)
    symbols.initialize(repeating: 0, count: HuffmanTable.maximumSymbols)
  }

  func deallocate() {
    fast.deallocate()
    counts.deallocate()
    symbols.deallocate()
  }

  /// Lays out the code whose lengths by symbol are given; false if there is no such code.
  ///
  /// An incomplete code is accepted only with a single symbol or none, as Deflate's distances may
  /// have.
  func build(_ lengths: UnsafeBufferPointer<UInt8>) -> Bool {
    guard lengths.count <= HuffmanTable.maximumSymbols else { return false }
    counts.update(repeating: 0, count: HuffmanTable.maximumBits + 1)
    fast.update(repeating: 0, count: 1 << HuffmanTable.fastBits)
    for length in lengths {
      guard Int(length) <= HuffmanTable.maximumBits else { return false }
      counts[Int(length)] += 1
    }
    counts[0] = 0
    var left = 1
    var used = 0
    for bits in 1...HuffmanTable.maximumBits {
      left = left * 2 - Int(counts[bits])
      used += Int(counts[bits])
      if left < 0 { return false }
    }
    if left > 0, used > 1 { return false }
    layOut(lengths)
    return true
  }

  private func layOut(_ lengths: UnsafeBufferPointer<UInt8>) {
    var code: UInt32 = 0
    var index: UInt16 = 0
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { codes in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 16) { places in
        codes[0] = 0
        places[0] = 0
        for bits in 1...HuffmanTable.maximumBits {
          code = (code + (bits > 1 ? UInt32(counts[bits - 1]) : 0)) << 1
          if bits > 1 { index += counts[bits - 1] }
          codes[bits] = code
          places[bits] = index
        }
        for (symbol, length) in lengths.enumerated() where length > 0 {
          let bits = Int(length)
          symbols[Int(places[bits])] = UInt16(truncatingIfNeeded: symbol)
          places[bits] += 1
          if bits <= HuffmanTable.fastBits {
            fill(codes[bits], bits, UInt32(truncatingIfNeeded: symbol))
          }
          codes[bits] += 1
        }
      }
    }
  }

  /// Enters a code under every index that begins with it. Deflate sends codes with the most
  /// significant bit first, in bytes that are read from the least, so the index is reversed.
  private func fill(_ code: UInt32, _ bits: Int, _ symbol: UInt32) {
    var reversed: UInt32 = 0
    for bit in 0..<bits where code >> UInt32(bit) & 1 == 1 {
      reversed |= 1 << UInt32(bits - 1 - bit)
    }
    var index = Int(reversed)
    while index < 1 << HuffmanTable.fastBits {
      fast[index] = symbol | UInt32(bits) << 16
      index += 1 << bits
    }
  }

  /// Finds a code of any length at the low end of `bits`: the symbol and the code's length, in the
  /// form of ``fast``; 0 if no code begins there.
  @inline(never)
  func slow(_ bits: UInt64) -> UInt32 {
    var code = 0
    var first = 0
    var index = 0
    var rest = bits
    for length in 1...HuffmanTable.maximumBits {
      code |= Int(rest & 1)
      rest >>= 1
      let count = Int(counts[length])
      if code - count < first {
        let symbol = symbols[index + (code - first)]
        return UInt32(symbol) | UInt32(length) << 16
      }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    return 0
  }
}
