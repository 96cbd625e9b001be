import PageStore

/// Where a key is in a node, or would be.
struct NodePosition {
  /// Slot of the first key that is not below the key sought.
  var index: Int
  /// Whether that key is the key sought.
  var found: Bool
  /// Whether the key sought begins with the page's prefix.
  var sharesPrefix: Bool
}

extension Node {
  /// Finds a key. Compares slot heads without branches, and looks at cells only where heads are
  /// equal.
  @inline(__always)
  func search(
    _ key: UnsafeRawPointer, _ keyLength: Int, _ source: PageSource
  ) throws(StoreError) -> NodePosition {
    let prefixLength = self.prefixLength
    if prefixLength > 0 {
      let order = Bytes.compare(key, min(keyLength, prefixLength), prefix, prefixLength)
      if order != 0 {
        return NodePosition(index: order < 0 ? 0 : count, found: false, sharesPrefix: false)
      }
    }
    let suffix = key + prefixLength
    let local = geometry.localKeyLength(keyLength) &- prefixLength
    let head = Bytes.head(suffix, local)
    var low = isLeaf ? coldLowerBound(head) : lowerBound(head, 0, count)
    guard low < count, self.head(low) == head else {
      return NodePosition(index: low, found: false, sharesPrefix: true)
    }
    var high = low &+ 1
    if high < count, self.head(high) == head {
      high = head == .max ? count : lowerBound(head &+ 1, high, count)
    }
    while low < high {
      let middle = (low &+ high) >> 1
      let order = try order(suffix, local, keyLength, middle, source)
      if order == 0 { return NodePosition(index: middle, found: true, sharesPrefix: true) }
      if order < 0 { high = middle } else { low = middle &+ 1 }
    }
    return NodePosition(index: low, found: false, sharesPrefix: true)
  }

  /// The first slot in a range whose head is not below `target`.
  @inline(__always)
  private func lowerBound(_ target: UInt32, _ from: Int, _ to: Int) -> Int {
    var low = from
    var length = to &- from
    guard length > 0 else { return low }
    let wanted = Int(target)
    while length > 1 {
      let half = length >> 1
      // All ones if the probed head is below: arithmetic instead of a branch that guesses wrong
      // half of the time.
      let below = (Int(head(low &+ half &- 1)) &- wanted) >> (Int.bitWidth - 1)
      low &+= half & below
      length &-= half
    }
    return Int(head(low)) < wanted ? low &+ 1 : low
  }

  /// The first slot whose head is not below `target`, for a page that is likely not in the
  /// processor's cache: probes that do not wait for each other, one per cache line, instead of a
  /// chain of misses.
  @inline(__always)
  private func coldLowerBound(_ target: UInt32) -> Int {
    let stride = 8
    guard count <= 192 else { return lowerBound(target, 0, count) }
    let wanted = Int(target)
    var probe = stride &- 1
    var below = 0
    while probe < count {
      below &-= (Int(head(probe)) &- wanted) >> (Int.bitWidth - 1)
      probe &+= stride
    }
    var low = below &* stride
    let end = min(low &+ stride, count)
    var index = low
    while index < end {
      low &-= (Int(head(index)) &- wanted) >> (Int.bitWidth - 1)
      index &+= 1
    }
    return low
  }

  /// Compares the key sought with the key of a cell that shares the page's prefix.
  @inline(__always)
  private func order(
    _ suffix: UnsafeRawPointer, _ local: Int, _ keyLength: Int, _ index: Int,
    _ source: PageSource
  ) throws(StoreError) -> Int {
    let cell = try cellKey(index)
    let order = Bytes.compare(suffix, local, cell.suffix, cell.localSuffixLength)
    if order != 0 || (keyLength <= geometry.localKeyLimit && cell.chain == 0) { return order }
    return try longOrder(suffix + local, keyLength, cell, source)
  }

  /// The same where the local bytes are equal and at least one key is longer.
  @inline(never)
  private func longOrder(
    _ rest: UnsafeRawPointer, _ keyLength: Int, _ cell: CellKey, _ source: PageSource
  ) throws(StoreError) -> Int {
    let restLength = keyLength &- geometry.localKeyLength(keyLength)
    let cellRestLength = cell.keyLength &- geometry.localKeyLength(cell.keyLength)
    if restLength == 0 || cellRestLength == 0 { return restLength &- cellRestLength }
    return try Overflow.compare(
      rest, restLength, chain: cell.chain, length: cellRestLength, source)
  }

  /// The child that holds a key: its separator's slot, or -1 for the leftmost.
  @inline(__always)
  func childIndex(
    _ key: UnsafeRawPointer, _ keyLength: Int, _ source: PageSource
  ) throws(StoreError) -> Int {
    let position = try search(key, keyLength, source)
    return position.found ? position.index : position.index &- 1
  }
}
