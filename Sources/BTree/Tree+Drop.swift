import PageStore

extension Tree {
  /// Frees all pages of the tree. O(pages); needs little memory.
  public func drop(in transaction: PageTransaction) throws(StoreError) {
    try freeBelowRoot(in: transaction)
    try transaction.free(root, kind: .tree, owner: id)
  }

  /// Deletes all entries; the root stays. O(pages).
  public func removeAll(in transaction: PageTransaction) throws(StoreError) {
    try freeBelowRoot(in: transaction)
    transaction.enter()
    defer { transaction.leave() }
    let contentEnd = transaction.contentEnd
    try transaction.edit(root, kind: .tree, owner: id).rewriteAll { base in
      NodeBuilder(
        base, contentEnd: contentEnd, level: 0, leftmostChild: 0, prefixOf: nil,
        NodeShape(prefixLength: 0, headSize: NodeShape.wideHead)
      ).finish()
    }
  }

  /// Frees all pages but the root, with an explicit stack: a tree of any size needs no recursion.
  private func freeBelowRoot(in transaction: PageTransaction) throws(StoreError) {
    let source = PageSource(transaction: transaction, tree: self)
    var stack: [(page: PageNumber, level: Int?)] = [(root, nil)]
    while let (page, level) = stack.popLast() {
      transaction.enter()
      defer { transaction.leave() }
      let node = try source.node(page)
      guard level == nil || node.level == level else {
        throw corrupt(page, "a tree page is of a wrong level")
      }
      try freeChains(node, source)
      if !node.isLeaf {
        for index in -1..<node.count {
          stack.append((try node.child(index), node.level - 1))
        }
      }
      if page != root { try source.free(page) }
    }
  }

  /// Frees the overflow pages of a node's entries.
  private func freeChains(_ node: Node, _ source: PageSource) throws(StoreError) {
    for index in 0..<node.count {
      if node.isLeaf {
        let cell = try node.leafCell(index)
        try cell.key.freeRest(source)
        try cell.freeValue(source)
      } else {
        try node.cellKey(index).freeRest(source)
      }
    }
  }
}
