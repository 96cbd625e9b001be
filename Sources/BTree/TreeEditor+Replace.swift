import PageStore

extension TreeEditor {
  /// Gives a present entry a new value.
  func replace(
    _ found: Node, _ foundPosition: NodePosition, _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer
  ) throws(StoreError) {
    var node = found
    var index = foundPosition.index
    var cell = try node.leafCell(index)
    let keyLength = cell.key.keyLength
    let local = source.geometry.localValueLength(
      keyLength: keyLength, valueLength: value.count)
    if cell.valueLength == value.count, local == value.count {
      try overwrite(node, cell, value)
      return
    }
    var entry = Entry(key, value)
    if entry.isLong(source.geometry) {
      entry = try spill(key, value, keyChain: cell.key.chain)
      // Writing overflow pages may have spilled the leaf.
      let (again, position) = try locate(key.start, key.count)
      node = again
      index = position.index
      cell = try node.leafCell(index)
    }
    try cell.freeValue(source)
    let editor = try source.edit(node.page)
    let size = entry.cellSize(isLeaf: true, node.shape)
    if size <= cell.size {
      rewrite(entry, size, cell, node, editor)
    } else if size <= node.contiguousFree {
      relocate(entry, size, index, cell, node, editor)
    } else {
      removeSlot(index, cell.offset, cell.size, node, editor)
      try insertSlowly(entry, try source.node(editor), index)
    }
  }

  /// Writes the bytes of a value of the same length that differ.
  private func overwrite(
    _ node: Node, _ cell: LeafCell, _ value: UnsafeRawBufferPointer
  ) throws(StoreError) {
    let count = value.count
    let first = Bytes.commonPrefix(cell.value, value.start, limit: count)
    guard first < count else { return }
    let end =
      count - Bytes.commonSuffix(cell.value + count, value.start + count, limit: count - first)
    let offset = cell.value - node.base + first
    try source.edit(node.page).write(
      UnsafeRawBufferPointer(start: value.start + first, count: end - first), at: offset)
  }

  /// Writes a cell that is not larger over the old one.
  private func rewrite(
    _ entry: Entry, _ size: Int, _ cell: LeafCell, _ node: Node, _ editor: PageEditor
  ) {
    writeCell(entry, size, at: cell.offset, node, editor)
    if size < cell.size {
      writeCounters(
        count: node.count, cellStart: node.cellStart,
        gapBytes: node.gapBytes + cell.size - size, editor)
    }
  }

  /// Writes a larger cell below the others and points the slot to it.
  private func relocate(
    _ entry: Entry, _ size: Int, _ index: Int, _ cell: LeafCell, _ node: Node,
    _ editor: PageEditor
  ) {
    let cellStart = node.cellStart - size
    writeCell(entry, size, at: cellStart, node, editor)
    editor.writeUInt16(
      UInt16(truncatingIfNeeded: cellStart), at: node.slotOffset(index) + node.headSize)
    writeCounters(
      count: node.count, cellStart: cellStart, gapBytes: node.gapBytes + cell.size, editor)
  }

  private func writeCell(
    _ entry: Entry, _ size: Int, at offset: Int, _ node: Node, _ editor: PageEditor
  ) {
    state.pointee.cellBuffer.reserve(size)
    _ = entry.writeCell(
      to: state.pointee.cellBuffer.base, isLeaf: true, node.shape)
    editor.write(
      UnsafeRawBufferPointer(start: state.pointee.cellBuffer.base, count: size), at: offset)
  }
}
