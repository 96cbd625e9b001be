import PageStore

/// Walks a tree's entries in key order, both ways.
///
/// - A new cursor is on no entry: `next` goes to the first one, `previous` to the last one.
/// - A cursor that ran off an end is on no entry, and stays so until a seek.
/// - In a write transaction the tree may be edited in between; `next` and `previous` then go on
///   from the current key, whether or not it still exists.
///
/// It keeps its leaf in memory until `close` or deinitialization.
public final class TreeCursor {
  enum Place {
    case fresh, onEntry, ended
  }

  /// Behind a pointer because accesses to a class's variables are checked at run time, which
  /// would cost more than a step.
  struct State {
    var place = Place.fresh
    var path = TreePath()
    var pinned: PinnedPage?
    var leaf: Node?
    var leafCount = 0
    var index = 0
    /// The current value as far as it lies in the leaf, its whole length, and where it goes on.
    var value: UnsafeRawPointer?
    var valueLength = 0
    var valueChain: PageNumber = 0
    /// The transaction's edit count when the cursor took its place.
    var editCount: UInt64 = 0
    /// The current key. Filled when asked for, at once in a write transaction.
    var keyBuffer = ScratchBuffer()
    var hasKey = false
    /// Whether the key's memory begins with the prefix of the leaf already.
    var hasPrefix = false
    /// The current value where it cannot be left in its page.
    var valueBuffer = ScratchBuffer()
    var hasValue = false
  }

  let source: PageSource
  let isWritable: Bool
  let state: UnsafeMutablePointer<State>

  init(_ tree: Tree, _ transaction: PageTransaction) {
    source = PageSource(transaction: transaction, tree: tree)
    isWritable = transaction.isWritable
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    close()
    state.pointee.path.deallocate()
    state.pointee.keyBuffer.deallocate()
    state.pointee.valueBuffer.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Lets go of the leaf. The cursor is then on no entry, as a new one.
  public func close() {
    unpin()
    state.pointee.place = .fresh
  }

  private func unpin() {
    if let page = state.pointee.pinned { source.transaction.unpin(page) }
    state.pointee.pinned = nil
    state.pointee.leaf = nil
    state.pointee.leafCount = 0
    state.pointee.value = nil
    state.pointee.valueLength = 0
    state.pointee.valueChain = 0
    state.pointee.hasKey = false
    state.pointee.hasPrefix = false
    state.pointee.hasValue = false
  }

  /// Goes to the first entry whose key is not below `key`; false if there is none.
  public func seek(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    try settle(key, .forward, skipsEqual: false)
  }

  /// Goes to the first entry whose key is above `key`; false if there is none.
  public func seekAfter(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    try settle(key, .forward, skipsEqual: true)
  }

  /// Goes to the last entry whose key is below `key`; false if there is none.
  public func seekBefore(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    try settle(key, .backward, skipsEqual: true)
  }

  /// Goes to the first entry; false in an empty tree.
  public func seekFirst() throws(StoreError) -> Bool {
    try settleAtEdge(.forward)
  }

  /// Goes to the last entry; false in an empty tree.
  public func seekLast() throws(StoreError) -> Bool {
    try settleAtEdge(.backward)
  }

  /// Goes to the next entry; false behind the last one.
  public func next() throws(StoreError) -> Bool {
    let state = state
    guard state.pointee.place == .onEntry, !isStale else { return try resume(.forward) }
    let following = state.pointee.index &+ 1
    guard following < state.pointee.leafCount else { return try turnPage(.forward) }
    state.pointee.index = following
    try load()
    return true
  }

  /// Goes to the entry before; false before the first one.
  public func previous() throws(StoreError) -> Bool {
    let state = state
    guard state.pointee.place == .onEntry, !isStale else { return try resume(.backward) }
    guard state.pointee.index > 0 else { return try turnPage(.backward) }
    state.pointee.index &-= 1
    try load()
    return true
  }

  /// Whether the tree may have changed since the cursor took its place.
  @inline(__always)
  var isStale: Bool {
    isWritable && source.transaction.editCount != state.pointee.editCount
  }

  @inline(never)
  private func resume(_ direction: Direction) throws(StoreError) -> Bool {
    switch state.pointee.place {
    case .fresh: return try settleAtEdge(direction)
    case .ended: return false
    case .onEntry: return try settle(state.pointee.keyBuffer.bytes, direction, skipsEqual: true)
    }
  }

  private func settle(
    _ key: UnsafeRawBufferPointer, _ direction: Direction, skipsEqual: Bool
  ) throws(StoreError) -> Bool {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let node = try state.pointee.path.descend(key.start, key.count, source)
    let position = try node.search(key.start, key.count, source)
    var index = position.index
    switch direction {
    case .forward: if skipsEqual && position.found { index += 1 }
    case .backward: index -= 1
    }
    if index >= 0 && index < node.count { return try stand(on: node, index) }
    return try advance(direction)
  }

  private func settleAtEdge(_ direction: Direction) throws(StoreError) -> Bool {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let node = try state.pointee.path.descendToEdge(direction, source)
    guard node.count > 0 else { return try advance(direction) }
    return try stand(on: node, direction == .forward ? 0 : node.count - 1)
  }

  @inline(never)
  private func turnPage(_ direction: Direction) throws(StoreError) -> Bool {
    source.transaction.enter()
    defer { source.transaction.leave() }
    return try advance(direction)
  }

  /// Goes to the next leaf that has entries.
  private func advance(_ direction: Direction) throws(StoreError) -> Bool {
    while let node = try state.pointee.path.advance(direction, source) {
      guard node.count > 0 else { continue }
      return try stand(on: node, direction == .forward ? 0 : node.count - 1)
    }
    unpin()
    state.pointee.place = .ended
    return false
  }

  /// Pins a leaf and reads one of its entries.
  func stand(on node: Node, _ index: Int) throws(StoreError) -> Bool {
    if state.pointee.leaf?.page != node.page || isWritable {
      unpin()
      let page = try source.transaction.pin(node.page, kind: .tree, owner: source.tree.id)
      state.pointee.pinned = page
      let leaf = try Node(page.base, page: node.page, contentEnd: source.contentEnd)
      state.pointee.leaf = leaf
      state.pointee.leafCount = leaf.count
    }
    state.pointee.index = index
    state.pointee.editCount = source.transaction.editCount
    try load()
    state.pointee.place = .onEntry
    return true
  }
}
