/// Entries of one tree, gathered in any order and then visited in the order of their keys.
///
/// Sorting moves 24 bytes per entry: 8 bytes of the key, big-endian, where the key lies, and a number
/// of the caller's. Only equal heads look at the rest of the keys. Entries that came in order are not
/// sorted at all.
final class SortedEntries {
  struct Item {
    var head: UInt64
    var offset: UInt32
    var length: UInt32
    var tag: UInt32
  }

  /// What changes with each entry lies behind a pointer: accesses to a class's variables are
  /// checked at run time.
  struct State {
    var items = UnsafeMutablePointer<Item>.allocate(capacity: 64)
    var capacity = 64
    var count = 0
    var isOrdered = true
  }

  let state: UnsafeMutablePointer<State>
  let bytes = ByteBuffer(capacity: 4096)

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    state.pointee.items.deallocate()
    state.deallocate()
  }

  /// The number of entries.
  @inline(__always)
  var count: Int { state.pointee.count }

  /// Bytes that all entries take.
  var byteCount: Int { bytes.count + count * Self.entrySize }

  /// Bytes that an entry takes beside its key.
  static var entrySize: Int { MemoryLayout<Item>.stride }

  func clear() {
    state.pointee.count = 0
    state.pointee.isOrdered = true
    bytes.clear()
  }

  private func grow() {
    let capacity = state.pointee.capacity * 2
    let larger = UnsafeMutablePointer<Item>.allocate(capacity: capacity)
    larger.moveInitialize(from: state.pointee.items, count: count)
    state.pointee.items.deallocate()
    state.pointee.items = larger
    state.pointee.capacity = capacity
  }

  /// Adds a key with a number of the caller's.
  @inline(__always)
  func add(_ key: UnsafeRawBufferPointer, tag: UInt32) {
    let head = Self.head(key)
    let state = state
    if state.pointee.isOrdered, state.pointee.count > 0 {
      let last = state.pointee.items[state.pointee.count - 1]
      state.pointee.isOrdered =
        last.head < head || (last.head == head && RawBytes.compare(bytes(of: last), key) < 0)
    }
    if state.pointee.count == state.pointee.capacity { grow() }
    (state.pointee.items + state.pointee.count).initialize(
      to: Item(
        head: head, offset: UInt32(truncatingIfNeeded: bytes.count),
        length: UInt32(truncatingIfNeeded: key.count), tag: tag))
    state.pointee.count += 1
    bytes.append(key)
  }

  /// Eight bytes of a key as a number, zeros behind its end.
  @inline(__always)
  static func head(_ key: UnsafeRawBufferPointer) -> UInt64 {
    if key.count >= 8, let base = key.baseAddress {
      return UInt64(bigEndian: base.loadUnaligned(as: UInt64.self))
    }
    var head: UInt64 = 0
    for (index, byte) in key.enumerated() { head |= UInt64(byte) << UInt64(56 - index * 8) }
    return head
  }

  @inline(__always)
  func bytes(of item: Item) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.base + Int(item.offset), count: Int(item.length))
  }

  /// Puts the entries in the order of their keys; equal ones stay in the order of adding.
  func sort() {
    guard !state.pointee.isOrdered else { return }
    let spare = UnsafeMutablePointer<Item>.allocate(capacity: count)
    defer { spare.deallocate() }
    sort(UnsafeMutableBufferPointer(start: state.pointee.items, count: count), spare, depth: 0)
    state.pointee.isOrdered = true
  }

  /// The key of an entry, after ``sort()`` by its rank.
  @inline(__always)
  func key(_ rank: Int) -> UnsafeRawBufferPointer {
    precondition(rank >= 0 && rank < count)
    return bytes(of: state.pointee.items[rank])
  }

  /// The number that was added with an entry.
  @inline(__always)
  func tag(_ rank: Int) -> UInt32 {
    precondition(rank >= 0 && rank < count)
    return state.pointee.items[rank].tag
  }
}
