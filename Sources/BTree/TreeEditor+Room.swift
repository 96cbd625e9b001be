import PageStore

extension TreeEditor {
  /// How long the value of a key behind all others may be without another leaf being needed; 0 if
  /// the key is not behind all others. O(depth) pages.
  ///
  /// Who divides long values among entries fills pages by it.
  public func roomAtEnd(for key: UnsafeRawBufferPointer) throws(StoreError) -> Int {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let (node, position) = try locate(key.start, key.count)
    let geometry = source.geometry
    guard path.isRightEdge, !position.found, position.index == node.count,
      key.count <= geometry.localKeyLimit
    else { return 0 }
    // The lengths of key and value take one and three bytes at most.
    var room = -(NodeLayout.slotSize + 4 + key.count)
    if position.sharesPrefix {
      room += node.contiguousFree + node.prefixLength
    } else {
      // The page will be rewritten with a shorter prefix, and a rewrite leaves a 32nd free.
      room += node.totalFree + node.prefixLength
      room -= node.count * node.prefixLength + geometry.capacity / 32
    }
    return max(min(room, geometry.localEntryLimit - key.count), 0)
  }
}
