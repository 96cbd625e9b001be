/// Where the entries of a ``SortedEntries`` are added: its memory, as plain bits, so that loops over
/// rows count no references.
///
/// A key can be built in place: `reserve` room for each of its parts, write them behind the bytes in
/// use, and `end` it.
struct EntrySink {
  typealias Item = SortedEntries.Item

  struct State {
    var items = UnsafeMutablePointer<Item>.allocate(capacity: 64)
    var capacity = 64
    var count = 0
    var isOrdered = true
    var bytes = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
    var byteCapacity = 4096
    var byteCount = 0
  }

  /// Bytes behind a key that heads are read from.
  private static let slack = 8

  let state: UnsafeMutablePointer<State>

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  func deallocate() {
    state.pointee.items.deallocate()
    state.pointee.bytes.deallocate()
    state.deallocate()
  }

  @inline(__always)
  func bytes(of item: Item) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: state.pointee.bytes + Int(item.offset), count: Int(item.length))
  }

  /// Makes room for more bytes of a key of which `used` bytes are written, and answers where they go.
  @inline(__always)
  func reserve(_ more: Int, behind used: Int) -> UnsafeMutableRawPointer {
    let end = state.pointee.byteCount &+ used
    if end &+ more &+ Self.slack > state.pointee.byteCapacity { growBytes(end, more) }
    return state.pointee.bytes + end
  }

  @inline(never)
  private func growBytes(_ end: Int, _ more: Int) {
    let capacity = max(state.pointee.byteCapacity * 2, end + more + Self.slack)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: state.pointee.bytes, byteCount: end)
    state.pointee.bytes.deallocate()
    state.pointee.bytes = larger
    state.pointee.byteCapacity = capacity
  }

  @inline(never)
  private func growItems() {
    let capacity = state.pointee.capacity * 2
    let larger = UnsafeMutablePointer<Item>.allocate(capacity: capacity)
    larger.moveInitialize(from: state.pointee.items, count: state.pointee.count)
    state.pointee.items.deallocate()
    state.pointee.items = larger
    state.pointee.capacity = capacity
  }

  /// Adds a key with a number of the caller's.
  @inline(__always)
  func add(_ key: UnsafeRawBufferPointer, tag: UInt32) {
    let place = reserve(key.count, behind: 0)
    if let start = key.baseAddress { place.copyMemory(from: start, byteCount: key.count) }
    end(key.count, tag: tag)
  }

  /// Adds the key of so many bytes for which room was reserved.
  @inline(__always)
  func end(_ length: Int, tag: UInt32) {
    let state = state
    let offset = state.pointee.byteCount
    let start = UnsafeRawPointer(state.pointee.bytes + offset)
    let head = Self.head(start, length)
    let count = state.pointee.count
    if state.pointee.isOrdered, count > 0 {
      let last = state.pointee.items[count &- 1]
      state.pointee.isOrdered =
        last.head < head
        || (last.head == head
          && RawBytes.compare(
            bytes(of: last), UnsafeRawBufferPointer(start: start, count: length)) < 0)
    }
    if count == state.pointee.capacity { growItems() }
    (state.pointee.items + count).initialize(
      to: Item(
        head: head, offset: UInt32(truncatingIfNeeded: offset),
        length: UInt32(truncatingIfNeeded: length), tag: tag))
    state.pointee.count = count &+ 1
    state.pointee.byteCount = offset &+ length
  }

  /// The head of what follows the first bytes of a key.
  @inline(__always)
  func head(of item: Item, behind depth: Int) -> UInt64 {
    let length = Int(item.length)
    let skipped = min(depth, length)
    return Self.head(state.pointee.bytes + Int(item.offset) + skipped, length - skipped)
  }

  /// Eight bytes of a key as a number, zeros behind its end. Eight bytes must be readable.
  @inline(__always)
  private static func head(_ start: UnsafeRawPointer, _ length: Int) -> UInt64 {
    let word = UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
    return length >= 8 ? word : word & ~(~0 >> UInt64(truncatingIfNeeded: length &* 8))
  }
}
