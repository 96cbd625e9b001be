/// Entries of one tree, gathered in any order and then visited in the order of their keys.
///
/// Sorting moves 16 bytes per entry: the first 8 bytes of the key, big-endian, and where the entry
/// lies. Only equal heads look at the rest. Entries that came in order are not sorted at all.
final class SortedEntries {
  private struct Item {
    var head: UInt64
    var place: UInt32
    var length: UInt32
  }

  private var items: [Item] = []
  /// Where each key begins, in the order of adding.
  private var offsets: [Int] = []
  /// What goes with each key, in the order of adding.
  private var tags: [UInt32] = []
  private let bytes = ByteBuffer(capacity: 4096)
  private var isOrdered = true

  /// The number of entries.
  var count: Int { items.count }
  /// The bytes of all keys.
  var size: Int { bytes.count }

  func clear() {
    items.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    tags.removeAll(keepingCapacity: true)
    bytes.clear()
    isOrdered = true
  }

  /// Adds a key with a number of the caller's.
  @inline(__always)
  func add(_ key: UnsafeRawBufferPointer, tag: UInt32) {
    let head = Self.head(key)
    if isOrdered, let last = items.last {
      isOrdered =
        last.head < head || (last.head == head && RawBytes.compare(bytes(of: last), key) < 0)
    }
    items.append(
      Item(
        head: head, place: UInt32(truncatingIfNeeded: items.count),
        length: UInt32(truncatingIfNeeded: key.count)))
    offsets.append(bytes.count)
    tags.append(tag)
    bytes.append(key)
  }

  @inline(__always)
  private static func head(_ key: UnsafeRawBufferPointer) -> UInt64 {
    if key.count >= 8, let base = key.baseAddress {
      return UInt64(bigEndian: base.loadUnaligned(as: UInt64.self))
    }
    var head: UInt64 = 0
    for (index, byte) in key.enumerated() { head |= UInt64(byte) << UInt64(56 - index * 8) }
    return head
  }

  @inline(__always)
  private func bytes(of item: Item) -> UnsafeRawBufferPointer {
    let start = offsets[Int(item.place)]
    return UnsafeRawBufferPointer(rebasing: bytes.bytes[start..<start + Int(item.length)])
  }

  /// Puts the entries in the order of their keys; equal ones stay in the order of adding.
  func sort() {
    guard !isOrdered else { return }
    let base = UnsafeRawPointer(bytes.base)
    offsets.withUnsafeBufferPointer { offsets in
      items.sort { a, b in
        if a.head != b.head { return a.head < b.head }
        let order = RawBytes.compare(
          UnsafeRawBufferPointer(start: base + offsets[Int(a.place)], count: Int(a.length)),
          UnsafeRawBufferPointer(start: base + offsets[Int(b.place)], count: Int(b.length)))
        return order != 0 ? order < 0 : a.place < b.place
      }
    }
    isOrdered = true
  }

  /// The key of an entry, after ``sort()`` by its rank.
  @inline(__always)
  func key(_ rank: Int) -> UnsafeRawBufferPointer { bytes(of: items[rank]) }

  /// The number that was added with an entry.
  @inline(__always)
  func tag(_ rank: Int) -> UInt32 { tags[Int(items[rank].place)] }
}
