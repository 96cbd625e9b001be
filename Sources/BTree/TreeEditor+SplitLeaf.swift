import PageStore

/// How a full node is split: old entries below `middle` stay left, the others go right, and the
/// new entry goes to one of them.
struct SplitPlan {
  var middle: Int
  var newGoesLeft: Bool
}

extension TreeEditor {
  /// Inserts an entry that divides the leaf, and returns the entry that the parent needs.
  ///
  /// - At the tree's right or left edge the full leaf stays as it is and the new entry begins a
  ///   leaf of its own, so that sorted loads leave full pages behind.
  /// - Within an ascending run the split is where the run is, for the same reason.
  /// - Else both leaves get about half of the bytes, near a short separator.
  ///
  /// The old page keeps the left part by a mere change of its counters.
  func splitLeaf(
    _ node: Node, _ depth: Int, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> Entry {
    guard node.count > 0 else {
      throw corrupt(node.page, "an empty tree page lacks room for an entry")
    }
    let plan = try leafPlan(node, entry, index)
    if plan.middle == 0 && plan.newGoesLeft {
      return try beginLeafOnLeft(node, depth, entry)
    }
    let lastOfLeft =
      try plan.newGoesLeft && index == plan.middle ? entry : node.entry(plan.middle - 1)
    let firstOfRight =
      try !plan.newGoesLeft && index == plan.middle ? entry : node.entry(plan.middle)
    var separator = try makeSeparator(lastOfLeft, firstOfRight)

    entries.removeAll(keepingCapacity: true)
    entries.reserveCapacity(node.count + 1)
    for slot in plan.middle..<node.count { entries.append(try node.entry(slot)) }
    if !plan.newGoesLeft { entries.insert(entry, at: index - plan.middle) }
    let right = try source.allocate()
    try buildHalf(right, level: 0, leftmostChild: 0, neighbor: lastOfLeft)
    try truncate(node, to: plan.middle)
    if plan.newGoesLeft {
      try insertIntoHalf(node.page, entry, index)
      followRun(to: node.page, index)
    } else {
      followRun(to: right.number, index - plan.middle)
    }
    separator.child = right.number
    return separator
  }

  /// Puts the new entry alone into a new leaf left of the old one, which stays as it is.
  private func beginLeafOnLeft(
    _ node: Node, _ depth: Int, _ entry: Entry
  ) throws(StoreError) -> Entry {
    let first = try node.entry(0)
    var separator = try makeSeparator(entry, first)
    entries.removeAll(keepingCapacity: true)
    entries.append(entry)
    let left = try source.allocate()
    try buildHalf(left, level: 0, leftmostChild: 0, neighbor: first)
    let step = path.steps[depth - 1]
    let parent = try source.node(step.page)
    try source.edit(step.page).writeUInt32(left.number, at: parent.childOffset(step.index))
    followRun(to: left.number, 0)
    separator.child = node.page
    return separator
  }

  private func followRun(to page: PageNumber, _ index: Int) {
    state.pointee.runPage = page
    state.pointee.runIndex = index
  }

  /// Inserts into a node that a split has given enough room.
  func insertIntoHalf(
    _ page: PageNumber, _ entry: Entry, _ index: Int
  ) throws(StoreError) {
    guard
      try insertWithoutSplit(entry, try source.node(page), index, canBeFull: true)
    else { throw corrupt(page, "a tree page's cells take more room than they may") }
  }

  /// Drops the slots from `count` on; their cells become gaps.
  func truncate(_ node: Node, to count: Int) throws(StoreError) {
    guard count < node.count else { return }
    var gapBytes = node.gapBytes
    for slot in count..<node.count { gapBytes += try node.cellExtent(slot).size }
    guard gapBytes <= node.cellEnd - node.cellStart else {
      throw corrupt(node.page, "a tree page's cells overlap")
    }
    writeCounters(
      count: count, cellStart: node.cellStart, gapBytes: gapBytes,
      try source.edit(node.page))
  }

  private func leafPlan(
    _ node: Node, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> SplitPlan {
    let count = node.count
    if index == count && (path.isRightEdge || !entry.begins(with: node)) {
      return SplitPlan(middle: count, newGoesLeft: false)
    }
    if index == 0 && (path.isLeftEdge || !entry.begins(with: node)) {
      return SplitPlan(middle: 0, newGoesLeft: true)
    }
    if state.pointee.runLength >= Self.runThreshold {
      return try runPlan(node, entry, index)
    }
    return try balancedPlan(node, entry, index)
  }

  /// Ascending inserts in a row from which on a run is assumed.
  static var runThreshold: Int { 6 }

  /// Splits where a run of ascending inserts is, so that the leaf left of it stays full. What lies
  /// right of a long run gets a leaf of its own, lest it take room in all leaves of the run.
  private func runPlan(
    _ node: Node, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> SplitPlan {
    var left = 0
    for slot in 0..<index { left += try node.cellExtent(slot).size + node.slotSize }
    let right = node.usedBytes - node.prefixLength - left
    let size = entry.slotAndCell(isLeaf: true, node.shape)
    let isLong = state.pointee.runLength >= node.count / 2
    let isRightLarge = right > source.geometry.capacity / 8 && size <= right
    return SplitPlan(
      middle: index, newGoesLeft: left < node.usedBytes / 2 || (isLong && isRightLarge))
  }

  /// Divides the bytes about evenly; of boundaries near the middle takes one with the shortest
  /// separator.
  private func balancedPlan(
    _ node: Node, _ entry: Entry, _ index: Int
  ) throws(StoreError) -> SplitPlan {
    let boundary = try SplitSequence(node, entry, index).balancedBoundary()
    return boundary <= index
      ? SplitPlan(middle: boundary, newGoesLeft: false)
      : SplitPlan(middle: boundary - 1, newGoesLeft: true)
  }
}

/// The entries of a leaf with a new one in its place; boundary b leaves b entries left.
private struct SplitSequence {
  let node: Node
  let entry: Entry
  let index: Int
  /// Bytes of the new entry's slot and cell.
  let newSize: Int

  init(_ node: Node, _ entry: Entry, _ index: Int) {
    self.node = node
    self.entry = entry
    self.index = index
    newSize = entry.slotAndCell(isLeaf: true, node.shape)
  }

  /// Bytes of slot and cell of an entry.
  @inline(__always)
  private func size(_ place: Int) throws(StoreError) -> Int {
    if place == index { return newSize }
    return try node.cellExtent(place < index ? place : place - 1).size + node.slotSize
  }

  @inline(__always)
  private func entry(at place: Int) throws(StoreError) -> Entry {
    if place == index { return entry }
    return try node.entry(place < index ? place : place - 1)
  }

  /// Near the middle a shorter separator wins; elsewhere balance does. O(half of the entries).
  func balancedBoundary() throws(StoreError) -> Int {
    let room = node.geometry.capacity - node.prefixLength
    let total = node.usedBytes - node.prefixLength + newSize
    let slack = total / 12
    var best = 1
    var bestScore = Int.max
    var left = 0
    for boundary in 1...node.count {
      left += try size(boundary - 1)
      guard left <= room, total - left <= room else { continue }
      let imbalance = abs(total - 2 * left)
      let separator =
        imbalance <= slack
        ? try entry(at: boundary - 1).commonPrefix(try entry(at: boundary))
        : 1 << 20 + imbalance
      let score = separator << 20 + imbalance
      if score < bestScore {
        bestScore = score
        best = boundary
      }
      // Balance only gets worse from here.
      if 2 * left - total > slack { break }
    }
    return best
  }
}
