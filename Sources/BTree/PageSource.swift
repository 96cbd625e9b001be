import PageStore

/// A transaction together with the tree whose pages are wanted.
struct PageSource {
  let transaction: PageTransaction
  let tree: Tree

  @inline(__always) var contentEnd: Int { transaction.contentEnd }
  @inline(__always) var geometry: Geometry { Geometry(contentEnd: transaction.contentEnd) }

  /// A node of the tree, of any level.
  @inline(__always)
  func node(_ page: PageNumber) throws(StoreError) -> Node {
    let base = try transaction.page(page, kind: .tree, owner: tree.id)
    return try Node(base, page: page, contentEnd: transaction.contentEnd)
  }

  /// A node that must be one level below its parent: so a descent ends, whatever the pages say.
  @inline(__always)
  func node(_ page: PageNumber, level: Int) throws(StoreError) -> Node {
    let node = try node(page)
    guard node.level == level else { throw corrupt(page, "a tree page is of a wrong level") }
    return node
  }

  @inline(__always)
  func overflow(_ page: PageNumber) throws(StoreError) -> UnsafeRawPointer {
    try transaction.page(page, kind: .overflow, owner: tree.id)
  }

  @inline(__always)
  func edit(_ page: PageNumber) throws(StoreError) -> PageEditor {
    try transaction.edit(page, kind: .tree, owner: tree.id)
  }

  /// An edited page as a node.
  @inline(__always)
  func node(_ editor: PageEditor) throws(StoreError) -> Node {
    try Node(editor.base, page: editor.number, contentEnd: transaction.contentEnd)
  }

  func free(_ page: PageNumber) throws(StoreError) {
    try transaction.free(page, kind: .tree, owner: tree.id)
  }
}
