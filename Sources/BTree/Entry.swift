import PageStore

/// An entry on its way into a page: a new one, or one of another page.
/// Points to bytes that others own.
struct Entry {
  /// Key bytes at the front: the prefix of the page it comes from.
  var prefix: UnsafeRawPointer
  var prefixLength: Int
  /// Key bytes after the prefix: those of the slot it comes from, the first one highest.
  var head: UInt32 = 0
  var headLength = 0
  /// The local key's last part: what the cell held.
  var suffix: UnsafeRawPointer
  var suffixLength: Int
  /// Length of the whole key.
  var keyLength: Int
  /// What follows the local key in the cell.
  var tail: UnsafeRawPointer
  var tailLength: Int
  /// Leaf: length of the whole value.
  var valueLength: Int
  /// Inner node: the child right of the separator.
  var child: PageNumber

  @inline(__always) var localKeyLength: Int { prefixLength &+ headLength &+ suffixLength }

  /// Bytes of its cell in a page of this shape.
  @inline(__always)
  func cellSize(isLeaf: Bool, _ shape: NodeShape) -> Int {
    let suffixLength = keyLength &- shape.prefixLength
    let lengths =
      isLeaf
      ? LeafLengths.size(suffixLength: suffixLength, valueLength: valueLength)
      : NodeLayout.childSize &+ Bytes.varintSize(suffixLength)
    let rest = localKeyLength &- shape.prefixLength &- shape.headSize
    return lengths &+ max(rest, 0) &+ tailLength
  }

  /// Bytes of slot and cell.
  @inline(__always)
  func slotAndCell(isLeaf: Bool, _ shape: NodeShape) -> Int {
    cellSize(isLeaf: isLeaf, shape) &+ shape.slotSize
  }

  /// Writes its cell, and returns the slot's head.
  @inline(__always)
  func writeCell(
    to cell: UnsafeMutableRawPointer, isLeaf: Bool, _ shape: NodeShape
  ) -> UInt32 {
    var size = 0
    let wholeSuffix = keyLength &- shape.prefixLength
    if isLeaf {
      size = LeafLengths.write(
        suffixLength: wholeSuffix, valueLength: valueLength, to: cell)
    } else {
      cell.storeBytes(of: child.littleEndian, as: UInt32.self)
      size = NodeLayout.childSize
      size &+= Bytes.writeVarint(wholeSuffix, to: cell + size)
    }
    if localKeyLength > shape.prefixLength &+ shape.headSize {
      size &+= copyLocalKey(from: shape.prefixLength &+ shape.headSize, to: cell + size)
    }
    (cell + size).copyMemory(from: tail, byteCount: tailLength)
    return head(in: shape)
  }

  /// The head of its slot in a page of this shape.
  @inline(__always)
  private func head(in shape: NodeShape) -> UInt32 {
    if prefixLength &+ headLength == 0 {
      return shape.narrowed(
        Bytes.head(suffix + shape.prefixLength, suffixLength &- shape.prefixLength))
    }
    if prefixLength == shape.prefixLength, headLength >= shape.headSize || suffixLength == 0 {
      return shape.narrowed(head)
    }
    return gatheredHead(shape)
  }

  /// The same, byte by byte.
  @inline(never)
  private func gatheredHead(_ shape: NodeShape) -> UInt32 {
    var gathered: UInt32 = 0
    let end = min(localKeyLength, shape.prefixLength &+ shape.headSize)
    var place = UInt32(24)
    for index in min(shape.prefixLength, end)..<end {
      gathered |= UInt32(keyByte(index)) &<< place
      place &-= 8
    }
    return shape.narrowed(gathered)
  }

  /// Copies the local key's bytes from `start` on and returns their number.
  @inline(__always)
  func copyLocalKey(from start: Int, to target: UnsafeMutableRawPointer) -> Int {
    let skip = start &- prefixLength &- headLength
    if skip >= 0 {
      target.copyMemory(from: suffix + skip, byteCount: suffixLength &- skip)
    } else {
      copyFront(from: start, to: target)
      (target - skip).copyMemory(from: suffix, byteCount: suffixLength)
    }
    return localKeyLength &- start
  }

  /// Copies the first `count` bytes of the local key.
  func copyFront(_ count: Int, to target: UnsafeMutableRawPointer) {
    for index in 0..<count {
      target.storeBytes(of: keyByte(index), toByteOffset: index, as: UInt8.self)
    }
  }

  /// Copies prefix and head from `start` on.
  @inline(__always)
  private func copyFront(from start: Int, to target: UnsafeMutableRawPointer) {
    if start < prefixLength {
      target.copyMemory(from: prefix + start, byteCount: prefixLength &- start)
    }
    var index = max(start, prefixLength)
    while index < prefixLength &+ headLength {
      target.storeBytes(of: keyByte(index), toByteOffset: index &- start, as: UInt8.self)
      index &+= 1
    }
  }

  /// Byte `index` of the local key.
  @inline(__always)
  func keyByte(_ index: Int) -> UInt8 {
    if index < prefixLength { return prefix.load(fromByteOffset: index, as: UInt8.self) }
    let place = index &- prefixLength
    if place < headLength {
      return UInt8(
        truncatingIfNeeded: head &>> UInt32(truncatingIfNeeded: 24 &- 8 &* place))
    }
    return suffix.load(fromByteOffset: place &- headLength, as: UInt8.self)
  }

  /// How many local key bytes two entries begin with.
  func commonPrefix(_ other: Entry) -> Int {
    let limit = min(localKeyLength, other.localKeyLength)
    var shared = 0
    if prefixLength == other.prefixLength, headLength == other.headLength {
      shared = Bytes.commonPrefix(prefix, other.prefix, limit: prefixLength)
      if shared < prefixLength { return shared }
      let sameHead = min((head ^ other.head).leadingZeroBitCount / 8, headLength)
      shared &+= sameHead
      if sameHead < headLength { return shared }
      return shared &+ Bytes.commonPrefix(suffix, other.suffix, limit: limit &- shared)
    }
    while shared < limit, keyByte(shared) == other.keyByte(shared) { shared &+= 1 }
    return shared
  }
}

extension Node {
  /// Entry `index`, pointing into this page.
  @inline(__always)
  func entry(_ index: Int) throws(StoreError) -> Entry {
    let key: CellKey
    let tailEnd: Int
    var valueLength = 0
    var child: PageNumber = 0
    if isLeaf {
      let cell = try leafCell(index)
      key = cell.key
      valueLength = cell.valueLength
      tailEnd = cell.offset &+ cell.size
    } else {
      let extent = try cellExtent(index)
      key = try cellKey(index)
      child = base.uint32(extent.offset)
      tailEnd = extent.offset &+ extent.size
    }
    let tail = key.rest + key.restLength
    return Entry(
      prefix: prefix, prefixLength: prefixLength, head: key.head, headLength: key.headLength,
      suffix: key.rest, suffixLength: key.restLength, keyLength: key.keyLength, tail: tail,
      tailLength: tailEnd &- (tail - base), valueLength: valueLength, child: child)
  }
}
