import PageStore

/// Writes a whole node, entry by entry in key order, into a page's bytes.
/// The caller has made sure that everything fits.
struct NodeBuilder {
  private let base: UnsafeMutableRawPointer
  private let contentEnd: Int
  private let isLeaf: Bool
  private let prefixLength: Int
  private(set) var count = 0
  private var cellStart: Int

  /// Begins a node whose keys share the first `prefixLength` bytes of `sample`.
  init(
    _ base: UnsafeMutableRawPointer, contentEnd: Int, level: Int, leftmostChild: PageNumber,
    prefixOf sample: Entry?, prefixLength: Int
  ) {
    self.base = base
    self.contentEnd = contentEnd
    isLeaf = level == 0
    self.prefixLength = prefixLength
    cellStart = contentEnd &- prefixLength
    base.storeBytes(
      of: UInt16(truncatingIfNeeded: level).littleEndian, toByteOffset: NodeLayout.level,
      as: UInt16.self)
    base.storeBytes(
      of: leftmostChild.littleEndian, toByteOffset: NodeLayout.leftmostChild, as: UInt32.self)
    if let sample, prefixLength > 0 {
      let fromPrefix = min(prefixLength, sample.prefixLength)
      (base + cellStart).copyMemory(from: sample.prefix, byteCount: fromPrefix)
      (base + cellStart + fromPrefix).copyMemory(
        from: sample.suffix, byteCount: prefixLength &- fromPrefix)
    }
  }

  @inline(__always)
  mutating func add(_ entry: Entry) {
    let size = entry.cellSize(isLeaf: isLeaf, prefixLength: prefixLength)
    cellStart &-= size
    let head = entry.writeCell(to: base + cellStart, isLeaf: isLeaf, prefixLength: prefixLength)
    let slot = base + Node.slotOffset(count)
    slot.storeBytes(of: head.littleEndian, as: UInt32.self)
    slot.storeBytes(
      of: UInt16(truncatingIfNeeded: cellStart).littleEndian,
      toByteOffset: NodeLayout.slotCell, as: UInt16.self)
    count &+= 1
  }

  /// Writes the counters and clears the free space, so that a page tells nothing of its past.
  func finish() {
    let counters = [
      (NodeLayout.count, count), (NodeLayout.cellStart, cellStart), (NodeLayout.gapBytes, 0),
      (NodeLayout.prefixLength, prefixLength), (NodeLayout.prefixLength + 2, 0),
    ]
    for (offset, value) in counters {
      base.storeBytes(
        of: UInt16(truncatingIfNeeded: value).littleEndian, toByteOffset: offset,
        as: UInt16.self)
    }
    let slotsEnd = Node.slotOffset(count)
    (base + slotsEnd).initializeMemory(as: UInt8.self, repeating: 0, count: cellStart &- slotsEnd)
  }
}
