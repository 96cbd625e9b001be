/// What the entries of a page share: how much of a key its slot and its cell need not hold.
struct NodeShape: Equatable {
  /// Bytes that all keys begin with.
  var prefixLength: Int
  /// Bytes of a slot's head: 4, or 2 in a page whose keys have at most two bytes after the prefix.
  var headSize: Int

  static let wideHead = 4
  static let narrowHead = 2

  @inline(__always) var slotSize: Int { headSize &+ NodeLayout.slotCellSize }
  @inline(__always) var isNarrow: Bool { headSize == NodeShape.narrowHead }

  /// A head of four bytes without those that do not fit.
  @inline(__always)
  func narrowed(_ head: UInt32) -> UInt32 { isNarrow ? head & 0xFFFF_0000 : head }

  /// Whether heads hold as much as they should of a key with so many bytes after the prefix.
  @inline(__always)
  func suits(suffixLength: Int) -> Bool { !isNarrow || suffixLength <= headSize }
}

/// The lengths at the front of a leaf's cell: twice that of the key after the prefix, plus 1 if
/// there is a value, whose length then follows.
enum LeafLengths {
  @inline(__always)
  static func size(suffixLength: Int, valueLength: Int) -> Int {
    Bytes.varintSize(suffixLength &* 2) &+ (valueLength == 0 ? 0 : Bytes.varintSize(valueLength))
  }

  /// Writes them and returns their size.
  @inline(__always)
  static func write(
    suffixLength: Int, valueLength: Int, to cell: UnsafeMutableRawPointer
  ) -> Int {
    let hasValue = valueLength == 0 ? 0 : 1
    let size = Bytes.writeVarint(suffixLength &* 2 &+ hasValue, to: cell)
    return hasValue == 0 ? size : size &+ Bytes.writeVarint(valueLength, to: cell + size)
  }
}
