import PageStore

/// The key of a cell.
struct CellKey {
  /// The slot's head: the first key bytes after the page's prefix, the first one highest.
  let head: UInt32
  /// How many of the head's bytes belong to the key.
  let headLength: Int
  /// The local key bytes after the head, in the cell.
  let rest: UnsafeRawPointer
  let restLength: Int
  /// Length of the whole key: prefix, suffix and what lies in overflow pages.
  let keyLength: Int
  /// First overflow page of the key's rest, or 0.
  let chain: PageNumber

  /// Length of the local key after the prefix.
  @inline(__always) var localSuffixLength: Int { headLength &+ restLength }
}

/// A cell of a leaf.
struct LeafCell {
  let offset: Int
  let size: Int
  let key: CellKey
  let valueLength: Int
  let value: UnsafeRawPointer
  let localValueLength: Int
  /// First overflow page of the value's rest, or 0.
  let valueChain: PageNumber
}

extension Node {
  /// Reads a varint that begins at `position` and moves behind it.
  @inline(__always)
  private func varint(_ position: inout Int) throws(StoreError) -> Int {
    guard position < cellEnd else { throw corrupt(page, "a tree page's cell is cut off") }
    let byte = base.load(fromByteOffset: position, as: UInt8.self)
    position &+= 1
    return byte < 0x80 ? Int(byte) : try longVarint(&position, first: byte)
  }

