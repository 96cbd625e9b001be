import PageStore

/// The cells of a leaf in which all is as it must be, each read once: what is noted here need not
/// be read again for its entries.
struct LeafCells {
  private var cells: UnsafeMutablePointer<LeafCell>
  private var capacity = 256
  /// One bit for each byte of a page: which belong to a cell.
  private let taken: UnsafeMutablePointer<UInt64>
  /// The page whose cells are noted; nil when there is none.
  private(set) var base: UnsafeRawPointer?
  /// Whether entries of it have overflow pages.
  private(set) var haveChains = false

  private static let words = 65_536 / 64

  init() {
    cells = .allocate(capacity: capacity)
    taken = .allocate(capacity: Self.words)
    taken.initialize(repeating: 0, count: Self.words)
  }

  func deallocate() {
    cells.deallocate()
    taken.deallocate()
  }

  @inline(__always)
  subscript(index: Int) -> LeafCell { cells[index] }

  /// Notes a leaf's cells if they lie one beside another and fill the cell area with the gaps, the
  /// heads of shorter keys are padded with zeros, and the keys ascend. False if not, or where that
  /// takes a look at other pages: a closer look must tell.
  mutating func note(_ node: Node) -> Bool {
    base = nil
    haveChains = false
    guard let total = read(node), total + node.gapBytes == node.cellEnd - node.cellStart else {
      return false
    }
    base = node.base
    return true
  }

  /// Reads all cells; the bytes that they take, or nil if something is not as it should be.
  private mutating func read(_ node: Node) -> Int? {
    if node.count > capacity { grow(node.count) }
    var total = 0
    var lowest = node.cellEnd
    var isDescending = true
    do throws(StoreError) {
      for index in 0..<node.count {
        let cell = try node.leafCell(index)
        (cells + index).initialize(to: cell)
        isDescending = isDescending && cell.offset &+ cell.size <= lowest
        lowest = cell.offset
        total &+= cell.size
        let key = cell.key
        if key.headLength < 4, key.head &<< UInt32(8 &* key.headLength) != 0 { return nil }
        if key.chain | cell.valueChain != 0 { haveChains = true }
        if index > 0, !Self.ascends(cells[index &- 1].key, key) { return nil }
      }
    } catch {
      return nil
    }
    return isDescending || areApart(node) ? total : nil
  }

  @inline(__always)
  private static func ascends(_ before: CellKey, _ key: CellKey) -> Bool {
    if before.head != key.head { return before.head < key.head }
    let order = Bytes.compare(before.rest, before.restLength, key.rest, key.restLength)
    if order != 0 { return order < 0 }
    if before.headLength != key.headLength { return before.headLength < key.headLength }
    // Where both go on in overflow pages those decide.
    return before.chain | key.chain == 0 && before.keyLength < key.keyLength
  }

  /// Whether no two of the cells overlap.
  private func areApart(_ node: Node) -> Bool {
    taken.update(repeating: 0, count: (node.cellEnd &+ 63) >> 6)
    for index in 0..<node.count where !take(cells[index].offset, cells[index].size) {
      return false
    }
    return true
  }

  /// Marks bytes as taken; false if some are already.
  @inline(__always)
  private func take(_ offset: Int, _ size: Int) -> Bool {
    var word = offset >> 6
    let last = (offset &+ size &- 1) >> 6
    var mask = UInt64.max &<< UInt64(offset & 63)
    var overlaps: UInt64 = 0
    while word < last {
      overlaps |= taken[word] & mask
      taken[word] |= mask
      mask = .max
      word &+= 1
    }
    mask &= UInt64.max &>> UInt64(63 &- (offset &+ size &- 1) & 63)
    overlaps |= taken[last] & mask
    taken[last] |= mask
    return overlaps == 0
  }

  private mutating func grow(_ count: Int) {
    cells.deallocate()
    capacity = max(count, capacity * 2)
    cells = .allocate(capacity: capacity)
  }
}
