import PageStore

/// Changes a tree within a write transaction.
///
/// Guarantees: an operation that throws `tooLarge` has changed nothing. After any other error the
/// tree may be half changed: roll the transaction back, whole or to a savepoint.
///
/// It remembers the leaf of the last operation, so that sorted work skips the descent. Other
/// editors and cursors of the same transaction may be used in between, on this tree too.
public final class TreeEditor {
  /// What changes with every operation. It lies behind a pointer because accesses to a class's
  /// variables are checked at run time, which would cost as much as the search.
  struct State {
    var path = TreePath()
    /// What the transaction's structure count was when `path` was found; nil for no path.
    var pathCount: UInt64?
    /// How well the remembered leaf has served lately; at zero it is not tried. Finds have a score of
    /// their own: a change often follows a find of its key, finds of keys in no order never do.
    var hintScore = 0
    var findScore = 0
    /// One cell, before it is written.
    var cellBuffer: ScratchBuffer
    /// Ascending inserts into one leaf, each right behind the one before.
    var runPage: PageNumber = 0
    var runIndex = 0
    var runLength = 0
  }

  // Changed between operations alone.
  @exclusivity(unchecked) private(set) var source: PageSource
  let state: UnsafeMutablePointer<State>

  /// Tail of a new entry with overflow pages.
  @exclusivity(unchecked) var tailBuffer = ScratchBuffer()
  /// A found value with overflow pages.
  @exclusivity(unchecked) var valueBuffer = ScratchBuffer()
  /// Separators on their way up: one arrives while the next is made.
  @exclusivity(unchecked) var arrivingSeparator = ScratchBuffer()
  @exclusivity(unchecked) var separator = ScratchBuffer()
  /// A page as it was before it is rewritten.
  @exclusivity(unchecked) var pageCopy = ScratchBuffer()
  @exclusivity(unchecked) var neighborCopy = ScratchBuffer()
  /// Of pages that are divided or put together.
  @exclusivity(unchecked) var entries: [Entry] = []