  private func longVarint(_ position: inout Int, first: UInt8) throws(StoreError) -> Int {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while shift < 35 {
      guard position < cellEnd else { throw corrupt(page, "a tree page's cell is cut off") }
      let byte = base.load(fromByteOffset: position, as: UInt8.self)
      position &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        guard value <= UInt64(UInt32.max) else { break }
        return Int(value)
      }
      shift &+= 7
    }
    throw corrupt(page, "a tree page's cell has an impossible length")
  }

  /// Where cell `index` begins, checked to lie among the cells.
  @inline(__always)
  private func checkedOffset(_ index: Int) throws(StoreError) -> Int {
    let offset = cellOffset(index)
    guard offset >= cellStart, offset < cellEnd else {
      throw corrupt(page, "a tree page's cell lies outside its cells")
    }
    return offset
  }

  /// Reads the key part after the lengths; `position` moves behind it.
  @inline(__always)
  private func key(
    _ index: Int, _ suffixLength: Int, _ position: inout Int
  ) throws(StoreError) -> CellKey {
    let keyLength = suffixLength &+ prefixLength
    let local = geometry.localKeyLength(keyLength) &- prefixLength
    let headLength = min(local, headSize)
    let rest = base + position
    position &+= local &- headLength
    guard position <= cellEnd, keyLength <= Tree.maxKeyLength
    else { throw corrupt(page, "a tree page's key does not fit its page") }
    var chain: PageNumber = 0
    if suffixLength > local { chain = try chainPage(&position) }
    return CellKey(
      head: wholeHead(index), headLength: headLength, rest: rest,
      restLength: local &- headLength, keyLength: keyLength, chain: chain)
  }

  @inline(never)
  private func chainPage(_ position: inout Int) throws(StoreError) -> PageNumber {
    guard position &+ NodeLayout.chainSize <= cellEnd else {
      throw corrupt(page, "a tree page's cell is cut off")
    }
    let chain = base.uint32(position)
    position &+= NodeLayout.chainSize
    guard chain != 0 else { throw corrupt(page, "a long entry lacks its overflow pages") }
    return chain
  }

  /// The key of cell `index`, of a leaf or an inner node.
  @inline(__always)
  func cellKey(_ index: Int) throws(StoreError) -> CellKey {
    var position = try checkedOffset(index)
    if isLeaf {
      let lengths = try varint(&position)
      if lengths & 1 == 1 { _ = try varint(&position) }
      return try key(index, lengths >> 1, &position)
    }
    position &+= NodeLayout.childSize
    let suffixLength = try varint(&position)
    return try key(index, suffixLength, &position)
  }

  /// Cell `index` of a leaf.
  @inline(__always)
  func leafCell(_ index: Int) throws(StoreError) -> LeafCell {
    let offset = try checkedOffset(index)
    var position = offset
    let lengths = try varint(&position)
    let valueLength = lengths & 1 == 1 ? try varint(&position) : 0
    let key = try key(index, lengths >> 1, &position)
    let value = base + position
    let local = geometry.localValueLength(keyLength: key.keyLength, valueLength: valueLength)
    position &+= local
    guard position <= cellEnd else { throw corrupt(page, "a tree page's cell is cut off") }
    var chain: PageNumber = 0
    if valueLength > local { chain = try chainPage(&position) }
    return LeafCell(
      offset: offset, size: position &- offset, key: key, valueLength: valueLength,
      value: value, localValueLength: local, valueChain: chain)
  }

  /// The key of cell `index` after the prefix, if it lies in the cell as a whole and its lengths take
  /// few bytes: where the bytes after the head are. Nil else, and where `cellKey` finds damage.
  @inline(__always)
  func plainKey(_ index: Int) -> (rest: UnsafeRawPointer, suffixLength: Int)? {
    let offset = cellOffset(index)
    var position = isLeaf ? offset : offset &+ NodeLayout.childSize
    guard offset >= cellStart, position < cellEnd else { return nil }
    var suffixLength = Int(base.load(fromByteOffset: position, as: UInt8.self))
    guard suffixLength < 0x80 else { return nil }
    position &+= 1
    if isLeaf {
      if suffixLength & 1 == 1 {
        guard position &+ 2 <= cellEnd else { return nil }
        if base.load(fromByteOffset: position, as: UInt8.self) >= 0x80 {
          position &+= 1
          guard base.load(fromByteOffset: position, as: UInt8.self) < 0x80 else { return nil }
        }
        position &+= 1
      }
      suffixLength >>= 1
    }
    guard position &+ max(suffixLength &- headSize, 0) <= cellEnd,
      suffixLength &+ prefixLength <= geometry.localKeyLimit
    else { return nil }
    return (base + position, suffixLength)
  }

  /// The same as what `cellKey` answers.
  @inline(__always)
  func plainCellKey(_ index: Int) -> CellKey? {
    guard let (rest, suffixLength) = plainKey(index) else { return nil }
    return CellKey(
      head: wholeHead(index), headLength: min(suffixLength, headSize), rest: rest,
      restLength: max(suffixLength &- headSize, 0), keyLength: suffixLength &+ prefixLength,
      chain: 0)
  }

  /// The value of cell `index` of a leaf if it and its key lie in the cell as a whole and its lengths
  /// take few bytes: the usual case, with few tests. Nil else, and where `leafCell` finds damage.
  @inline(__always)
  func plainValue(_ index: Int) -> UnsafeRawBufferPointer? {
    let offset = cellOffset(index)
    guard offset >= cellStart, offset &+ 4 <= cellEnd else { return nil }
    let lengths = Int(base.load(fromByteOffset: offset, as: UInt8.self))
    guard lengths < 0x80 else { return nil }
    var length = 0
    var position = offset &+ 1
    if lengths & 1 == 1 {
      length = Int(base.load(fromByteOffset: position, as: UInt8.self))
      position &+= 1
      if length >= 0x80 {
        let high = Int(base.load(fromByteOffset: position, as: UInt8.self))
        guard high < 0x80 else { return nil }
        length = length & 0x7F | high << 7
        position &+= 1
      }
    }
    let suffixLength = lengths >> 1
    let keyLength = suffixLength &+ prefixLength
    position &+= max(suffixLength &- headSize, 0)
    guard keyLength <= geometry.localKeyLimit,
      keyLength &+ length <= geometry.localEntryLimit, position &+ length <= cellEnd
    else { return nil }
    return UnsafeRawBufferPointer(start: base + position, count: length)
  }

  /// Where cell `index` begins and how many bytes it takes.
  @inline(__always)
  func cellExtent(_ index: Int) throws(StoreError) -> (offset: Int, size: Int) {
    if isLeaf {
      let cell = try leafCell(index)
      return (cell.offset, cell.size)
    }
    let offset = try checkedOffset(index)
    var position = offset &+ NodeLayout.childSize
    let suffixLength = try varint(&position)
    _ = try key(index, suffixLength, &position)
    return (offset, position &- offset)
  }
}
