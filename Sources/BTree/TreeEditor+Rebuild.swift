import PageStore

extension TreeEditor {
  /// Inserts an entry into a leaf that lacks room for it as it is: rewrites the leaf without gaps
  /// and with the right prefix, or splits it, and its ancestors as far as needed.
  @inline(never)
  func insertSlowly(
    _ newEntry: Entry, _ leaf: Node, _ leafIndex: Int
  ) throws(StoreError) {
    var entry = newEntry
    var node = leaf
    var index = leafIndex
    var depth = path.depth
    while try !insertWithoutSplit(entry, node, index, canBeFull: false) {
      if node.isLeaf, try insertWithNeighbor(node, depth, entry, index) { break }
      if depth == 0 {
        node = try pushRootDown()
        depth = 1
      }
      entry =
        try node.isLeaf
        ? splitLeaf(node, depth, entry, index) : splitInner(node, depth, entry, index)
      swap(&arrivingSeparator, &separator)
      depth -= 1
      let step = path.steps[depth]
      node = try source.node(step.page)
      index = step.index + 1
    }
    forgetPath()
  }

  /// Inserts an entry into a node of any level if it has room for it, perhaps after a rewrite.
  /// A page that a rewrite would leave nearly full had better be split, lest it be rewritten
  /// again and again; `canBeFull` rewrites it nevertheless.
  func insertWithoutSplit(
    _ entry: Entry, _ node: Node, _ index: Int, canBeFull: Bool
  ) throws(StoreError) -> Bool {
    #if TEST_SWITCHES
      if !canBeFull, TreeSwitches.splits(node) { return false }
    #endif
    let shape = node.shape
    let isLeaf = node.isLeaf
    let size = entry.slotAndCell(isLeaf: isLeaf, shape)
    let sharesPrefix = entry.begins(with: node)
    let isSuited =
      sharesPrefix && shape.suits(suffixLength: entry.keyLength - shape.prefixLength)
    if isSuited, node.contiguousFree >= size {
      place(entry, size - shape.slotSize, at: index, node, try source.edit(node.page))
      return true
    }
    if isSuited, node.totalFree < size, try !prefixCanGrow(node, entry) { return false }
    try collect(node, inserting: entry, at: index)
    let capacity = source.geometry.capacity
    let limit = canBeFull ? capacity : capacity - capacity / 32
    let prefixLength = sharedPrefix(neighbor: nil)
    guard
      let shape = try self.shape(isLeaf: isLeaf, prefixLength: prefixLength, limit: limit)
    else { return false }
    try rewriteCollected(
      node.page, level: node.level, leftmostChild: node.base.uint32(NodeLayout.leftmostChild),
      shape)
    return true
  }

  /// Whether all keys and the new one share more than the node's prefix.
  private func prefixCanGrow(_ node: Node, _ entry: Entry) throws(StoreError) -> Bool {
    guard node.count > 0 else { return false }
    let first = try node.entry(0)
    guard entry.commonPrefix(first) > node.prefixLength else { return false }
    return try node.entry(node.count - 1).commonPrefix(first) > node.prefixLength
  }

  /// Puts the node's entries and a new one into `entries`. They point into a copy of the page,
  /// so that the page itself can be rewritten from them.
  private func collect(
    _ node: Node, inserting entry: Entry, at index: Int
  ) throws(StoreError) {
    let copy = try copyPage(node)
    entries.removeAll(keepingCapacity: true)
    entries.reserveCapacity(copy.count + 1)
    for slot in 0..<index { entries.append(try copy.entry(slot)) }
    entries.append(entry)
    for slot in index..<copy.count { entries.append(try copy.entry(slot)) }
  }

  /// Copies a page to scratch memory.
  func copyPage(_ node: Node) throws(StoreError) -> Node {
    pageCopy.replace(node.base, source.contentEnd)
    return try Node(
      UnsafeRawPointer(pageCopy.base), page: node.page, contentEnd: source.contentEnd)
  }

  /// How many bytes all of `entries` begin with: that is, first and last. A single entry takes
  /// what it shares with a neighbor, since those that follow will share about as much.
  func sharedPrefix(neighbor: Entry?) -> Int {
    guard let first = entries.first, let last = entries.last else { return 0 }
    if entries.count > 1 { return first.commonPrefix(last) }
    guard let neighbor else { return 0 }
    return first.commonPrefix(neighbor)
  }

  /// A shape in which all of `entries` fit into `limit` bytes, or nil.
  func shape(
    isLeaf: Bool, prefixLength: Int, limit: Int
  ) throws(StoreError) -> NodeShape? {
    try shape(entries.indices, isLeaf: isLeaf, prefixLength: prefixLength, limit: limit)
  }

