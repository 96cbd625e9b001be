/// A growable run of raw bytes that keeps its memory between uses.
///
/// Rows, keys and texts are built in one of these, so that a hot loop takes no memory per item.
/// One thread uses it at a time. Pointers into it are valid until the next append or `clear`.
final class ByteBuffer {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// The number of bytes in use.
  private(set) var count = 0

  /// Creates an empty buffer with room for `capacity` bytes.
  init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// The bytes in use.
  @inline(__always)
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Forgets the bytes and keeps the memory.
  @inline(__always)
  func clear() { count = 0 }

  /// Forgets the bytes after the first `newCount`.
  @inline(__always)
  func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  /// Makes room for `extra` more bytes.
  @inline(__always)
  func reserve(_ extra: Int) {
    if extra > capacity - count { grow(extra) }
  }

  @inline(never)
  private func grow(_ extra: Int) {
    let wanted = max(capacity * 2, count + extra)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    larger.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }

  /// Appends `size` bytes of any content and returns their address, for the caller to fill.
  @inline(__always)
  func extend(_ size: Int) -> UnsafeMutableRawPointer {
    reserve(size)
    let start = base + count
    count += size
    return start
  }
}
