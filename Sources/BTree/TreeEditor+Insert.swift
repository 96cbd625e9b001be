import PageStore

/// What an insert does with a key that is present.
public enum Conflict: Sendable {
  /// Leaves the entry as it is.
  case keep
  /// Gives the entry the new value.
  case replace
}

extension TreeEditor {
  /// Inserts an entry. O(depth) pages.
  ///
  /// - Returns: with `.keep`, whether the entry was inserted (false: the key was present, nothing
  ///   changed); with `.replace`, whether a value was replaced (false: the entry is new).
  /// - Throws: `tooLarge` for a key above ``Tree/maxKeyLength`` or a value above
  ///   ``Tree/maxValueLength``.
  public func insert(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    ifPresent conflict: Conflict = .keep
  ) throws(StoreError) -> Bool {
    try Tree.checkLengths(key.count, value.count)
    source.transaction.enter()
    defer { source.transaction.leave() }
    var (node, position) = try locate(key.start, key.count)
    if position.found {
      if conflict == .keep { return false }
      try replace(node, position, key, value)
      return true
    }
    var entry = Entry(key, value)
    if entry.isLong(source.geometry) {
      entry = try spill(key, value, keyChain: 0)
      // Writing overflow pages may have spilled the leaf.
      (node, position) = try locate(key.start, key.count)
    }
    try insert(entry, node, position)
    return conflict == .keep
  }

  @inline(__always)
  private func insert(
    _ entry: Entry, _ node: Node, _ position: NodePosition
  ) throws(StoreError) {
    noteRun(node.page, position.index)
    #if TEST_SWITCHES
      if TreeSwitches.splits(node) { return try insertSlowly(entry, node, position.index) }
    #endif
    let shape = node.shape
    let size = entry.cellSize(isLeaf: true, shape)
    let room = node.contiguousFree &+ (planted(.cellBoundOffByOne) ? 1 : 0)
    if position.sharesPrefix, room >= size &+ shape.slotSize,
      shape.suits(suffixLength: entry.keyLength &- shape.prefixLength)
    {
      place(entry, size, at: position.index, node, try source.edit(node.page))
    } else {
      try insertSlowly(entry, node, position.index)
    }
  }

  /// Writes overflow pages for what is not local, and returns the entry that refers to them.
  @inline(never)
  func spill(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, keyChain: PageNumber
  ) throws(StoreError) -> Entry {
    let geometry = source.geometry
    let localKey = geometry.localKeyLength(key.count)
    let localValue = geometry.localValueLength(
      keyLength: key.count, valueLength: value.count)
    tailBuffer.count = 0
    if localKey < key.count {
      let chain =
        keyChain != 0
        ? keyChain
        : try Overflow.write(key.start + localKey, key.count - localKey, source)
      tailBuffer.appendUInt32(chain)
    }
    tailBuffer.append(value.start, localValue)
    if localValue < value.count {
      tailBuffer.appendUInt32(
        try Overflow.write(value.start + localValue, value.count - localValue, source))
    }
    var entry = Entry(key, value)
    entry.suffixLength = localKey
    entry.tail = UnsafeRawPointer(tailBuffer.base)
    entry.tailLength = tailBuffer.count
    return entry
  }

  /// Writes a cell and its slot into a node that has room between slots and cells.
  @inline(__always)
  func place(_ entry: Entry, _ size: Int, at index: Int, _ node: Node, _ editor: PageEditor) {
    let isLeaf = node.isLeaf
    let cellStart = node.cellStart &- size
    state.pointee.cellBuffer.reserve(size)
    let cell = state.pointee.cellBuffer.base
    let head = entry.writeCell(to: cell, isLeaf: isLeaf, node.shape)
    editor.write(UnsafeRawBufferPointer(start: cell, count: size), at: cellStart)
    let slot = node.slotOffset(index)
    let moved = (node.count &- index) &* node.slotSize
    if moved > 0 { editor.move(from: slot, to: slot &+ node.slotSize, count: moved) }
    if node.isNarrow {
      let place = UInt32(UInt16(truncatingIfNeeded: cellStart))
      editor.writeUInt32(head &>> 16 | place &<< 16, at: slot)
    } else {
      write48(UInt64(head) | UInt64(truncatingIfNeeded: cellStart) &<< 32, at: slot, editor)
    }
    writeCounters(
      count: node.count &+ 1, cellStart: cellStart, gapBytes: node.gapBytes, editor)
  }

  /// Writes the header fields that change with every cell.
  @inline(__always)
  func writeCounters(count: Int, cellStart: Int, gapBytes: Int, _ editor: PageEditor) {
    // A cell start of 65,536 becomes 0.
    let start = UInt64(UInt16(truncatingIfNeeded: cellStart))
    let fields = UInt64(UInt16(truncatingIfNeeded: count)) | start &<< 16
    let gap = UInt64(UInt16(truncatingIfNeeded: gapBytes))
    write48(fields | gap &<< 32, at: NodeLayout.counters, editor)
  }

  /// Writes the low six bytes of a number.
  @inline(__always)
  private func write48(_ value: UInt64, at offset: Int, _ editor: PageEditor) {
    var bytes = value.littleEndian
    withUnsafeBytes(of: &bytes) {
      editor.write(UnsafeRawBufferPointer(rebasing: $0[..<6]), at: offset)
    }
  }

  /// Takes note whether inserts go up one after another in one leaf.
  @inline(__always)
  private func noteRun(_ page: PageNumber, _ index: Int) {
    state.pointee.runLength =
      page == state.pointee.runPage && index == state.pointee.runIndex &+ 1
      ? state.pointee.runLength &+ 1 : 0
    state.pointee.runPage = page
    state.pointee.runIndex = index
  }
}

extension Entry {
  /// A new entry as it is, with nothing in overflow pages.
  @inline(__always)
  init(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    self.init(
      prefix: key.start, prefixLength: 0, suffix: key.start, suffixLength: key.count,
      keyLength: key.count, tail: value.start, tailLength: value.count,
      valueLength: value.count, child: 0)
  }

  /// Whether key or value needs overflow pages.
  @inline(__always)
  func isLong(_ geometry: Geometry) -> Bool {
    keyLength > geometry.localKeyLimit
      || keyLength &+ valueLength > geometry.localEntryLimit
  }
}
