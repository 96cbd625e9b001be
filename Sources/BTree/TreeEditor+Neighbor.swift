import PageStore

/// Two neighbors under one parent.
private struct Neighbors {
  var parent: Node
  /// The parent's slot of the separator between them.
  var slot: Int
  var left: Node
  var right: Node
}

extension TreeEditor {
  /// Makes room in a full leaf by giving entries to a neighbor under the same parent that has
  /// enough room, and inserts the entry into one of them; false if it has to be split after all.
  /// So leaves with entries in random order get fuller than splits alone would leave them. The
  /// fraction that must be free is a measured one, of a load of 200,000 rows with six indexes: at two
  /// fifths the file has 82.1 MB, at three tenths 80.7; at a fifth 80.1, but loads write half as many
  /// pages again.
  func insertWithNeighbor(
    _ node: Node, _ depth: Int, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> Bool {
    guard depth > 0, state.pointee.runLength < Self.runThreshold, node.count > 1,
      !(index == node.count && path.isRightEdge), !(index == 0 && path.isLeftEdge),
      let pair = try neighbors(of: node, path.steps[depth - 1])
    else { return false }
    let left = try copyPage(pair.left)
    neighborCopy.replace(pair.right.base, source.contentEnd)
    let right = try Node(
      UnsafeRawPointer(neighborCopy.base), page: pair.right.page, contentEnd: source.contentEnd)
    entries.removeAll(keepingCapacity: true)
    entries.reserveCapacity(left.count + right.count + 1)
    for slot in 0..<left.count { entries.append(try left.entry(slot)) }
    for slot in 0..<right.count { entries.append(try right.entry(slot)) }
    entries.insert(entry, at: node.page == left.page ? index : left.count + index)
    return try divide(pair)
  }

  /// The leaf and that of its neighbors that has more room, if it is worth the while.
  private func neighbors(
    of node: Node, _ step: TreePath.Step
  ) throws(StoreError) -> Neighbors? {
    let parent = try source.node(step.page)
    var least = source.geometry.capacity * 3 / 10
    var found: Neighbors?
    if step.index + 1 < parent.count {
      let right = try source.node(try parent.child(step.index + 1), level: 0)
      if right.totalFree >= least {
        least = right.totalFree + 1
        found = Neighbors(parent: parent, slot: step.index + 1, left: node, right: right)
      }
    }
    if step.index >= 0 {
      let left = try source.node(try parent.child(step.index - 1), level: 0)
      if left.totalFree >= least {
        found = Neighbors(parent: parent, slot: step.index, left: left, right: node)
      }
    }
    guard found == nil || found?.left.page != found?.right.page else {
      throw corrupt(parent.page, "a tree page names a child twice")
    }
    return found
  }

  /// Writes `entries`, which are in copies, into two pages in halves, if both halves and the
  /// separator between them fit.
  private func divide(_ pair: Neighbors) throws(StoreError) -> Bool {
    let boundary = evenBoundary(pair)
    guard boundary > 0, boundary < entries.count,
      entries[boundary - 1].commonPrefix(entries[boundary]) < entries[boundary].localKeyLength,
      let left = try fittingShape(0..<boundary),
      let right = try fittingShape(boundary..<entries.count)
    else { return false }
    var separator = try makeSeparator(entries[boundary - 1], entries[boundary])
    separator.child = pair.right.page
    guard try replaceSeparator(pair.parent, pair.slot, separator) else { return false }
    build(try source.edit(pair.left.page), 0..<boundary, level: 0, leftmostChild: 0, left)
    build(
      try source.edit(pair.right.page), boundary..<entries.count, level: 0, leftmostChild: 0,
      right)
    return true
  }

  /// The shape of a leaf with some of `entries`.
  private func fittingShape(_ range: Range<Int>) throws(StoreError) -> NodeShape? {
    guard let first = range.first, let last = range.last else { return nil }
    return try shape(
      range, isLeaf: true,
      prefixLength: first == last ? 0 : entries[first].commonPrefix(entries[last]),
      limit: source.geometry.capacity)
  }

  /// How many of `entries` take about half of the bytes.
  private func evenBoundary(_ pair: Neighbors) -> Int {
    let shape = NodeShape(
      prefixLength: min(pair.left.prefixLength, pair.right.prefixLength),
      headSize: NodeShape.wideHead)
    let used = pair.left.usedBytes + pair.right.usedBytes
    var left = 0
    for index in entries.indices {
      left += entries[index].slotAndCell(isLeaf: true, shape)
      if 2 * left >= used { return index + 1 }
    }
    return entries.count
  }

  /// Puts another separator in a slot's place if its node surely has room for it.
  private func replaceSeparator(
    _ parent: Node, _ slot: Int, _ separator: Entry
  ) throws(StoreError) -> Bool {
    let old = try parent.cellExtent(slot)
    let size = separator.cellSize(isLeaf: false, parent.shape)
    guard try parent.cellKey(slot).chain == 0, separator.begins(with: parent),
      parent.shape.suits(suffixLength: separator.keyLength - parent.prefixLength),
      size <= parent.contiguousFree + (old.offset == parent.cellStart ? old.size : 0)
    else { return false }
    let editor = try source.edit(parent.page)
    removeSlot(slot, old.offset, old.size, parent, editor)
    place(separator, size, at: slot, try source.node(editor), editor)
    return true
  }
}
