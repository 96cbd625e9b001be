/// One storage engine under pairs of bytes. Each call is one transaction unless it says otherwise;
/// what it wrote is durable when it returns.
protocol PairEngine: AnyObject {
  static var name: String { get }

  /// Opens the database in the folder, or makes one.
  init(directory: String, cacheBytes: Int) throws

  /// Puts pairs whose keys are not there yet.
  func put(_ count: Int, _ source: PairSource) throws
  /// Looks keys up; the sum of the first bytes of the values found.
  func get(_ count: Int, _ source: PairSource) throws -> UInt64
  /// Reads some pairs from each key on; the sum of the first bytes of their values.
  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64
  func remove(_ count: Int, _ source: PairSource) throws

  /// Brings everything into the main file and empties the log.
  func checkpoint() throws
  /// Waits until the engine's own threads rest.
  func settle() throws
  /// Rewrites the file without holes; false when the engine has no such thing.
  func compact() throws -> Bool
  func close() throws
}

extension PairEngine {
  func settle() throws {}
}

/// Random pairs, the same in every run; each source begins with the same pair.
final class PairSource {
  private var numbers: SeededNumbers
  private let buffer: UnsafeMutableRawBufferPointer
  private let keyLength: Int

  /// Lengths are rounded up to eight bytes in memory only.
  init(keyLength: Int = 24, valueLength: Int = 150, seed: UInt64 = 3) {
    self.keyLength = keyLength
    numbers = SeededNumbers(seed: seed)
    let room = (keyLength + 7) / 8 * 8 + (valueLength + 7) / 8 * 8
    buffer = .allocate(byteCount: room, alignment: 8)
    key = UnsafeRawBufferPointer(rebasing: buffer[..<keyLength])
    let start = (keyLength + 7) / 8 * 8
    value = UnsafeRawBufferPointer(rebasing: buffer[start..<start + valueLength])
  }

  deinit { buffer.deallocate() }

  /// The pair that was made last; valid until the next.
  let key: UnsafeRawBufferPointer
  let value: UnsafeRawBufferPointer

  /// Makes the next pair.
  @inline(__always) func next() {
    for place in stride(from: 0, to: buffer.count, by: 8) {
      buffer.storeBytes(of: numbers.next(), toByteOffset: place, as: UInt64.self)
    }
  }
}
