import PageStore

extension BulkLoader {
  /// Adds all entries of another tree, whose keys must be above those so far. Leaf by leaf: each
  /// cell is read where it is and written where it goes, with nothing in between.
  ///
  /// - Parameter transaction: what the other tree is read in; not the one that is written.
  /// - Throws: `exists` if the keys do not ascend, `corrupt` if a page is damaged.
  public func append(
    contentsOf tree: Tree, in transaction: PageTransaction
  ) throws(StoreError) {
    var copy = LeafCopy(self, PageSource(transaction: transaction, tree: tree))
    defer { copy.end() }
    try copy.run()
  }
}

/// One tree on its way into another.
private struct LeafCopy {
  let loader: BulkLoader
  let from: PageSource
  /// The leaves whose bytes the page under construction borrows. The last is the current one.
  var pinned: [PinnedPage] = []
  var path = TreePath()
  var keyBuffer = ScratchBuffer()
  var valueBuffer = ScratchBuffer()

  init(_ loader: BulkLoader, _ from: PageSource) {
    self.loader = loader
    self.from = from
  }

  mutating func end() {
    for page in pinned { from.transaction.unpin(page) }
    path.deallocate()
    keyBuffer.deallocate()
    valueBuffer.deallocate()
  }

  mutating func run() throws(StoreError) {
    var next = try leaf(isFirst: true)
    while let page = next {
      let pin = try from.transaction.pin(page, kind: .tree, owner: from.tree.id)
      pinned.append(pin)
      let node = try Node(pin.base, page: page, contentEnd: from.contentEnd)
      if node.count > 0 { try copy(node) }
      if pinned.count > Self.mostPinned { unpin() }
      next = try leaf(isFirst: false)
    }
    unpin()
  }

  /// More leaves than these are nearly empty: then it is better to copy twice.
  private static let mostPinned = 32

  /// Lets go of all leaves.
  private mutating func unpin() {
    loader.keepBorrowed()
    unpin(keeping: 0)
  }

  private mutating func unpin(keeping kept: Int) {
    while pinned.count > kept { from.transaction.unpin(pinned.removeFirst()) }
  }

  private mutating func leaf(isFirst: Bool) throws(StoreError) -> PageNumber? {
    from.transaction.enter()
    defer { from.transaction.leave() }
    return isFirst
      ? try path.descendToEdge(.forward, from).page : try path.advance(.forward, from)?.page
  }

  private mutating func copy(_ node: Node) throws(StoreError) {
    guard node.isLeaf else { throw corrupt(node.page, "a tree page is of a wrong level") }
    let leaf = try loader.leaf()
    let last = try node.entry(node.count &- 1)
    // What the last entry shares with the page's first one, all before it share.
    var shared = leaf.pointee.count > 0 ? leaf.pointee.entry(0).commonPrefix(last) : 0
    var before: Entry?
    var borrowed = 0
    for index in 0..<node.count {
      let entry = try node.entry(index)
      if entry.isLong(from.geometry) || entry.isLong(loader.source.geometry) {
        note(before, &borrowed)
        before = nil
        try appendWhole(node, index)
        shared = leaf.pointee.entry(0).commonPrefix(last)
        continue
      }
      try check(entry, after: before)
      before = entry
      borrowed &+= 1
      if loader.borrow(entry, leaf, sharedPrefix: shared) { continue }
      try loader.turnPage(leaf, before: entry)
      unpin(keeping: 1)
      _ = loader.borrow(entry, leaf, sharedPrefix: 0)
      shared = entry.commonPrefix(last)
    }
    note(before, &borrowed)
  }

  /// Refuses an entry that is not above the one before.
  @inline(__always)
  private mutating func check(_ entry: Entry, after before: Entry?) throws(StoreError) {
    if let before {
      guard before.isBelow(entry) else { throw BulkLoader.notAscending }
    } else {
      keyBuffer.count = 0
      keyBuffer.reserve(entry.localKeyLength)
      keyBuffer.count = entry.copyLocalKey(from: 0, to: keyBuffer.base)
      try loader.checkOrder(keyBuffer.bytes)
    }
  }

  /// Tells the loader which entries it has borrowed.
  private func note(_ last: Entry?, _ count: inout Int) {
    guard let last else { return }
    let state = loader.state
    state.pointee.lastKey.count = 0
    state.pointee.lastKey.reserve(last.localKeyLength)
    state.pointee.lastKey.count = last.copyLocalKey(from: 0, to: state.pointee.lastKey.base)
    state.pointee.count &+= count
    count = 0
  }

  /// Adds an entry with overflow pages, or that will have some.
  private mutating func appendWhole(_ node: Node, _ index: Int) throws(StoreError) {
    let cell = try node.leafCell(index)
    keyBuffer.replace(node, cell.key)
    var value = UnsafeRawBufferPointer(start: cell.value, count: cell.valueLength)
    if cell.key.chain != 0 || cell.valueChain != 0 {
      from.transaction.enter()
      defer { from.transaction.leave() }
      if cell.key.chain != 0 {
        try Overflow.read(
          chain: cell.key.chain, length: cell.key.keyLength - keyBuffer.count,
          into: &keyBuffer, from)
      }
      if cell.valueChain != 0 {
        try cell.loadValue(into: &valueBuffer, from)
        value = valueBuffer.bytes
      }
    }
    try loader.append(keyBuffer.bytes, value)
  }
}

extension Entry {
  /// Whether it comes before another one of the same page; neither goes on in overflow pages.
  @inline(__always)
  fileprivate func isBelow(_ other: Entry) -> Bool {
    if head != other.head { return head < other.head }
    let order = Bytes.compare(suffix, suffixLength, other.suffix, other.suffixLength)
    if order != 0 { return order < 0 }
    if headLength != other.headLength { return headLength < other.headLength }
    return keyLength < other.keyLength
  }
}
