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

  /// Where entries are added.
  let sink: EntrySink
  private var state: UnsafeMutablePointer<EntrySink.State> { sink.state }

  init() { sink = EntrySink() }

  deinit { sink.deallocate() }

  /// The number of entries.
  @inline(__always)
  var count: Int { sink.state.pointee.count }

  /// Bytes that all entries take.
  var byteCount: Int { state.pointee.byteCount + count * Self.entrySize }

  /// Bytes that an entry takes beside its key.
  static var entrySize: Int { MemoryLayout<Item>.stride }

  func clear() {
    state.pointee.count = 0
    state.pointee.byteCount = 0
    state.pointee.isOrdered = true
  }

  /// Adds a key with a number of the caller's.
  @inline(__always)
  func add(_ key: UnsafeRawBufferPointer, tag: UInt32) { sink.add(key, tag: tag) }

  @inline(__always)
  func bytes(of item: Item) -> UnsafeRawBufferPointer { sink.bytes(of: item) }

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
    return bytes(of: sink.state.pointee.items[rank])
  }

  /// The number that was added with an entry.
  @inline(__always)
  func tag(_ rank: Int) -> UInt32 {
    precondition(rank >= 0 && rank < count)
    return sink.state.pointee.items[rank].tag
  }
}
