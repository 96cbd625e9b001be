import PageStore

extension TreeCursor {
  /// Whether the cursor is on an entry.
  public var isOnEntry: Bool { state.pointee.place == .onEntry }

  /// The current key; valid until the cursor moves or is closed. Empty when on no entry.
  public var key: UnsafeRawBufferPointer {
    let state = state
    if !state.pointee.hasKey {
      guard state.pointee.place == .onEntry, let leaf = state.pointee.leaf,
        let key = leaf.plainCellKey(state.pointee.index)
          ?? (try? leaf.cellKey(state.pointee.index))
      else { return UnsafeRawBufferPointer(start: nil, count: 0) }
      fill(leaf, key)
    }
    return state.pointee.keyBuffer.bytes
  }

  /// Length of the current value; 0 when on no entry.
  public var valueLength: Int { state.pointee.valueLength }

  /// Whether `value` is the whole value; if not, call ``loadValue()`` first.
  public var isValueLoaded: Bool {
    state.pointee.hasValue || (state.pointee.leaf != nil && state.pointee.valueChain == 0)
  }

  /// The current value; valid until the cursor moves or is closed. Empty when on no entry, and for
  /// a value with overflow pages that ``loadValue()`` has not yet loaded.
  public var value: UnsafeRawBufferPointer {
    let state = state
    if state.pointee.hasValue { return state.pointee.valueBuffer.bytes }
    guard let value = state.pointee.value, state.pointee.valueChain == 0 else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: value, count: state.pointee.valueLength)
  }

  /// The current value, read from its overflow pages if it has any; valid until the cursor moves
  /// or is closed. Empty when on no entry.
  ///
  /// - Throws: `notFound` if the entry was deleted before its overflow pages were read.
  @discardableResult
  public func loadValue() throws(StoreError) -> UnsafeRawBufferPointer {
    let state = state
    guard state.pointee.valueChain != 0, !state.pointee.hasValue else { return value }
    source.transaction.enter()
    defer { source.transaction.leave() }
    if isStale { try findAgain() }
    if !state.pointee.hasValue, let leaf = state.pointee.leaf {
      let cell = try leaf.leafCell(state.pointee.index)
      try cell.loadValue(into: &state.pointee.valueBuffer, source)
      state.pointee.hasValue = true
    }
    return state.pointee.valueBuffer.bytes
  }

  /// Takes the current key's place after edits, which may have moved the entry.
  private func findAgain() throws(StoreError) {
    let key = state.pointee.keyBuffer.bytes
    let node = try state.pointee.path.descend(key.start, key.count, source)
    let position = try node.search(key.start, key.count, source)
    guard position.found else {
      throw StoreError(.notFound, "the cursor's entry was deleted before its value was read")
    }
    _ = try stand(on: node, position.index)
  }

  /// Reads the entry at `index`.
  @inline(__always)
  func load() throws(StoreError) {
    let state = state
    state.pointee.hasKey = false
    state.pointee.hasValue = false
    guard let leaf = state.pointee.leaf else { return }
    if !isWritable, let value = leaf.plainValue(state.pointee.index) {
      state.pointee.value = value.start
      state.pointee.valueLength = value.count
      state.pointee.valueChain = 0
      return
    }
    try loadAny(leaf)
  }

  @inline(never)
  private func loadAny(_ leaf: Node) throws(StoreError) {
    let cell = try leaf.leafCell(state.pointee.index)
    state.pointee.value = cell.value
    state.pointee.valueLength = cell.valueLength
    state.pointee.valueChain = cell.valueChain
    if isWritable || cell.key.chain != 0 { try keep(cell) }
  }

  /// Copies what may change, or what takes several pages to read.
  @inline(never)
  private func keep(_ cell: LeafCell) throws(StoreError) {
    guard let leaf = state.pointee.leaf else { return }
    fill(leaf, cell.key)
    if cell.key.chain != 0 {
      source.transaction.enter()
      defer { source.transaction.leave() }
      let rest = cell.key.keyLength - state.pointee.keyBuffer.count
      try Overflow.read(
        chain: cell.key.chain, length: rest, into: &state.pointee.keyBuffer, source)
    }
    if isWritable, cell.valueChain == 0 {
      state.pointee.valueBuffer.replace(cell.value, cell.valueLength)
      state.pointee.hasValue = true
    }
  }

  @inline(__always)
  private func fill(_ leaf: Node, _ key: CellKey) {
    state.pointee.keyBuffer.replace(leaf, key, hasPrefix: state.pointee.hasPrefix)
    state.pointee.hasPrefix = true
    state.pointee.hasKey = true
  }
}
