import PageStore

/// An entry on its way into a page: a new one, or one of another page.
/// Points to bytes that others own.
struct Entry {
  /// Key bytes before `suffix`: the prefix of the page it comes from.
  var prefix: UnsafeRawPointer
  var prefixLength: Int
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

  @inline(__always) var localKeyLength: Int { prefixLength &+ suffixLength }

  /// Bytes of its cell in a page with this prefix.
  @inline(__always)
  func cellSize(isLeaf: Bool, prefixLength target: Int) -> Int {
    let lengths =
      isLeaf
      ? Bytes.varintSize(keyLength &- target) &+ Bytes.varintSize(valueLength)
      : NodeLayout.childSize &+ Bytes.varintSize(keyLength &- target)
    return lengths &+ localKeyLength &- target &+ tailLength
  }

  /// Writes its cell, and returns the slot's head.
  @inline(__always)
  func writeCell(
    to cell: UnsafeMutableRawPointer, isLeaf: Bool, prefixLength target: Int
  ) -> UInt32 {
    var size = 0
    if isLeaf {
      size = Bytes.writeVarint(keyLength &- target, to: cell)
      size &+= Bytes.writeVarint(valueLength, to: cell + size)
    } else {
      cell.storeBytes(of: child.littleEndian, as: UInt32.self)
      size = NodeLayout.childSize
      size &+= Bytes.writeVarint(keyLength &- target, to: cell + size)
    }
    let key = cell + size
    size &+= copyLocalKey(from: target, to: key)
    (cell + size).copyMemory(from: tail, byteCount: tailLength)
    return Bytes.head(UnsafeRawPointer(key), localKeyLength &- target)
  }

  /// Copies the local key's bytes from `start` on and returns their number.
  @inline(__always)
  func copyLocalKey(from start: Int, to target: UnsafeMutableRawPointer) -> Int {
    if start >= prefixLength {
      let skip = start &- prefixLength
      target.copyMemory(from: suffix + skip, byteCount: suffixLength &- skip)
    } else {
      let kept = prefixLength &- start
      target.copyMemory(from: prefix + start, byteCount: kept)
      (target + kept).copyMemory(from: suffix, byteCount: suffixLength)
    }
    return localKeyLength &- start
  }

  /// Byte `index` of the local key.
  @inline(__always)
  private func keyByte(_ index: Int) -> UInt8 {
    index < prefixLength
      ? prefix.load(fromByteOffset: index, as: UInt8.self)
      : suffix.load(fromByteOffset: index &- prefixLength, as: UInt8.self)
  }

  /// How many local key bytes two entries begin with.
  func commonPrefix(_ other: Entry) -> Int {
    let limit = min(localKeyLength, other.localKeyLength)
    if prefixLength == other.prefixLength {
      let shared = Bytes.commonPrefix(prefix, other.prefix, limit: min(prefixLength, limit))
      if shared < prefixLength { return shared }
      return shared
        &+ Bytes.commonPrefix(suffix, other.suffix, limit: limit &- prefixLength)
    }
    var shared = 0
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
    let tail = key.suffix + key.localSuffixLength
    return Entry(
      prefix: prefix, prefixLength: prefixLength, suffix: key.suffix,
      suffixLength: key.localSuffixLength, keyLength: key.keyLength, tail: tail,
      tailLength: tailEnd &- (tail - base), valueLength: valueLength, child: child)
  }
}
