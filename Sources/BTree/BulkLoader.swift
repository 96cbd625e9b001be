import PageStore

/// Fills an empty tree from sorted entries, bottom-up: each page is written once, at a chosen fill.
/// The tree is complete only after ``finish()``.
public final class BulkLoader {
  /// Behind a pointer because accesses to a class's variables are checked at run time.
  struct State {
    var levels: [UnsafeMutablePointer<BulkLevel>] = []
    var lastKey = ScratchBuffer()
    var count = 0
  }

  let source: PageSource
  private let editor: TreeEditor
  private let target: Int
  let state: UnsafeMutablePointer<State>

  /// Begins to fill a tree.
  ///
  /// - Parameter fillPercent: how full pages become, 10 to 100; less leaves room for inserts.
  /// - Throws: `exists` if the tree is not empty.
  public init(
    _ tree: Tree, in transaction: PageTransaction, fillPercent: Int = 100
  ) throws(StoreError) {
    source = PageSource(transaction: transaction, tree: tree)
    editor = tree.editor(in: transaction)
    target = source.geometry.capacity * min(max(fillPercent, 10), 100) / 100
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    transaction.enter()
    defer { transaction.leave() }
    let root = try source.node(tree.root)
    guard root.isLeaf, root.count == 0 else {
      throw StoreError(.exists, "a bulk load needs an empty tree", page: tree.root)
    }
    addLevel()
  }

  deinit {
    removeLevels()
    state.pointee.lastKey.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Entries so far.
  public var count: Int { state.pointee.count }

  /// Adds the next entry.
  ///
  /// - Throws: `exists` if the key is not above the one before; `tooLarge` as for an insert.
  public func append(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(StoreError) {
    let state = state
    try Tree.checkLengths(key.count, value.count)
    try checkOrder(key)
    var entry = Entry(key, value)
    if entry.isLong(source.geometry) {
      source.transaction.enter()
      defer { source.transaction.leave() }
      entry = try editor.spill(key, value, keyChain: 0)
    }
    let leaf = try leaf()
    if !add(entry, to: leaf, minimum: 1) {
      try turnPage(leaf, before: entry)
      _ = add(entry, to: leaf, minimum: 1)
    }
    state.pointee.lastKey.replace(key.start, key.count)
    state.pointee.count &+= 1
  }

  /// Refuses a key that is not above the last one.
  @inline(__always)
  func checkOrder(_ key: UnsafeRawBufferPointer) throws(StoreError) {
    let last = state.pointee.lastKey
    if state.pointee.count > 0,
      Bytes.compare(last.base, last.count, key.start, key.count) >= 0
    {
      throw Self.notAscending
    }
  }

  static let notAscending = StoreError(.exists, "a bulk load needs keys that ascend, each once")

  /// The leaf under construction.
  func leaf() throws(StoreError) -> UnsafeMutablePointer<BulkLevel> {
    guard let leaf = state.pointee.levels.first else {
      throw StoreError(.closed, "the bulk load is finished")
    }
    return leaf
  }

  /// Copies the bytes that the leaf under construction has borrowed.
  func keepBorrowed() {
    state.pointee.levels.first?.pointee.keepBorrowed()
  }

  /// Writes what is left, and the root. The loader is then used up.
  public func finish() throws(StoreError) {
    guard state.pointee.count > 0, !state.pointee.levels.isEmpty else { return }
    source.transaction.enter()
    defer { source.transaction.leave() }
    var level = 0
    while level + 1 < state.pointee.levels.count {
      let page = try write(state.pointee.levels[level])
      level += 1
      try add(child: page, at: level)
    }
    state.pointee.levels[level].pointee.write(
      to: try source.edit(source.tree.root), contentEnd: source.contentEnd)
    removeLevels()
  }

  /// Adds an entry whose bytes stay where they are until its page is written; false if the leaf is
  /// full.
  @inline(__always)
  func borrow(
    _ entry: Entry, _ leaf: UnsafeMutablePointer<BulkLevel>, sharedPrefix: Int
  ) -> Bool {
    leaf.pointee.add(
      entry, target: target, minimum: 1, capacity: source.geometry.capacity,
      sharedPrefix: sharedPrefix, isBorrowed: true)
  }

  @inline(__always)
  private func add(
    _ entry: Entry, to level: UnsafeMutablePointer<BulkLevel>, minimum: Int
  ) -> Bool {
    level.pointee.add(
      entry, target: target, minimum: minimum, capacity: source.geometry.capacity)
  }

  /// Writes the leaf that is full before an entry, and tells the level above.
  func turnPage(
    _ leaf: UnsafeMutablePointer<BulkLevel>, before entry: Entry
  ) throws(StoreError) {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let last = leaf.pointee.entry(leaf.pointee.count - 1)
    let separator = try editor.makeSeparator(last, entry)
    try add(child: try write(leaf), at: 1)
    state.pointee.levels[1].pointee.setPending(separator)
  }

  private func write(
    _ level: UnsafeMutablePointer<BulkLevel>
  ) throws(StoreError) -> PageNumber {
    let page = try source.allocate()
    level.pointee.write(to: page, contentEnd: source.contentEnd)
    try source.transaction.seal(page)
    return page.number
  }

  /// Adds a finished page to the level above it. Levels are at most 64, so is the depth of the
  /// recursion.
  private func add(child: PageNumber, at number: Int) throws(StoreError) {
    if number == state.pointee.levels.count {
      guard number <= NodeLayout.maxLevel else {
        throw StoreError(.tooLarge, "a tree cannot become that deep")
      }
      addLevel()
    }
    let level = state.pointee.levels[number]
    guard var entry = level.pointee.pending else {
      level.pointee.leftmostChild = child
      return
    }
    entry.child = child
    if add(entry, to: level, minimum: 2) { return }
    // The page is full: the separator moves up, and the child begins the next page.
    let page = try write(level)
    level.pointee.leftmostChild = child
    try add(child: page, at: number + 1)
    state.pointee.levels[number + 1].pointee.setPending(entry)
  }

  private func addLevel() {
    let level = UnsafeMutablePointer<BulkLevel>.allocate(capacity: 1)
    level.initialize(to: BulkLevel(level: state.pointee.levels.count))
    state.pointee.levels.append(level)
  }

  private func removeLevels() {
    for level in state.pointee.levels {
      level.pointee.deallocate()
      level.deinitialize(count: 1)
      level.deallocate()
    }
    state.pointee.levels = []
  }
}
