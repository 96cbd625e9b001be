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
    // The value's length takes three bytes at most.
    var room = -(NodeShape.wideHead + NodeLayout.slotCellSize + 3 + key.count)
    room -= LeafLengths.size(suffixLength: key.count, valueLength: 0)
    if position.sharesPrefix, node.shape.suits(suffixLength: key.count - node.prefixLength) {
      room += node.contiguousFree + node.prefixLength
    } else {
      // The page will be rewritten with a shorter prefix and perhaps larger heads, and a rewrite
      // leaves a 32nd free.
      room += node.totalFree + node.prefixLength - geometry.capacity / 32
      room -= node.count * (node.prefixLength + NodeShape.wideHead - node.headSize)
    }
    return max(min(room, geometry.localEntryLimit - key.count), 0)
  }
}
