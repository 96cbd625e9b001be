/// A growable piece of raw memory that is used again and again, so that hot paths allocate nothing.
struct ScratchBuffer {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int = 64) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 8)
  }

  func deallocate() {
    base.deallocate()
  }

  @inline(__always)
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Makes room for so many bytes in all; keeps the contents.
  @inline(__always)
  mutating func reserve(_ total: Int) {
    if total > capacity { grow(total) }
  }

  @inline(never)
  private mutating func grow(_ total: Int) {
    let size = max(total, capacity &* 2)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
    capacity = size
  }

  @inline(__always)
  mutating func append(_ source: UnsafeRawPointer, _ length: Int) {
    reserve(count &+ length)
    (base + count).copyMemory(from: source, byteCount: length)
    count &+= length
  }

  @inline(__always)
  mutating func appendUInt32(_ value: UInt32) {
    reserve(count &+ 4)
    base.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt32.self)
    count &+= 4
  }

  @inline(__always)
  mutating func replace(_ source: UnsafeRawPointer, _ length: Int) {
    count = 0
    append(source, length)
  }

  /// Takes the local key of a cell. The memory may begin with the node's prefix already.
  @inline(__always)
  mutating func replace(_ node: Node, _ key: CellKey, hasPrefix: Bool = false) {
    let prefixLength = node.prefixLength
    let frontLength = prefixLength &+ key.headLength
    // Growth keeps the prefix.
    count = hasPrefix ? prefixLength : 0
    // The head is stored whole, whatever its length; what follows overwrites the surplus.
    reserve(max(frontLength &+ key.restLength, prefixLength &+ NodeShape.wideHead))
    if !hasPrefix { base.copyMemory(from: node.prefix, byteCount: prefixLength) }
    base.storeBytes(of: key.head.bigEndian, toByteOffset: prefixLength, as: UInt32.self)
    if key.restLength > 0 {
      (base + frontLength).copyMemory(from: key.rest, byteCount: key.restLength)
    }
    count = frontLength &+ key.restLength
  }
}