  init(_ tree: Tree, _ transaction: PageTransaction) {
    source = PageSource(transaction: transaction, tree: tree)
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(cellBuffer: ScratchBuffer(capacity: transaction.pageSize)))
  }

  deinit {
    state.pointee.path.deallocate()
    state.pointee.cellBuffer.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
    tailBuffer.deallocate()
    valueBuffer.deallocate()
    arrivingSeparator.deallocate()
    separator.deallocate()
    pageCopy.deallocate()
    neighborCopy.deallocate()
  }

  /// Goes on with the same tree in another write transaction, in the memory that it has; the one before
  /// must be over, and no operation may have failed.
  public func move(to transaction: PageTransaction) {
    source = PageSource(transaction: transaction, tree: source.tree)
    state.pointee.pathCount = nil
    state.pointee.hintScore = 0
    state.pointee.findScore = 0
    state.pointee.runLength = 0
  }

  /// Bytes of memory that it keeps between operations.
  public var memory: Int {
    state.pointee.cellBuffer.capacity + tailBuffer.capacity + valueBuffer.capacity
      + arrivingSeparator.capacity + separator.capacity + pageCopy.capacity
      + neighborCopy.capacity + entries.capacity * MemoryLayout<Entry>.stride
  }

  /// The value of a key, or nil. Call between the transaction's `enter` and `leave`; the bytes are
  /// valid until `leave`, the next edit or the next call of this editor.
  public func find(
    _ key: UnsafeRawBufferPointer
  ) throws(StoreError) -> UnsafeRawBufferPointer? {
    swapScores()
    defer { swapScores() }
    let (node, position) = try locate(key.start, key.count)
    guard position.found else { return nil }
    let cell = try node.leafCell(position.index)
    if cell.valueChain == 0 {
      return UnsafeRawBufferPointer(start: cell.value, count: cell.valueLength)
    }
    try cell.loadValue(into: &valueBuffer, source)
    return valueBuffer.bytes
  }

  @inline(__always)
  private func swapScores() {
    let score = state.pointee.hintScore
    state.pointee.hintScore = state.pointee.findScore
    state.pointee.findScore = score
  }

  /// Finds a key's leaf and place in it, and sets `path`.
  @inline(__always)
  func locate(
    _ key: UnsafeRawPointer, _ keyLength: Int
  ) throws(StoreError) -> (Node, NodePosition) {
    let state = state
    let structure = source.transaction.structureCount
    if state.pointee.hintScore > 0, state.pointee.pathCount == structure {
      let node = try source.node(state.pointee.path.leaf)
      let position = try node.search(key, keyLength, source)
      var isHere = position.found
      if !isHere { isHere = try holds(node, position.index, key, keyLength) }
      if isHere {
        if state.pointee.hintScore < 8 { state.pointee.hintScore &+= 1 }
        return (node, position)
      }
      state.pointee.hintScore &-= 1
    }
    let last = state.pointee.path.leaf
    state.pointee.pathCount = nil
    let node = try state.pointee.path.descend(key, keyLength, source)
    state.pointee.pathCount = structure
    if node.page == last, state.pointee.hintScore < 8 { state.pointee.hintScore &+= 2 }
    return (node, try node.search(key, keyLength, source))
  }

  /// Whether a key that is not in the remembered leaf belongs there.
  @inline(__always)
  private func holds(
    _ node: Node, _ index: Int, _ key: UnsafeRawPointer, _ keyLength: Int
  ) throws(StoreError) -> Bool {
    if index > 0 && index < node.count { return true }
    if index == 0 { return path.isLeftEdge && (node.count > 0 || path.isRightEdge) }
    return path.isRightEdge ? true : try isBelowUpperFence(key, keyLength)
  }

  /// Whether a key above the remembered leaf's keys is below the next leaf, if that hangs on the
  /// same parent.
  @inline(never)
  private func isBelowUpperFence(
    _ key: UnsafeRawPointer, _ keyLength: Int
  ) throws(StoreError) -> Bool {
    guard path.depth > 0 else { return true }
    let step = path.steps[path.depth - 1]
    let parent = try source.node(step.page)
    guard step.index < parent.count - 1 else { return false }
    return try parent.childIndex(key, keyLength, source) == step.index
  }

  var path: TreePath {
    @inline(__always) get { state.pointee.path }
    @inline(__always) _modify { yield &state.pointee.path }
  }

  /// Makes the next operation descend from the root.
  func forgetPath() {
    state.pointee.pathCount = nil
  }
}

extension LeafCell {
  /// Puts the whole value into a buffer.
  @inline(never)
  func loadValue(
    into buffer: inout ScratchBuffer, _ source: PageSource
  ) throws(StoreError) {
    buffer.replace(value, localValueLength)
    try Overflow.read(
      chain: valueChain, length: valueLength - localValueLength, into: &buffer, source)
  }

  /// Frees the value's overflow pages.
  @inline(__always)
  func freeValue(_ source: PageSource) throws(StoreError) {
    if valueChain == 0 { return }
    try Overflow.free(chain: valueChain, length: valueLength &- localValueLength, source)
  }
}

extension CellKey {
  /// Frees the key's overflow pages.
  @inline(__always)
  func freeRest(_ source: PageSource) throws(StoreError) {
    if chain == 0 { return }
    try Overflow.free(
      chain: chain, length: keyLength &- source.geometry.localKeyLength(keyLength), source)
  }
}

extension LeafCell {
  /// Reads the whole value into memory that lives as long as the transaction's stay.
  @inline(never)
  func valueInScratch(_ source: PageSource) throws(StoreError) -> UnsafeRawBufferPointer {
    let holder = source.transaction.attachment as? ValueScratch ?? ValueScratch()
    source.transaction.attachment = holder
    try loadValue(into: &holder.buffer, source)
    return holder.buffer.bytes
  }
}

final class ValueScratch {
  var buffer = ScratchBuffer()
  deinit { buffer.deallocate() }
}
