import PageStore

/// The way from the root to a leaf.
struct TreePath {
  /// An inner node and the child taken: the slot of its separator, or -1 for the leftmost.
  struct Step {
    var page: PageNumber
    var index: Int
  }

  let steps: UnsafeMutablePointer<Step>
  /// Number of inner nodes above the leaf.
  private(set) var depth = 0
  private(set) var leaf: PageNumber = 0
  /// Whether every step took the first or last child: no leaf lies left or right of this one.
  private(set) var isLeftEdge = true
  private(set) var isRightEdge = true

  init() {
    steps = .allocate(capacity: NodeLayout.maxLevel + 1)
  }

  func deallocate() {
    steps.deallocate()
  }

  @inline(__always)
  mutating func begin() {
    depth = 0
    isLeftEdge = true
    isRightEdge = true
  }

  /// Records a step. Levels fall at each step, so there is room.
  @inline(__always)
  mutating func push(_ node: Node, _ index: Int) {
    steps[depth] = Step(page: node.page, index: index)
    depth &+= 1
    if index >= 0 { isLeftEdge = false }
    if index != node.count &- 1 { isRightEdge = false }
  }

  @inline(__always)
  mutating func pop() -> Step {
    depth &-= 1
    return steps[depth]
  }

  @inline(__always)
  mutating func end(leaf: PageNumber) {
    self.leaf = leaf
  }

  /// The page at some depth: an inner node, or the leaf at `depth`.
  func page(at index: Int) -> PageNumber {
    index == depth ? leaf : steps[index].page
  }

  /// Records that the root's contents moved into `page`, the root's only child.
  mutating func pushedDown(root: PageNumber, into page: PageNumber) {
    if depth == 0 {
      leaf = page
    } else {
      steps[0].page = page
      for index in stride(from: depth, to: 0, by: -1) { steps[index] = steps[index - 1] }
    }
    steps[0] = Step(page: root, index: -1)
    depth += 1
  }

  /// Descends to the leaf that holds a key, or would.
  @inline(__always)
  mutating func descend(
    _ key: UnsafeRawPointer, _ keyLength: Int, _ source: PageSource
  ) throws(StoreError) -> Node {
    begin()
    var node = try source.node(source.tree.root)
    while !node.isLeaf {
      let index = try node.childIndex(key, keyLength, source)
      push(node, index)
      node = try source.node(try node.child(index), level: node.level &- 1)
    }
    end(leaf: node.page)
    return node
  }
}
