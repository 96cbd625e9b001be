import PageStore

extension TreeEditor {
  /// Inserts a separator that divides an inner node, and returns the entry that the parent needs:
  /// the separator at the middle moves up. Where separators only ever come at the tree's right
  /// edge, full nodes are left behind.
  func splitInner(
    _ node: Node, _ depth: Int, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> Entry {
    guard node.count >= 2 else {
      throw corrupt(node.page, "a tree page's separators take more room than they may")
    }
    let middle = try innerMiddle(node, entry, index)
    let promoted = try node.entry(middle)
    var separator = keepSeparator(promoted)

    entries.removeAll(keepingCapacity: true)
    for slot in middle + 1..<node.count { entries.append(try node.entry(slot)) }
    if index > middle { entries.insert(entry, at: index - middle - 1) }
    let right = try source.allocate()
    try buildHalf(right, level: node.level, leftmostChild: promoted.child, neighbor: promoted)
    try truncate(node, to: middle)
    if index <= middle { try insertIntoHalf(node.page, entry, index) }
    separator.child = right.number
    return separator
  }

  /// Which separator moves up. The new one goes left if it is not behind it.
  private func innerMiddle(
    _ node: Node, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> Int {
    let count = node.count
    let sharesPrefix = entry.begins(with: node)
    if index == count && (path.isRightEdge || !sharesPrefix) { return count - 1 }
    if index == 0 && (path.isLeftEdge || !sharesPrefix) { return 0 }
    let size = entry.slotAndCell(isLeaf: false, node.shape)
    let half = (node.usedBytes - node.prefixLength + size) / 2
    var left = index == 0 ? size : 0
    for slot in 0..<count - 1 {
      left += try node.cellExtent(slot).size + node.slotSize
      if slot + 1 == index { left += size }
      if left >= half { return max(slot, 1) }
    }
    return count - 1
  }

  /// Copies a separator that moves up to memory that outlives its page's change.
  private func keepSeparator(_ entry: Entry) -> Entry {
    self.separator.count = 0
    let length = entry.localKeyLength
    self.separator.reserve(length + entry.tailLength)
    let key = self.separator.base
    _ = entry.copyLocalKey(from: 0, to: key)
    (key + length).copyMemory(from: entry.tail, byteCount: entry.tailLength)
    return Entry(
      separator: key, localLength: length, keyLength: entry.keyLength,
      tailLength: entry.tailLength)
  }

  /// Makes the shortest separator between two neighbors: above the left one, not above the right
  /// one.
  func makeSeparator(_ left: Entry, _ right: Entry) throws(StoreError) -> Entry {
    let shared = left.commonPrefix(right)
    if shared < right.localKeyLength {
      self.separator.count = 0
      self.separator.reserve(right.localKeyLength)
      let key = self.separator.base
      _ = right.copyLocalKey(from: 0, to: key)
      return Entry(
        separator: key, localLength: shared + 1, keyLength: shared + 1, tailLength: 0)
    }
    return try makeLongSeparator(left, right)
  }

  /// The same for keys that differ only behind their local part.
  private func makeLongSeparator(
    _ left: Entry, _ right: Entry
  ) throws(StoreError) -> Entry {
    let local = right.localKeyLength
    guard right.keyLength > local, left.localKeyLength == local else {
      throw corrupt(path.leaf, "a tree page's keys are out of order")
    }
    var leftRest = ScratchBuffer()
    var rightRest = ScratchBuffer()
    defer {
      leftRest.deallocate()
      rightRest.deallocate()
    }
    try left.readRest(into: &leftRest, source)
    try right.readRest(into: &rightRest, source)
    let shared = Bytes.commonPrefix(
      leftRest.base, rightRest.base, limit: min(leftRest.count, rightRest.count))
    guard shared < rightRest.count else {
      throw corrupt(path.leaf, "a tree page's keys are out of order")
    }
    let chain = try Overflow.write(rightRest.base, shared + 1, source)
    self.separator.count = 0
    self.separator.reserve(local + NodeLayout.chainSize)
    self.separator.count = right.copyLocalKey(from: 0, to: self.separator.base)
    self.separator.appendUInt32(chain)
    return Entry(
      separator: self.separator.base, localLength: local, keyLength: local + shared + 1,
      tailLength: NodeLayout.chainSize)
  }
}

extension Entry {
  /// A separator whose local key and tail lie one behind the other.
  init(
    separator key: UnsafeMutableRawPointer, localLength: Int, keyLength: Int, tailLength: Int
  ) {
    self.init(
      prefix: UnsafeRawPointer(key), prefixLength: 0, suffix: UnsafeRawPointer(key),
      suffixLength: localLength, keyLength: keyLength,
      tail: UnsafeRawPointer(key + localLength), tailLength: tailLength, valueLength: 0,
      child: 0)
  }

  /// Appends the key bytes that lie in overflow pages, if any.
  func readRest(
    into buffer: inout ScratchBuffer, _ source: PageSource
  ) throws(StoreError) {
    guard keyLength > localKeyLength else { return }
    try Overflow.read(
      chain: tail.uint32(0), length: keyLength - localKeyLength, into: &buffer, source)
  }
}
