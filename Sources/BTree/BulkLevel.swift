import PageStore

/// One level of a tree under construction: the entries of its page that is not yet written.
struct BulkLevel {
  private struct Item {
    var offset: Int
    var localKeyLength: Int
    var keyLength: Int
    var tailLength: Int
    var valueLength: Int
    var child: PageNumber
  }

  let level: Int
  /// Inner level: the page's leftmost child.
  var leftmostChild: PageNumber = 0
  /// Inner level: the separator before the child that comes next.
  private(set) var pending: Entry?
  private var pendingBytes = ScratchBuffer()

  private var items: [Item] = []
  private var staged = ScratchBuffer(capacity: 4_096)
  private var shape = NodeShape(prefixLength: 0, headSize: NodeShape.narrowHead)
  /// Bytes of slots and cells.
  private var size = 0
  private var longestLocalKey = 0

  init(level: Int) {
    self.level = level
  }

  func deallocate() {
    pendingBytes.deallocate()
    staged.deallocate()
  }

  var count: Int { items.count }

  /// Adds an entry behind the others unless the page would then exceed `target` bytes of slots,
  /// cells and prefix; fewer than `minimum` entries may fill the page. The bytes are copied.
  mutating func add(_ entry: Entry, target: Int, minimum: Int, capacity: Int) -> Bool {
    var shape = shape
    shape.prefixLength =
      items.isEmpty
      ? entry.localKeyLength
      : shape.prefixLength == 0 ? 0 : min(shape.prefixLength, self.entry(0).commonPrefix(entry))
    let longest = max(longestLocalKey, entry.localKeyLength)
    let isNarrow = longest <= shape.prefixLength + NodeShape.narrowHead
    shape.headSize = isNarrow ? NodeShape.narrowHead : NodeShape.wideHead
    var size = size
    if shape != self.shape { size = slotsAndCells(shape) }
    size += entry.slotAndCell(isLeaf: level == 0, shape)
    let limit = items.count < minimum ? capacity : target
    if size + (items.isEmpty ? 0 : shape.prefixLength) > limit { return false }
    self.shape = shape
    self.size = size
    longestLocalKey = longest
    let offset = staged.count
    let local = entry.localKeyLength
    staged.reserve(offset + local + entry.tailLength)
    _ = entry.copyLocalKey(from: 0, to: staged.base + offset)
    (staged.base + offset + local).copyMemory(from: entry.tail, byteCount: entry.tailLength)
    staged.count = offset + local + entry.tailLength
    items.append(
      Item(
        offset: offset, localKeyLength: local, keyLength: entry.keyLength,
        tailLength: entry.tailLength, valueLength: entry.valueLength, child: entry.child))
    return true
  }

  /// Bytes of slots and cells in another shape.
  private func slotsAndCells(_ shape: NodeShape) -> Int {
    var size = 0
    for index in items.indices { size += entry(index).slotAndCell(isLeaf: level == 0, shape) }
    return size
  }

  /// Entry `index`; valid until the next one is added.
  func entry(_ index: Int) -> Entry {
    let item = items[index]
    let key = staged.base + item.offset
    var entry = Entry(
      separator: key, localLength: item.localKeyLength, keyLength: item.keyLength,
      tailLength: item.tailLength)
    entry.valueLength = item.valueLength
    entry.child = item.child
    return entry
  }

  /// Keeps a copy of the separator before the next child.
  mutating func setPending(_ separator: Entry) {
    let local = separator.localKeyLength
    pendingBytes.count = 0
    pendingBytes.reserve(local + separator.tailLength)
    _ = separator.copyLocalKey(from: 0, to: pendingBytes.base)
    (pendingBytes.base + local).copyMemory(
      from: separator.tail, byteCount: separator.tailLength)
    pending = Entry(
      separator: pendingBytes.base, localLength: local, keyLength: separator.keyLength,
      tailLength: separator.tailLength)
  }

  /// Writes the entries into a page, and forgets them.
  mutating func write(to page: PageEditor, contentEnd: Int) {
    // A lone entry keeps its key whole.
    var shape = shape
    if items.count < 2 { shape = NodeShape(prefixLength: 0, headSize: NodeShape.wideHead) }
    page.rewriteAll { base in
      var builder = NodeBuilder(
        base, contentEnd: contentEnd, level: level, leftmostChild: leftmostChild,
        prefixOf: items.isEmpty ? nil : entry(0), shape)
      for index in items.indices { builder.add(entry(index)) }
      builder.finish()
    }
    items.removeAll(keepingCapacity: true)
    staged.count = 0
    size = 0
    longestLocalKey = 0
    shape = NodeShape(prefixLength: 0, headSize: NodeShape.narrowHead)
  }
}
