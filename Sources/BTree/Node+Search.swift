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
  /// Finds a key. Looks at cells only where slot heads are equal.
  ///
  /// - Parameter firstSlot: what the function of that name has found for the key.
  @inline(__always)
  func search(
    _ key: UnsafeRawPointer, _ keyLength: Int, _ source: PageSource, firstSlot: Int? = nil
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
    let head = Int(Bytes.head(suffix, local)) >> (isNarrow ? 16 : 0)
    var low = firstSlot ?? lowerBound(head, 0, count)
    guard low < count, self.head(low) == head else {
      return NodePosition(index: low, found: false, sharesPrefix: true)
    }
    var high = low &+ 1
    if high < count, self.head(high) == head { high = lowerBound(head &+ 1, high, count) }
    while low < high {
      let middle = (low &+ high) >> 1
      let order = try order(suffix, local, keyLength, middle, source)
      if order == 0 { return NodePosition(index: middle, found: true, sharesPrefix: true) }
      if order < 0 { high = middle } else { low = middle &+ 1 }
    }
    return NodePosition(index: low, found: false, sharesPrefix: true)
  }

  /// The first slot that may be that of a key, without a look at any cell: `search` decides.
  @inline(__always)
  func firstSlot(_ key: UnsafeRawPointer, _ keyLength: Int) -> Int {
    guard keyLength > prefixLength else { return 0 }
    let local = geometry.localKeyLength(keyLength) &- prefixLength
    let head = Int(Bytes.head(key + prefixLength, local)) >> (isNarrow ? 16 : 0)
    return lowerBound(head, 0, count)
  }

  /// The first slot in a range whose head is not below a number.
  @inline(__always)
  private func lowerBound(_ wanted: Int, _ from: Int, _ to: Int) -> Int {
    isNarrow
      ? lowerBound(wanted, from, to, isNarrow: true)
      : lowerBound(wanted, from, to, isNarrow: false)
  }

  /// The same, compiled once for each size of heads.
  ///
  /// Probes at fixed distances do not wait for each other: in a page that the processor's cache
  /// lacks, they cost one miss together where a binary search has a chain of misses, and in the
  /// cache they are no slower. All comparisons are arithmetic, since branches would be guessed
  /// wrong half of the time.
  @inline(__always)
  private func lowerBound(_ wanted: Int, _ from: Int, _ to: Int, isNarrow: Bool) -> Int {
    var low = from
    var length = to &- from
    while length > 1_024 {
      let half = length >> 1
      low &+= half & below(low &+ half &- 1, wanted, isNarrow)
      length &-= half
    }
    if length > 192 {
      // Few probes far apart first: what lies between two of them is a few lines.
      low = skip(wanted, low, length, isNarrow, stride: 64)
      length = min(64, to &- low)
    }
    return scan(wanted, low, length, isNarrow, stride: 8)
  }

  /// The start of the stretch that ends the search: so many slots from it on.
  @inline(__always)
  private func skip(
    _ wanted: Int, _ from: Int, _ length: Int, _ isNarrow: Bool, stride: Int
  ) -> Int {
    let end = from &+ length
    var probe = from &+ stride &- 1
    var strides = 0
    while probe < end {
      strides &-= below(probe, wanted, isNarrow)
      probe &+= stride
    }
    return from &+ strides &* stride
  }

  /// The first slot in a range whose head is not below a number: by probes at a distance first, and
  /// between two of them then.
  @inline(__always)
  private func scan(
    _ wanted: Int, _ from: Int, _ length: Int, _ isNarrow: Bool, stride: Int
  ) -> Int {
    let end = from &+ length
    var low = skip(wanted, from, length, isNarrow, stride: stride)
    let last = min(low &+ stride, end)
    var index = low
    while index < last {
      low &-= below(index, wanted, isNarrow)
      index &+= 1
    }
    return low
  }

  /// All ones if a slot's head is below a number, else zero.
  @inline(__always)
  private func below(_ index: Int, _ wanted: Int, _ isNarrow: Bool) -> Int {
    ((isNarrow ? narrowHead(index) : wideHead(index)) &- wanted) >> (Int.bitWidth - 1)
  }

  /// Compares the key sought with the key of a cell that shares the page's prefix and has the
  /// same head. Where one of them ends within the head, only the lengths can differ.
  @inline(__always)
  private func order(
    _ suffix: UnsafeRawPointer, _ local: Int, _ keyLength: Int, _ index: Int,
    _ source: PageSource
  ) throws(StoreError) -> Int {
    if keyLength <= geometry.localKeyLimit, let cell = plainKey(index) {
      let order = Bytes.compare(
        suffix + headSize, max(local &- headSize, 0), cell.rest,
        max(cell.suffixLength &- headSize, 0))
      return order != 0 ? order : local &- cell.suffixLength
    }
    return try anyOrder(suffix, local, keyLength, index, source)
  }

  @inline(never)
  private func anyOrder(
    _ suffix: UnsafeRawPointer, _ local: Int, _ keyLength: Int, _ index: Int,
    _ source: PageSource
  ) throws(StoreError) -> Int {
    let cell = try cellKey(index)
    let order = Bytes.compare(
      suffix + headSize, max(local &- headSize, 0), cell.rest, cell.restLength)
    if order != 0 { return order }
    if local != cell.localSuffixLength { return local &- cell.localSuffixLength }
    if keyLength <= geometry.localKeyLimit && cell.chain == 0 { return 0 }
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
