import PageStore

/// One level of a tree under construction: the entries of its page that is not yet written.
struct BulkLevel {
  let level: Int
  /// Inner level: the page's leftmost child.
  var leftmostChild: PageNumber = 0
  /// Inner level: the separator before the child that comes next.
  private(set) var pending: Entry?
  private var pendingBytes = ScratchBuffer()

  private var entries: UnsafeMutablePointer<Entry>
  private var room = 256
  /// How many entries wait.
  private(set) var count = 0
  /// The bytes of those that were not borrowed.
  private var staged = ScratchBuffer(capacity: 4_096)
  private var shape = NodeShape(prefixLength: 0, headSize: NodeShape.narrowHead)
  /// Bytes of slots and cells.
  private var size = 0
  private var longestLocalKey = 0

  init(level: Int) {
    self.level = level
    entries = .allocate(capacity: room)
  }

  func deallocate() {
    entries.deallocate()
    pendingBytes.deallocate()
    staged.deallocate()
  }

  /// Adds an entry behind the others unless the page would then exceed `target` bytes of slots,
  /// cells and prefix; fewer than `minimum` entries may fill the page.
  ///
  /// - Parameters:
  ///   - sharedPrefix: bytes that the entry is known to begin with as the first one does.
  ///   - isBorrowed: the bytes stay where they are until the page is written; else they are copied.
  @inline(__always)
  mutating func add(
    _ entry: Entry, target: Int, minimum: Int, capacity: Int, sharedPrefix: Int = 0,
    isBorrowed: Bool = false
  ) -> Bool {
    var shape = shape
    if count == 0 {
      shape.prefixLength = entry.localKeyLength
    } else if shape.prefixLength > sharedPrefix {
      shape.prefixLength = min(shape.prefixLength, entries[0].commonPrefix(entry))
    }
    let longest = max(longestLocalKey, entry.localKeyLength)
    let isNarrow = longest <= shape.prefixLength + NodeShape.narrowHead
    shape.headSize = isNarrow ? NodeShape.narrowHead : NodeShape.wideHead
    var size = size
    if shape != self.shape { size = slotsAndCells(shape) }
    size += entry.slotAndCell(isLeaf: level == 0, shape)
    let limit = count < minimum ? capacity : target
    if size &+ (count == 0 ? 0 : shape.prefixLength) > limit { return false }
    self.shape = shape
    self.size = size
    longestLocalKey = longest
    if count == room { grow() }
    (entries + count).initialize(to: isBorrowed ? entry : stage(entry))
    count &+= 1
    return true
  }

  /// Copies an entry's bytes.
  private mutating func stage(_ entry: Entry) -> Entry {
    let offset = staged.count
    let local = entry.localKeyLength
    let before = UnsafeRawPointer(staged.base)
    staged.reserve(offset + local + entry.tailLength)
    if staged.base != before { moveStaged(from: before, size: offset) }
    let key = staged.base + offset
    _ = entry.copyLocalKey(from: 0, to: key)
    (key + local).copyMemory(from: entry.tail, byteCount: entry.tailLength)
    staged.count = offset + local + entry.tailLength
    var copy = Entry(
      separator: key, localLength: local, keyLength: entry.keyLength,
      tailLength: entry.tailLength)
    copy.valueLength = entry.valueLength
    copy.child = entry.child
    return copy
  }

  /// Copies the bytes of borrowed entries.
  mutating func keepBorrowed() {
    for index in 0..<count where !entries[index].isStaged(in: staged.base, staged.count) {
      entries[index] = stage(entries[index])
    }
  }

  /// Points the copied entries to where their bytes are now.
  private func moveStaged(from before: UnsafeRawPointer, size: Int) {
    for index in 0..<count where entries[index].isStaged(in: before, size) {
      let offset = entries[index].prefix - before
      entries[index].prefix = UnsafeRawPointer(staged.base + offset)
      entries[index].suffix = entries[index].prefix
      entries[index].tail = entries[index].prefix + entries[index].suffixLength
    }
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: room * 2)
    larger.moveInitialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    room *= 2
  }

  /// Bytes of slots and cells in another shape.
  private func slotsAndCells(_ shape: NodeShape) -> Int {
    var size = 0
    for index in 0..<count { size &+= entries[index].slotAndCell(isLeaf: level == 0, shape) }
    return size
  }

  /// Entry `index`; valid until the next one is added.
  func entry(_ index: Int) -> Entry { entries[index] }

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
    if count < 2 { shape = NodeShape(prefixLength: 0, headSize: NodeShape.wideHead) }
    page.rewriteAll { base in
      var builder = NodeBuilder(
        base, contentEnd: contentEnd, level: level, leftmostChild: leftmostChild,
        prefixOf: count == 0 ? nil : entries[0], shape)
      for index in 0..<count { builder.add(entries[index]) }
      builder.finish()
    }
    count = 0
    staged.count = 0
    size = 0
    longestLocalKey = 0
    shape = NodeShape(prefixLength: 0, headSize: NodeShape.narrowHead)
  }
}

extension Entry {
  /// Whether its bytes lie in some memory; where a page is there, they do not.
  fileprivate func isStaged(in base: UnsafeRawPointer, _ size: Int) -> Bool {
    prefix == suffix && prefix >= base && prefix < base + max(size, 1)
  }
}
