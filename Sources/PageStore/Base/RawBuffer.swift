/// Bytes that grow at the end. Not safe to share; keeps its room when emptied.
final class RawBuffer {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int = 4096) {
    self.capacity = max(64, capacity)
    base = .allocate(byteCount: self.capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// Room for `n` more bytes; answers where they begin. The caller writes them and they count.
  @inline(__always)
  func extend(_ n: Int) -> UnsafeMutableRawPointer {
    if count &+ n > capacity { grow(n) }
    let at = base + count
    count &+= n
    return at
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    extend(bytes.count).copyMemory(from: start, byteCount: bytes.count)
  }

  func appendZeros(_ n: Int) {
    guard n > 0 else { return }
    extend(n).initializeMemory(as: UInt8.self, repeating: 0, count: n)
  }

  /// Empties; a very large room is given back.
  func reset(keepAtMost limit: Int = 8 << 20) {
    count = 0
    if capacity > limit {
      base.deallocate()
      capacity = 4096
      base = .allocate(byteCount: capacity, alignment: 64)
    }
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  private func grow(_ n: Int) {
    let wanted = max(capacity * 2, count + n)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 64)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }
}
