import PageStore

/// Walks the pages of one overflow chain. Each page must say exactly how much is left, so a chain
/// of damaged pages cannot go in circles.
struct OverflowReader {
  let source: PageSource
  private(set) var next: PageNumber
  private(set) var remaining: Int

  init(_ source: PageSource, chain: PageNumber, length: Int) {
    self.source = source
    next = chain
    remaining = length
  }

  /// The next page's data; nil behind the last page.
  mutating func read() throws(StoreError) -> UnsafeRawBufferPointer? {
    guard remaining > 0 else { return nil }
    let page = next
    let base = try source.overflow(page)
    guard Int(base.uint32(OverflowLayout.remaining)) == remaining else {
      throw corrupt(page, "an overflow page belongs to another entry or place")
    }
    let count = min(remaining, source.geometry.overflowCapacity)
    remaining &-= count
    next = base.uint32(OverflowLayout.next)
    guard (next == 0) == (remaining == 0) else {
      throw corrupt(page, "an overflow chain is too short or too long")
    }
    return UnsafeRawBufferPointer(start: base + OverflowLayout.data, count: count)
  }
}

/// Chains of overflow pages: what of long keys and values does not fit their cells.
enum Overflow {
  /// Pages written before the transaction may spill some of them.
  private static let burst = 64

  /// Compares bytes with a chain's.
  static func compare(
    _ bytes: UnsafeRawPointer, _ count: Int, chain: PageNumber, length: Int,
    _ source: PageSource
  ) throws(StoreError) -> Int {
    var reader = OverflowReader(source, chain: chain, length: length)
    var offset = 0
    while let data = try reader.read() {
      let order = Bytes.compare(
        bytes + offset, min(count &- offset, data.count), data.start, data.count)
      if order != 0 { return order }
      offset &+= data.count
    }
    return count &- offset
  }

  /// Appends a chain's bytes to a buffer.
  static func read(
    chain: PageNumber, length: Int, into buffer: inout ScratchBuffer, _ source: PageSource
  ) throws(StoreError) {
    // The buffer grows with pages really read, not with a length that a damaged page claims.
    var reader = OverflowReader(source, chain: chain, length: length)
    while let data = try reader.read() { buffer.append(data.start, data.count) }
  }

  /// Writes a new chain and returns its first page. Pointers into pages do not survive the call.
  static func write(
    _ bytes: UnsafeRawPointer, _ count: Int, _ source: PageSource
  ) throws(StoreError) -> PageNumber {
    let transaction = source.transaction
    let capacity = source.geometry.overflowCapacity
    var editor = try transaction.allocate(kind: .overflow, owner: source.tree.id)
    let first = editor.number
    var offset = 0
    var pages = 0
    while true {
      let here = min(count &- offset, capacity)
      let remaining = count &- offset
      let data = UnsafeRawBufferPointer(start: bytes + offset, count: here)
      offset &+= here
      if offset == count {
        writePage(editor, next: 0, remaining: remaining, data)
        return first
      }
      let next = try transaction.allocate(kind: .overflow, owner: source.tree.id)
      writePage(editor, next: next.number, remaining: remaining, data)
      editor = next
      pages &+= 1
      if pages % burst == 0 {
        transaction.leave()
        transaction.enter()
        editor = try transaction.edit(next.number, kind: .overflow, owner: source.tree.id)
      }
    }
  }

  private static func writePage(
    _ editor: PageEditor, next: PageNumber, remaining: Int, _ data: UnsafeRawBufferPointer
  ) {
    editor.writeUInt32(next, at: OverflowLayout.next)
    editor.writeUInt32(UInt32(truncatingIfNeeded: remaining), at: OverflowLayout.remaining)
    editor.write(data, at: OverflowLayout.data)
  }

  /// Frees a chain's pages.
  static func free(
    chain: PageNumber, length: Int, _ source: PageSource
  ) throws(StoreError) {
    var reader = OverflowReader(source, chain: chain, length: length)
    var page = chain
    while try reader.read() != nil {
      let next = reader.next
      try source.transaction.free(page, kind: .overflow, owner: source.tree.id)
      page = next
    }
  }
}
