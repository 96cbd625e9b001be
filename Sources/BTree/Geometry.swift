/// How long keys and values are divided between a cell and its overflow pages, for one page size.
///
/// With U = content end - 48, the bytes of a page for slots, cells and prefix:
/// - the local key is the first `localKeyLimit` = U / 8 bytes of a key, or all of a shorter one;
/// - a value is local as a whole if local key and value together have at most U / 2 - 16 bytes;
/// - of any other value the first V mod (content end - 40) bytes are local if they are at most
///   U / 4, else none: so the last overflow page is never nearly empty.
///
/// So a leaf holds at least two entries and an inner node at least six: a page can always be
/// split in two.
struct Geometry {
  let contentEnd: Int

  @inline(__always)
  init(contentEnd: Int) {
    self.contentEnd = contentEnd
  }

  @inline(__always) var capacity: Int { contentEnd &- NodeLayout.slots }
  @inline(__always) var localKeyLimit: Int { capacity >> 3 }
  @inline(__always) var localEntryLimit: Int { (capacity >> 1) &- 16 }
  @inline(__always) var overflowCapacity: Int { contentEnd &- OverflowLayout.data }

  /// Bytes of a key that lie in its cell (with the page's prefix).
  @inline(__always)
  func localKeyLength(_ keyLength: Int) -> Int {
    min(keyLength, localKeyLimit)
  }

  /// Bytes of a value that lie in its cell.
  @inline(__always)
  func localValueLength(keyLength: Int, valueLength: Int) -> Int {
    if localKeyLength(keyLength) &+ valueLength <= localEntryLimit { return valueLength }
    return spilledLocalLength(valueLength)
  }

  @inline(never)
  private func spilledLocalLength(_ valueLength: Int) -> Int {
    let rest = valueLength % overflowCapacity
    return rest <= capacity / 4 ? rest : 0
  }
}
