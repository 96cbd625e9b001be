import PageStore

extension Tree {
  /// Calls `body` with each entry of one leaf that can be read, in order. A leaf holds all that its
  /// entries are made of, so this needs no other node of the tree.
  ///
  /// - Returns: how many entries could not be read; nil when the page is no leaf.
  /// - Throws: what `body` throws, and `corrupt` when nothing of the page can be read.
  public func salvageLeaf(
    _ page: PageNumber, in transaction: PageTransaction,
    _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int? {
    let source = PageSource(transaction: transaction, tree: self)
    let pinned = try transaction.pin(page, kind: .tree, owner: id)
    defer { transaction.unpin(pinned) }
    let node = try Node(pinned.base, page: page, contentEnd: source.contentEnd)
    guard node.isLeaf else { return nil }
    var keys = ScratchBuffer()
    var values = ScratchBuffer()
    defer {
      keys.deallocate()
      values.deallocate()
    }
    var lost = 0
    for index in 0..<node.count {
      do throws(StoreError) {
        transaction.enter()
        defer { transaction.leave() }
        let cell = try node.leafCell(index)
        keys.replace(node, cell.key)
        if cell.key.chain != 0 {
          try Overflow.read(
            chain: cell.key.chain, length: cell.key.keyLength - keys.count, into: &keys, source)
        }
        try cell.loadValue(into: &values, source)
      } catch {
        lost += 1
        continue
      }
      try body(keys.bytes, values.bytes)
    }
    return lost
  }
}
