/// Bytes that share storage until they are changed. Raw memory, so that debug builds are fast too.
struct DiskBytes: Sendable {
  private final class Storage: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let capacity: Int
    init(capacity: Int) {
      self.capacity = max(capacity, 64)
      base = .allocate(byteCount: self.capacity, alignment: 64)
    }
    deinit { base.deallocate() }
  }

  private var storage = Storage(capacity: 0)
  private(set) var count = 0

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) {
    resize(to: bytes.count)
    write(bytes, at: 0)
  }

  /// Cuts, or grows with zeros.
  mutating func resize(to newCount: Int) {
    own(room: newCount)
    if newCount > count {
      (storage.base + count).initializeMemory(
        as: UInt8.self, repeating: 0, count: newCount - count)
    }
    count = newCount
  }

  /// Copies `bytes` to `offset`; what does not fit is left out.
  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    guard let source = bytes.baseAddress, offset < count else { return }
    own(room: count)
    (storage.base + offset).copyMemory(from: source, byteCount: min(bytes.count, count - offset))
  }

  /// The bytes in `range`, cut at the end.
  func withBytes<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let low = min(range.lowerBound, count)
    let high = min(range.upperBound, count)
    return body(UnsafeRawBufferPointer(start: storage.base + low, count: high - low))
  }

  private mutating func own(room: Int) {
    if isKnownUniquelyReferenced(&storage) && storage.capacity >= room { return }
    let larger = room > storage.capacity ? max(room, storage.capacity * 2) : storage.capacity
    let copy = Storage(capacity: larger)
    copy.base.copyMemory(from: storage.base, byteCount: min(count, larger))
    storage = copy
  }
}
