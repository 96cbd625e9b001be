/// Expands one Deflate stream into a sliding window.
struct Inflater {
  private enum State {
    case blockStart
    case stored(Int)
    case codes, finished
  }

  /// How far back a match may reach.
  private static let history = 32_768
  private static let capacity = 4 * history
  /// The longest match.
  private static let longest = 258

  var reader: BitReader
  private let window: UnsafeMutablePointer<UInt8>
  /// The end of the output in the window.
  private(set) var end = 0
  /// The start of what was not handed out yet.
  private(set) var start = 0
  private var state = State.finished
  private var isLast = false
  private let literals = HuffmanTable()
  private let distances = HuffmanTable()
  private let tables = DeflateTables()

  init(_ source: any ByteSource) {
    reader = BitReader(source)
    window = .allocate(capacity: Inflater.capacity)
    window.initialize(repeating: 0, count: Inflater.capacity)
  }

  func deallocate() {
    reader.deallocate()
    window.deallocate()
    literals.deallocate()
    distances.deallocate()
    tables.deallocate()
  }

  static let damaged = FormatError("the gzip file is damaged")

  var isFinished: Bool {
    if case .finished = state { return true }
    return false
  }

  /// Output that was not handed out yet.
  var pending: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: window + start, count: end - start)
  }

  /// Marks pending output as handed out.
  mutating func consume(_ count: Int) { start += count }

  /// Starts a new stream with no history.
  mutating func begin() {
    state = .blockStart
    isLast = false
    start = 0
    end = 0
  }

  /// Expands until the window is full or the stream ends. Pending output must have been consumed.
  mutating func run() throws {
    slide()
    while end + Inflater.longest <= Inflater.capacity {
      switch state {
      case .finished: return
      case .blockStart: try beginBlock()
      case .stored(let left): try copyStored(left)
      case .codes: if try !decode() { return }
      }
      if reader.isOverrun { throw BitReader.truncated }
    }
  }

  private mutating func slide() {
    guard end > Inflater.history else { return }
    let kept = end - Inflater.history
    window.update(from: window + kept, count: Inflater.history)
    end = Inflater.history
    start = end
  }

  private mutating func beginBlock() throws {
    if isLast {
      state = .finished
      return
    }
    isLast = try reader.take(1) == 1
    switch try reader.take(2) {
    case 0:
      reader.align()
      let length = try reader.take(16)
      guard try reader.take(16) == length ^ 0xFFFF else { throw Inflater.damaged }
      state = .stored(length)
    case 1:
      try buildFixed()
      state = .codes
    case 2:
      try buildDynamic()
      state = .codes
    default: throw Inflater.damaged
    }
  }

  private mutating func copyStored(_ left: Int) throws {
    guard left > 0 else {
      state = .blockStart
      return
    }
    let room = min(left, Inflater.capacity - end)
    let count = try reader.copy(to: window + end, limit: room)
    end += count
    state = .stored(left - count)
  }

  private func buildFixed() throws {
    let built = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 288) { lengths in
      for symbol in 0..<288 {
        lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
      }
      guard literals.build(UnsafeBufferPointer(lengths)) else { return false }
      for symbol in 0..<32 { lengths[symbol] = 5 }
      return distances.build(UnsafeBufferPointer(rebasing: lengths[..<32]))
    }
    guard built else { throw Inflater.damaged }
  }

  private static let lengthOrder: [Int] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  private mutating func buildDynamic() throws {
    let literalCount = try reader.take(5) + 257
    let distanceCount = try reader.take(5) + 1
    let codeCount = try reader.take(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw Inflater.damaged }
    var lengths = [UInt8](repeating: 0, count: 19)
    for index in 0..<codeCount {
      lengths[Inflater.lengthOrder[index]] = UInt8(truncatingIfNeeded: try reader.take(3))
    }
    guard lengths.withUnsafeBufferPointer({ literals.build($0) }) else { throw Inflater.damaged }
    lengths = try readLengths(literalCount + distanceCount)
    let built = lengths.withUnsafeBufferPointer {
      $0[256] > 0 && literals.build(UnsafeBufferPointer(rebasing: $0[..<literalCount]))
        && distances.build(UnsafeBufferPointer(rebasing: $0[literalCount...]))
    }
    guard built else { throw Inflater.damaged }
  }

  /// Reads run-length coded code lengths with the code in `literals`.
  private mutating func readLengths(_ total: Int) throws -> [UInt8] {
    var lengths: [UInt8] = []
    lengths.reserveCapacity(total)
    while lengths.count < total {
      try reader.refill()
      let symbol = try Inflater.symbol(literals, &reader)
      switch symbol {
      case 0..<16: lengths.append(UInt8(truncatingIfNeeded: symbol))
      case 16:
        guard let last = lengths.last else { throw Inflater.damaged }
        lengths += [UInt8](repeating: last, count: try reader.take(2) + 3)
      case 17: lengths += [UInt8](repeating: 0, count: try reader.take(3) + 3)
      default: lengths += [UInt8](repeating: 0, count: try reader.take(7) + 11)
      }
    }
    guard lengths.count == total else { throw Inflater.damaged }
    return lengths
  }

  /// Consumes a code; at least 15 bits must be valid.
  @inline(__always)
  private static func symbol(_ table: HuffmanTable, _ reader: inout BitReader) throws -> Int {
    let index = Int(truncatingIfNeeded: reader.bits) & (1 << HuffmanTable.fastBits &- 1)
    var entry = table.fast[index]
    if entry == 0 {
      entry = table.slow(reader.bits)
      if entry == 0 { throw Inflater.damaged }
    }
    reader.drop(Int(entry >> 16))
    return Int(entry & 0xFFFF)
  }

  /// Expands a compressed block until it ends (true) or the window is full (false).
  private mutating func decode() throws -> Bool {
    // Local copies stay in registers.
    let window = window
    let literals = literals
    let distances = distances
    let tables = tables
    var end = end
    var reader = reader
    defer {
      self.end = end
      self.reader = reader
    }
    while end &+ Inflater.longest <= Inflater.capacity {
      // 56 bits hold a length code (15), its extra bits (5), a distance code (15) and its (13).
      if reader.count < 48 { try reader.refill() }
      let symbol = try Inflater.symbol(literals, &reader)
      if symbol < 256 {
        window[end] = UInt8(truncatingIfNeeded: symbol)
        end &+= 1
        continue
      }
      if symbol == 256 {
        state = .blockStart
        return true
      }
      guard symbol < 286 else { throw Inflater.damaged }
      let entry = tables.lengths[symbol &- 257]
      let length = Int(entry >> 8) &+ reader.takeValid(Int(entry & 0xFF))
      let code = try Inflater.symbol(distances, &reader)
      guard code < 30 else { throw Inflater.damaged }
      let place = tables.distances[code]
      let distance = Int(place >> 8) &+ reader.takeValid(Int(place & 0xFF))
      guard distance <= end else { throw Inflater.damaged }
      Inflater.copyMatch(window + end, distance, length)
      end &+= length
      if reader.isOverrun { throw BitReader.truncated }
    }
    return false
  }

  @inline(__always)
  private static func copyMatch(
    _ target: UnsafeMutablePointer<UInt8>, _ distance: Int, _ length: Int
  ) {
    var source = UnsafePointer(target - distance)
    if distance >= length {
      target.update(from: source, count: length)
      return
    }
    // The match overlaps itself: byte by byte, so that it repeats.
    var target = target
    for _ in 0..<length {
      target.pointee = source.pointee
      target += 1
      source += 1
    }
  }
}

/// What Deflate's length and distance codes stand for: the base from bit 8 on, and the number of
/// extra bits.
struct DeflateTables {
  let lengths: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<UInt32>

  init() {
    lengths = .allocate(capacity: 29)
    distances = .allocate(capacity: 30)
    var base: UInt32 = 3
    for code in 0..<29 {
      let extra: UInt32 = code < 8 || code == 28 ? 0 : UInt32(code / 4 - 1)
      // The last code is the longest match alone; the one before it could reach it as well.
      (lengths + code).initialize(to: (code == 28 ? 258 : base) << 8 | extra)
      base += 1 << extra
    }
    base = 1
    for code in 0..<30 {
      let extra: UInt32 = code < 4 ? 0 : UInt32(code / 2 - 1)
      (distances + code).initialize(to: base << 8 | extra)
      base += 1 << extra
    }
  }

  func deallocate() {
    lengths.deallocate()
    distances.deallocate()
  }
}
