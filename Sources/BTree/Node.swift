import PageStore

/// A view of a tree page. Its header has been checked, so counters and slots lie within the page;
/// each cell is checked when it is read. Valid as long as the page's bytes are.
struct Node {
  let base: UnsafeRawPointer
  let page: PageNumber
  let geometry: Geometry
  let level: Int
  let count: Int
  let cellStart: Int
  let gapBytes: Int
  let prefixLength: Int
  /// Bytes of a slot's head: 4 or 2.
  let headSize: Int

  /// Reads and checks the header.
  @inline(__always)
  init(_ base: UnsafeRawPointer, page: PageNumber, contentEnd: Int) throws(StoreError) {
    self.base = base
    self.page = page
    geometry = Geometry(contentEnd: contentEnd)
    level = Int(base.load(fromByteOffset: NodeLayout.level, as: UInt8.self))
    count = base.uint16(NodeLayout.count)
    let start = base.uint16(NodeLayout.cellStart)
    cellStart = start == 0 ? 65_536 : start
    gapBytes = base.uint16(NodeLayout.gapBytes)
    prefixLength = base.uint16(NodeLayout.prefixLength)
    headSize = Int(base.load(fromByteOffset: NodeLayout.headSize, as: UInt8.self))
    let slotsEnd = NodeLayout.slots &+ count &* (headSize &+ NodeLayout.slotCellSize)
    let cellEnd = contentEnd &- prefixLength
    guard slotsEnd <= cellStart, cellStart <= cellEnd, gapBytes <= cellEnd &- cellStart,
      prefixLength <= geometry.localKeyLimit, level <= NodeLayout.maxLevel,
      headSize == NodeShape.wideHead || headSize == NodeShape.narrowHead
    else { throw corrupt(page, "a tree page's header contradicts itself") }
  }

  @inline(__always) var isLeaf: Bool { level == 0 }
  @inline(__always) var cellEnd: Int { geometry.contentEnd &- prefixLength }
  @inline(__always) var prefix: UnsafeRawPointer { base + cellEnd }
  @inline(__always) var shape: NodeShape {
    NodeShape(prefixLength: prefixLength, headSize: headSize)
  }
  @inline(__always) var isNarrow: Bool { headSize == NodeShape.narrowHead }
  @inline(__always) var slotSize: Int { headSize &+ NodeLayout.slotCellSize }
  @inline(__always) var slotsEnd: Int { slotOffset(count) }
  /// Free bytes between slots and cells.
  @inline(__always) var contiguousFree: Int { cellStart &- slotsEnd }
  /// All free bytes, gaps included.
  @inline(__always) var totalFree: Int { contiguousFree &+ gapBytes }
  /// Bytes taken by slots, cells and prefix.
  @inline(__always) var usedBytes: Int { geometry.capacity &- totalFree }

  @inline(__always)
  func slotOffset(_ index: Int) -> Int {
    NodeLayout.slots &+ index &* slotSize
  }

  /// The head of a slot, as a number of as many bytes as heads have here.
  @inline(__always)
  func head(_ index: Int) -> Int { isNarrow ? narrowHead(index) : wideHead(index) }

  @inline(__always)
  func wideHead(_ index: Int) -> Int { Int(base.uint32(NodeLayout.slots &+ index &* 6)) }

  @inline(__always)
  func narrowHead(_ index: Int) -> Int { base.uint16(NodeLayout.slots &+ index &* 4) }

  /// The head of a slot as a number of four bytes: of a narrow one the last two are zero.
  @inline(__always)
  func wholeHead(_ index: Int) -> UInt32 {
    isNarrow
      ? UInt32(truncatingIfNeeded: narrowHead(index)) &<< 16
      : UInt32(truncatingIfNeeded: wideHead(index))
  }

  @inline(__always)
  func cellOffset(_ index: Int) -> Int {
    base.uint16(slotOffset(index) &+ headSize)
  }

  /// The child right of separator `index`; -1 is the leftmost.
  @inline(__always)
  func child(_ index: Int) throws(StoreError) -> PageNumber {
    if index < 0 { return base.uint32(NodeLayout.leftmostChild) }
    let offset = cellOffset(index)
    guard offset >= cellStart, offset &+ NodeLayout.childSize <= cellEnd else {
      throw corrupt(page, "a tree page's cell lies outside its cells")
    }
    return base.uint32(offset)
  }

  /// Where to write the page of child `index`.
  func childOffset(_ index: Int) -> Int {
    index < 0 ? NodeLayout.leftmostChild : cellOffset(index)
  }
}

extension UnsafeRawPointer {
  @inline(__always)
  func uint16(_ offset: Int) -> Int {
    Int(UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
  }

  @inline(__always)
  func uint32(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

/// The error for a page whose checksum holds but whose contents cannot be.
@inline(never)
func corrupt(_ page: PageNumber, _ what: StaticString) -> StoreError {
  StoreError(.corrupt, "\(what)", page: page)
}
