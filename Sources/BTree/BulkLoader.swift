import PageStore

/// Fills an empty tree from sorted entries, bottom-up: each page is written once, at a chosen fill.
/// The tree is complete only after ``finish()``.
public final class BulkLoader {
  private let source: PageSource
  private let editor: TreeEditor
  private let target: Int
  private var levels = [BulkLevel(level: 0)]
  private var lastKey = ScratchBuffer()
  /// Entries so far.
  public private(set) var count = 0

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
    transaction.enter()
    defer { transaction.leave() }
    let root = try source.node(tree.root)
    guard root.isLeaf, root.count == 0 else {
      throw StoreError(.exists, "a bulk load needs an empty tree", page: tree.root)
    }
  }

  deinit {
    lastKey.deallocate()
  }

  /// Adds the next entry.
  ///
  /// - Throws: `exists` if the key is not above the one before; `tooLarge` as for an insert.
  public func append(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws(StoreError) {
    try Tree.checkLengths(key.count, value.count)
    if count > 0,
      Bytes.compare(lastKey.base, lastKey.count, key.start, key.count) >= 0
    {
      throw StoreError(.exists, "a bulk load needs keys that ascend, each once")
    }
    lastKey.replace(key.start, key.count)
    let leaf = levels[0]
    var entry = Entry(key, value)
    if entry.isLong(source.geometry) {
      source.transaction.enter()
      defer { source.transaction.leave() }
      entry = try editor.spill(key, value, keyChain: 0)
    }
    if leaf.count > 0, leaf.size(adding: entry) > target {
      source.transaction.enter()
      defer { source.transaction.leave() }
      let separator = try editor.makeSeparator(leaf.entry(leaf.count - 1), entry)
      let page = try write(leaf)
      try add(child: page, at: 1)
      levels[1].setPending(separator)
    }
    leaf.add(entry)
    count += 1
  }

  /// Writes what is left, and the root.
  public func finish() throws(StoreError) {
    guard count > 0 else { return }
    source.transaction.enter()
    defer { source.transaction.leave() }
    var level = 0
    while level + 1 < levels.count {
      let page = try write(levels[level])
      level += 1
      try add(child: page, at: level)
    }
    levels[level].write(
      to: try source.edit(source.tree.root), contentEnd: source.contentEnd)
    levels = [BulkLevel(level: 0)]
  }

  private func write(_ level: BulkLevel) throws(StoreError) -> PageNumber {
    let page = try source.allocate()
    level.write(to: page, contentEnd: source.contentEnd)
    return page.number
  }

  /// Adds a finished page to the level above it.
  private func add(child: PageNumber, at number: Int) throws(StoreError) {
    if number == levels.count {
      guard number <= NodeLayout.maxLevel else {
        throw StoreError(.tooLarge, "a tree cannot become that deep")
      }
      levels.append(BulkLevel(level: number))
    }
    let level = levels[number]
    guard var entry = level.pending else {
      level.leftmostChild = child
      return
    }
    entry.child = child
    let size = level.size(adding: entry)
    guard size > source.geometry.capacity || (size > target && level.count > 1) else {
      level.add(entry)
      return
    }
    // The page is full: the separator moves up, and the child begins the next page. Levels are
    // at most 64, so is the depth of this recursion.
    let page = try write(level)
    level.leftmostChild = child
    try add(child: page, at: number + 1)
    levels[number + 1].setPending(entry)
  }
}
