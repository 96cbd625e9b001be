import PageStore

/// A way along the leaves.
enum Direction {
  case forward, backward
}

extension TreePath {
  /// Descends from a node along its first or last children to a leaf.
  mutating func descendEdge(
    from start: Node, _ direction: Direction, _ source: PageSource
  ) throws(StoreError) -> Node {
    var node = start
    while !node.isLeaf {
      let index = direction == .forward ? -1 : node.count &- 1
      push(node, index)
      node = try source.node(try node.child(index), level: node.level &- 1)
    }
    end(leaf: node.page)
    return node
  }

  /// Goes to the first or last leaf.
  mutating func descendToEdge(
    _ direction: Direction, _ source: PageSource
  ) throws(StoreError) -> Node {
    begin()
    return try descendEdge(
      from: try source.node(source.tree.root), direction, source)
  }

  /// Goes to the next leaf in a direction; nil at the end.
  mutating func advance(
    _ direction: Direction, _ source: PageSource
  ) throws(StoreError) -> Node? {
    while depth > 0 {
      let step = pop()
      let node = try source.node(step.page)
      let index = direction == .forward ? step.index &+ 1 : step.index &- 1
      guard index >= -1, index < node.count else { continue }
      push(node, index)
      let child = try source.node(try node.child(index), level: node.level &- 1)
      return try descendEdge(from: child, direction, source)
    }
    return nil
  }
}
