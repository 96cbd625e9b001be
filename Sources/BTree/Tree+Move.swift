import PageStore

extension Tree {
  /// Moves pages of the tree that lie at `limit` or behind it to free pages before them, so that the
  /// file can end earlier. The root stays where it is. O(inner pages), and with `includingChains`
  /// O(pages).
  ///
  /// - Parameters:
  ///   - limit: pages from here on are to be moved.
  ///   - budget: how many pages may be moved; what is left of it.
  ///   - includingChains: Whether overflow pages are looked for, too.
  /// - Returns: Whether nothing is left to move; false when the budget ended, or when no page that
  ///   lies lower is free.
  public func movePages(
    from limit: PageNumber, budget: inout Int, includingChains: Bool,
    in transaction: PageTransaction
  ) throws(StoreError) -> Bool {
    let mover = PageMover(
      source: PageSource(transaction: transaction, tree: self), limit: limit,
      movesChains: includingChains)
    return try mover.run(&budget)
  }
}

/// Moves pages of one tree, with an explicit stack.
private struct PageMover {
  /// Where a page is named: in another page, at an offset.
  struct Link {
    var page: PageNumber
    var kind: PageKind
    var offset: Int
  }

  let source: PageSource
  let limit: PageNumber
  let movesChains: Bool

  /// A page to visit, its level and where it is named; the root has neither.
  private typealias Visit = (page: PageNumber, level: Int?, link: Link?)

  func run(_ budget: inout Int) throws(StoreError) -> Bool {
    var stack: [Visit] = [(source.tree.root, nil, nil)]
    while let visit = stack.popLast() {
      source.transaction.enter()
      defer { source.transaction.leave() }
      var page = visit.page
      if let link = visit.link, page >= limit {
        guard let moved = try move(page, .tree, link, &budget) else { return false }
        page = moved
      }
      if visit.level == 0, !movesChains { continue }
      let node = try source.node(page)
      guard visit.level == nil || node.level == visit.level else {
        throw corrupt(page, "a tree page is of a wrong level")
      }
      if movesChains {
        guard try moveChains(of: page, node, &budget) else { return false }
      }
      if !node.isLeaf { try pushChildren(of: page, &stack) }
    }
    return true
  }

  private func pushChildren(of page: PageNumber, _ stack: inout [Visit]) throws(StoreError) {
    let node = try source.node(page)
    for index in -1..<node.count {
      let child = try node.child(index)
      // Below the lowest inner nodes only what is to be moved matters.
      if node.level == 1, !movesChains, child < limit { continue }
      let link = Link(page: page, kind: .tree, offset: node.childOffset(index))
      stack.append((child, node.level - 1, link))
    }
  }

  /// Moves the overflow pages of a node's entries. Their cells stay as they are but for the first
  /// page's number.
  private func moveChains(
    of page: PageNumber, _ node: Node, _ budget: inout Int
  ) throws(StoreError) -> Bool {
    for index in 0..<node.count {
      // Moving a page may have changed where this one's bytes are.
      let node = try source.node(page)
      let key = try node.cellKey(index)
      let extent = try node.cellExtent(index)
      let cellEnd = extent.offset + extent.size
      if key.chain != 0 {
        let end = node.isLeaf ? try node.leafCell(index).value - node.base : cellEnd
        let length = key.keyLength - source.geometry.localKeyLength(key.keyLength)
        let link = Link(page: page, kind: .tree, offset: end - NodeLayout.chainSize)
        guard try moveChain(key.chain, length, link, &budget) else { return false }
      }
      guard node.isLeaf else { continue }
      let cell = try source.node(page).leafCell(index)
      guard cell.valueChain != 0 else { continue }
      let link = Link(page: page, kind: .tree, offset: cellEnd - NodeLayout.chainSize)
      let length = cell.valueLength - cell.localValueLength
      guard try moveChain(cell.valueChain, length, link, &budget) else { return false }
    }
    return true
  }

  private func moveChain(
    _ chain: PageNumber, _ length: Int, _ first: Link, _ budget: inout Int
  ) throws(StoreError) -> Bool {
    var reader = OverflowReader(source, chain: chain, length: length)
    var link = first
    var page = chain
    while try reader.read() != nil {
      if page >= limit {
        guard let moved = try move(page, .overflow, link, &budget) else { return false }
        page = moved
      }
      link = Link(page: page, kind: .overflow, offset: OverflowLayout.next)
      page = reader.next
    }
    return true
  }

  /// Copies a page to a free one before it, and names that one instead. Nil when the budget has ended
  /// or no such page is free.
  private func move(
    _ page: PageNumber, _ kind: PageKind, _ link: Link, _ budget: inout Int
  ) throws(StoreError) -> PageNumber? {
    guard budget > 0 else { return nil }
    let transaction = source.transaction
    let owner = source.tree.id
    let copy = try transaction.allocate(kind: kind, owner: owner)
    guard copy.number < page else {
      try transaction.free(copy.number, kind: kind, owner: owner)
      return nil
    }
    let bytes = try transaction.page(page, kind: kind, owner: owner)
    copy.rewriteAll { target in
      (target + PageHeader.size).copyMemory(
        from: bytes + PageHeader.size, byteCount: source.contentEnd - PageHeader.size)
    }
    try transaction.edit(link.page, kind: link.kind, owner: owner)
      .writeUInt32(copy.number, at: link.offset)
    try transaction.free(page, kind: kind, owner: owner)
    budget -= 1
    return copy.number
  }
}
