import PageStore

/// An ordered map of bytes in pages. Keys order as unsigned bytes, a shorter one before those that
/// it begins.
///
/// The root page never moves, so a tree is named by its id, which owns its pages, and its root.
public struct Tree: Sendable, Hashable {
  /// Names the tree in the pages that it owns.
  public let id: UInt32
  /// Page of the root, for as long as the tree exists.
  public let root: PageNumber

  /// The longest key, at every page size.
  public static let maxKeyLength = 16_640
  /// The longest value.
  public static let maxValueLength = 0xFFFF_FFFF

  /// Names an existing tree.
  public init(id: UInt32, root: PageNumber) {
    self.id = id
    self.root = root
  }

  /// Makes an empty tree.
  public static func create(
    id: UInt32, in transaction: PageTransaction
  ) throws(StoreError) -> Tree {
    transaction.enter()
    defer { transaction.leave() }
    let editor = try transaction.allocate(kind: .tree, owner: id)
    let contentEnd = transaction.contentEnd
    editor.writeUInt8(UInt8(NodeShape.wideHead), at: NodeLayout.headSize)
    editor.writeUInt16(UInt16(truncatingIfNeeded: contentEnd), at: NodeLayout.cellStart)
    return Tree(id: id, root: editor.number)
  }

  /// The value of a key, or nil. O(depth) pages.
  ///
  /// Call between the transaction's `enter` and `leave`; the bytes are valid until `leave` or the
  /// next edit, whichever is first. A value with overflow pages is put together in memory that the
  /// transaction has once: it is valid until the next such value is found in it.
  public func find(
    _ key: UnsafeRawBufferPointer, in transaction: PageTransaction
  ) throws(StoreError) -> UnsafeRawBufferPointer? {
    let source = PageSource(transaction: transaction, tree: self)
    let start = key.start
    let length = key.count
    var node = try source.node(root)
    while !node.isLeaf {
      let index = try node.childIndex(start, length, source)
      node = try source.node(try node.child(index), level: node.level &- 1)
    }
    let position = try node.search(start, length, source)
    guard position.found else { return nil }
    if let value = node.plainValue(position.index) { return value }
    let cell = try node.leafCell(position.index)
    if cell.valueChain == 0 {
      return UnsafeRawBufferPointer(start: cell.value, count: cell.valueLength)
    }
    return try cell.valueInScratch(source)
  }

  /// Whether the tree has no entry. O(1).
  public func isEmpty(in transaction: PageTransaction) throws(StoreError) -> Bool {
    transaction.enter()
    defer { transaction.leave() }
    let root = try PageSource(transaction: transaction, tree: self).node(root)
    return root.isLeaf && root.count == 0
  }

  /// A cursor, not yet on any entry.
  public func cursor(in transaction: PageTransaction) -> TreeCursor {
    TreeCursor(self, transaction)
  }

  /// An editor; the transaction must be a write transaction.
  public func editor(in transaction: PageTransaction) -> TreeEditor {
    TreeEditor(self, transaction)
  }

  @inline(__always)
  static func checkLengths(_ keyLength: Int, _ valueLength: Int) throws(StoreError) {
    if keyLength > maxKeyLength { throw tooLarge("a key has more than 16,640 bytes") }
    if valueLength > maxValueLength { throw tooLarge("a value has 4 GiB or more") }
  }

  @inline(never)
  private static func tooLarge(_ what: StaticString) -> StoreError {
    StoreError(.tooLarge, "\(what)")
  }
}
