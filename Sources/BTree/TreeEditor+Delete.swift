import PageStore

extension TreeEditor {
  /// Deletes an entry. O(depth) pages.
  ///
  /// - Returns: whether the key was present.
  public func delete(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let (node, position) = try locate(key.start, key.count)
    guard position.found else { return false }
    state.pointee.runLength = 0
    let cell = try node.leafCell(position.index)
    let editor = try source.edit(node.page)
    if cell.key.chain != 0 || cell.valueChain != 0 {
      try cell.key.freeRest(source)
      try cell.freeValue(source)
    }
    removeSlot(position.index, cell.offset, cell.size, node, editor)
    let left = node.usedBytes &- cell.size
    if node.count == 1 {
      try removeEmptyLeaf()
    } else if left < source.geometry.capacity / 4 {
      try mergeUpward()
    }
    return true
  }

  /// Takes a slot away; its cell becomes free space.
  @inline(__always)
  func removeSlot(
    _ index: Int, _ cellOffset: Int, _ cellSize: Int, _ node: Node, _ editor: PageEditor
  ) {
    let slot = node.slotOffset(index)
    let moved = (node.count &- index &- 1) &* node.slotSize
    if moved > 0 { editor.move(from: slot &+ node.slotSize, to: slot, count: moved) }
    let isLowest = cellOffset == node.cellStart
    writeCounters(
      count: node.count &- 1, cellStart: isLowest ? cellOffset &+ cellSize : node.cellStart,
      gapBytes: isLowest ? node.gapBytes : node.gapBytes &+ cellSize, editor)
  }

  /// Frees the leaf that `path` leads to, which has become empty, and ancestors that lose their
  /// only child with it. The root stays, at last as an empty leaf.
  private func removeEmptyLeaf() throws(StoreError) {
    guard path.depth > 0 else { return }
    defer { forgetPath() }
    try source.free(path.leaf)
    var depth = path.depth - 1
    var step = path.steps[depth]
    var node = try source.node(step.page)
    while node.count == 0 {
      if depth == 0 {
        entries.removeAll(keepingCapacity: true)
        try rewriteCollected(
          node.page, level: 0, leftmostChild: 0,
          NodeShape(prefixLength: 0, headSize: NodeShape.wideHead))
        return
      }
      try source.free(node.page)
      depth -= 1
      step = path.steps[depth]
      node = try source.node(step.page)
    }
    try removeChild(node, step.index)
    try mergeUpward(from: depth)
  }

  /// Takes a child out of an inner node that has others, with the separator next to it.
  private func removeChild(_ node: Node, _ index: Int) throws(StoreError) {
    let editor = try source.edit(node.page)
    let slot = max(index, 0)
    try node.cellKey(slot).freeRest(source)
    if index < 0 { editor.writeUInt32(try node.child(0), at: NodeLayout.leftmostChild) }
    let extent = try node.cellExtent(slot)
    removeSlot(slot, extent.offset, extent.size, node, editor)
  }

  /// Merges the page at some depth of `path` with a neighbor if it has become small, and then its
  /// ancestors. Merges are lazy: a page is left alone until it is less than a quarter full.
  @inline(never)
  private func mergeUpward(from bottom: Int? = nil) throws(StoreError) {
    var depth = bottom ?? path.depth
    let capacity = source.geometry.capacity
    while depth > 0 {
      let node = try source.node(path.page(at: depth))
      guard node.usedBytes < capacity / 4 else { return }
      let limit = node.count == 0 ? capacity : capacity - capacity / 8
      let step = path.steps[depth - 1]
      let parent = try source.node(step.page)
      // The right neighbor first: `separator` is the slot between the two.
      if try !mergeChildren(of: parent, at: step.index + 1, limit) {
        guard try mergeChildren(of: parent, at: step.index, limit) else { return }
      }
      forgetPath()
      depth -= 1
    }
    try collapseRoot()
  }

  /// Merges the children left and right of a separator into the left one if they fit.
  func mergeChildren(
    of parent: Node, at slot: Int, _ limit: Int
  ) throws(StoreError) -> Bool {
    guard slot >= 0, slot < parent.count else { return false }
    let level = parent.level - 1
    let original = try source.node(try parent.child(slot - 1), level: level)
    let right = try source.node(try parent.child(slot), level: level)
    guard original.page != right.page else {
      throw corrupt(parent.page, "a tree page names a child twice")
    }
    guard original.usedBytes + right.usedBytes <= limit else { return false }
    let left = try copyPage(original)
    entries.removeAll(keepingCapacity: true)
    for index in 0..<left.count { entries.append(try left.entry(index)) }
    if level > 0 {
      var separator = try parent.entry(slot)
      separator.child = right.base.uint32(NodeLayout.leftmostChild)
      entries.append(separator)
    }
    for index in 0..<right.count { entries.append(try right.entry(index)) }
    guard
      let shape = try shape(
        isLeaf: level == 0, prefixLength: sharedPrefix(neighbor: nil), limit: limit)
    else { return false }
    try rewriteCollected(
      left.page, level: level, leftmostChild: left.base.uint32(NodeLayout.leftmostChild),
      shape)
    try source.free(right.page)
    // An inner separator has moved down with its overflow pages.
    if level == 0 { try parent.cellKey(slot).freeRest(source) }
    let extent = try parent.cellExtent(slot)
    removeSlot(slot, extent.offset, extent.size, parent, try source.edit(parent.page))
    return true
  }

  /// Pulls the contents of a root's only child up into the root.
  func collapseRoot() throws(StoreError) {
    while true {
      let root = try source.node(source.tree.root)
      guard !root.isLeaf, root.count == 0 else { return }
      let child = try source.node(try root.child(-1), level: root.level - 1)
      source.copyContents(of: child, to: try source.edit(root.page))
      try source.free(child.page)
      forgetPath()
    }
  }
}
