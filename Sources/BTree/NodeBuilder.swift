import PageStore

/// Writes a whole node, entry by entry in key order, into a page's bytes.
/// The caller has made sure that everything fits.
struct NodeBuilder {
  private let base: UnsafeMutableRawPointer
  private let contentEnd: Int
  private let isLeaf: Bool
  private let shape: NodeShape
  private(set) var count = 0
  private var cellStart: Int

  /// Begins a node whose keys share the first bytes of `sample`, as many as its shape says.
  init(
    _ base: UnsafeMutableRawPointer, contentEnd: Int, level: Int, leftmostChild: PageNumber,
    prefixOf sample: Entry?, _ shape: NodeShape
  ) {
    self.base = base
    self.contentEnd = contentEnd
    isLeaf = level == 0
    self.shape = shape
    cellStart = contentEnd &- shape.prefixLength
    base.storeBytes(
      of: UInt8(truncatingIfNeeded: level), toByteOffset: NodeLayout.level, as: UInt8.self)
    base.storeBytes(
      of: UInt8(truncatingIfNeeded: shape.headSize), toByteOffset: NodeLayout.headSize,
      as: UInt8.self)
    base.storeBytes(
      of: leftmostChild.littleEndian, toByteOffset: NodeLayout.leftmostChild, as: UInt32.self)
    if let sample, shape.prefixLength > 0 {
      sample.copyFront(shape.prefixLength, to: base + cellStart)
    }
  }

  @inline(__always)
  mutating func add(_ entry: Entry) {
    let size = entry.cellSize(isLeaf: isLeaf, shape)
    cellStart &-= size
    let head = entry.writeCell(to: base + cellStart, isLeaf: isLeaf, shape)
    let slot = base + slotOffset(count)
    if shape.isNarrow {
      slot.storeBytes(of: UInt16(truncatingIfNeeded: head &>> 16).littleEndian, as: UInt16.self)
    } else {
      slot.storeBytes(of: head.littleEndian, as: UInt32.self)
    }
    slot.storeBytes(
      of: UInt16(truncatingIfNeeded: cellStart).littleEndian,
      toByteOffset: shape.headSize, as: UInt16.self)
    count &+= 1
  }

  @inline(__always)
  private func slotOffset(_ index: Int) -> Int { NodeLayout.slots &+ index &* shape.slotSize }

  /// Writes the counters and clears the free space, so that a page tells nothing of its past.
  func finish() {
    let counters = [
      (NodeLayout.count, count), (NodeLayout.cellStart, cellStart), (NodeLayout.gapBytes, 0),
      (NodeLayout.prefixLength, shape.prefixLength), (NodeLayout.prefixLength + 2, 0),
    ]
    for (offset, value) in counters {
      base.storeBytes(
        of: UInt16(truncatingIfNeeded: value).littleEndian, toByteOffset: offset,
        as: UInt16.self)
    }
    let slotsEnd = slotOffset(count)
    (base + slotsEnd).initializeMemory(as: UInt8.self, repeating: 0, count: cellStart &- slotsEnd)
  }
}