  /// The same of some of them: heads of two bytes where no key has more after the prefix, or where
  /// only they let the entries fit. Keys of a damaged page may lack what first and last share: they
  /// must not be written.
  func shape(
    _ range: Range<Int>, isLeaf: Bool, prefixLength: Int, limit: Int
  ) throws(StoreError) -> NodeShape? {
    let wide = NodeShape(prefixLength: prefixLength, headSize: NodeShape.wideHead)
    let narrow = NodeShape(prefixLength: prefixLength, headSize: NodeShape.narrowHead)
    guard let start = range.first else { return wide }
    let first = entries[start]
    var size = prefixLength
    var longest = 0
    for index in range {
      let entry = entries[index]
      if prefixLength > entry.prefixLength, entry.commonPrefix(first) < prefixLength {
        throw corrupt(path.leaf, "a tree page's keys are out of order")
      }
      size &+= entry.slotAndCell(isLeaf: isLeaf, wide)
      longest = max(longest, entry.keyLength &- prefixLength)
    }
    let suitsNarrow = narrow.suits(suffixLength: longest)
    if size <= limit && !suitsNarrow { return wide }
    var narrowSize = prefixLength
    for index in range { narrowSize &+= entries[index].slotAndCell(isLeaf: isLeaf, narrow) }
    return narrowSize <= limit ? narrow : nil
  }

  /// Rewrites a page from `entries`.
  func rewriteCollected(
    _ page: PageNumber, level: Int, leftmostChild: PageNumber, _ shape: NodeShape
  ) throws(StoreError) {
    build(
      try source.edit(page), entries.indices, level: level, leftmostChild: leftmostChild, shape)
  }

  /// Writes `entries` into a new page beside one that holds `neighbor`.
  func buildHalf(
    _ editor: PageEditor, level: Int, leftmostChild: PageNumber, neighbor: Entry
  ) throws(StoreError) {
    let capacity = source.geometry.capacity
    let prefixLength = sharedPrefix(neighbor: neighbor)
    // A longer prefix saves nothing in keys that end within their heads. What fits the old page's
    // prefix surely fits without the last bytes of a longer one.
    let shorter = max(prefixLength - NodeShape.wideHead, 0)
    let isLeaf = level == 0
    var shape = try shape(isLeaf: isLeaf, prefixLength: prefixLength, limit: capacity)
    if shape == nil {
      shape = try self.shape(isLeaf: isLeaf, prefixLength: shorter, limit: capacity)
    }
    // Overlapping cells of a damaged page could add up to more than a page.
    guard let shape else { throw corrupt(path.leaf, "a tree page's cells overlap") }
    build(editor, entries.indices, level: level, leftmostChild: leftmostChild, shape)
  }

  /// Writes some of `entries`, which fit in this shape, into a page.
  func build(
    _ editor: PageEditor, _ range: Range<Int>, level: Int, leftmostChild: PageNumber,
    _ shape: NodeShape
  ) {
    let contentEnd = source.contentEnd
    let entries = self.entries
    editor.rewriteAll { base in
      var builder = NodeBuilder(
        base, contentEnd: contentEnd, level: level, leftmostChild: leftmostChild,
        prefixOf: range.first.map { entries[$0] }, shape)
      for index in range { builder.add(entries[index]) }
      builder.finish()
    }
  }

  /// Moves the root's contents into a new page below it: the root itself never moves. Returns the
  /// new page.
  private func pushRootDown() throws(StoreError) -> Node {
    let root = try source.node(source.tree.root)
    let level = root.level + 1
    guard level <= NodeLayout.maxLevel else {
      throw corrupt(root.page, "a tree is too deep")
    }
    let child = try source.allocate()
    source.copyContents(of: root, to: child)
    entries.removeAll(keepingCapacity: true)
    try rewriteCollected(
      root.page, level: level, leftmostChild: child.number,
      NodeShape(prefixLength: 0, headSize: NodeShape.wideHead))
    path.pushedDown(root: root.page, into: child.number)
    return try source.node(child)
  }
}

extension Entry {
  /// Whether the key begins with a node's prefix: that of a new entry or of a separator, not of one
  /// that points into a page.
  @inline(__always)
  func begins(with node: Node) -> Bool {
    let length = node.prefixLength
    guard suffixLength >= length else { return false }
    return Bytes.commonPrefix(suffix, node.prefix, limit: length) == length
  }
}

extension PageSource {
  /// A new page of the tree.
  func allocate() throws(StoreError) -> PageEditor {
    try transaction.allocate(kind: .tree, owner: tree.id)
  }

  /// Makes a page hold what another holds.
  func copyContents(of node: Node, to editor: PageEditor) {
    let start = PageHeader.size
    let contentEnd = contentEnd
    editor.rewriteAll { base in
      (base + start).copyMemory(from: node.base + start, byteCount: contentEnd - start)
    }
  }
}
