import PageStore

extension TreeEditor {
  /// Merges neighboring leaves where two fit into one, from a place of the tree on, as far as a budget
  /// goes. Only leaves below the same inner node are neighbors here.
  ///
  /// - Parameters:
  ///   - place: a key at or above which to look; nil for all. Becomes where to go on.
  ///   - budget: how many merges may be made; what is left of it.
  /// - Returns: Whether the end of the tree was reached.
  public func mergeLeaves(
    from place: inout [UInt8]?, budget: inout Int
  ) throws(StoreError) -> Bool {
    defer { forgetPath() }
    while budget > 0 {
      source.transaction.enter()
      defer { source.transaction.leave() }
      var node = try source.node(source.tree.root)
      guard !node.isLeaf else { return true }
      var fence: [UInt8]?
      while node.level > 1 {
        let index = try child(of: node, holding: place)
        if index + 1 < node.count { fence = try wholeKey(node, index + 1) }
        node = try source.node(try node.child(index), level: node.level - 1)
      }
      guard try mergeAll(below: node.page, &budget) else { return false }
      place = fence
      if fence == nil { return true }
    }
    return false
  }

  /// Merges neighboring inner nodes where two fit into one, and drops roots of one child. O(inner
  /// pages).
  public func mergeInnerNodes() throws(StoreError) {
    defer { forgetPath() }
    var stack: [(page: PageNumber, childrenAreDone: Bool)] = [(source.tree.root, false)]
    while let (page, childrenAreDone) = stack.popLast() {
      source.transaction.enter()
      defer { source.transaction.leave() }
      let node = try source.node(page)
      guard node.level > 1 else { continue }
      if childrenAreDone {
        var budget = Int.max
        _ = try mergeAll(below: page, &budget)
        continue
      }
      stack.append((page, true))
      guard node.level > 2 else { continue }
      for index in -1..<node.count {
        let child = try source.node(try node.child(index), level: node.level - 1)
        stack.append((child.page, false))
      }
    }
    source.transaction.enter()
    defer { source.transaction.leave() }
    try collapseRoot()
  }

  /// Merges children of one node where two fit into one; false when the budget ended.
  private func mergeAll(below page: PageNumber, _ budget: inout Int) throws(StoreError) -> Bool {
    // Some room stays, lest the next insert split what was merged.
    let limit = source.geometry.capacity - source.geometry.capacity / 16
    var slot = 0
    while true {
      let node = try source.node(page)
      guard slot < node.count else { return true }
      guard budget > 0 else { return false }
      if try mergeChildren(of: node, at: slot, limit) { budget -= 1 } else { slot += 1 }
    }
  }

  private func child(of node: Node, holding key: [UInt8]?) throws(StoreError) -> Int {
    guard let key else { return -1 }
    let found = key.withUnsafeBytes { key in
      Result { () throws(StoreError) in try node.childIndex(key.start, key.count, source) }
    }
    return try found.get()
  }

  private func wholeKey(_ node: Node, _ index: Int) throws(StoreError) -> [UInt8] {
    let key = try node.cellKey(index)
    separator.replace(node, key)
    if key.chain != 0 {
      try Overflow.read(
        chain: key.chain, length: key.keyLength - separator.count, into: &separator, source)
    }
    return [UInt8](separator.bytes)
  }
}
