import PageStore

extension TreeChecker {
  /// Checks one page and puts its children on the stack. Returns whether it is a leaf whose
  /// entries can be read.
  mutating func check(_ visit: Visit) throws(StoreError) -> Bool {
    source.transaction.enter()
    defer { source.transaction.leave() }
    let node = try source.node(visit.page)
    guard use(visit.page) else { return false }
    if let level = visit.level, node.level != level {
      throw corrupt(node.page, "a tree page is of a wrong level")
    }
    if visit.level == nil { report.depth = node.level + 1 }
    checkUnusedFields(node)
    if node.isLeaf {
      report.leafPages += 1
      report.leafBytesUsed += node.usedBytes
      report.leafBytes += source.geometry.capacity
      if node.count == 0, visit.level != nil { find(node.page, "a leaf below the root is empty") }
    } else {
      report.innerPages += 1
    }
    let findings = report.findings.count
    let isPlain = node.isLeaf && cells.note(node)
    if !isPlain {
      try checkCells(node)
      try checkOrder(node)
    }
    try checkFences(node, visit)
    if !isPlain || cells.haveChains { try checkChains(node) }
    if node.isLeaf {
      report.entries += node.count
      return report.findings.count == findings
    }
    try pushChildren(node, visit)
    return false
  }

  /// Records that the tree uses a page.
  private mutating func use(_ page: PageNumber) -> Bool {
    guard claims.claim(page) else {
      find(page, "a page is used twice")
      return false
    }
    if listsPages { report.pages.append(page) }
    return true
  }

  private mutating func checkUnusedFields(_ node: Node) {
    let base = node.base
    var rest = UInt32(base.uint16(NodeLayout.prefixLength + 2))
    if node.isLeaf { rest |= base.uint32(NodeLayout.leftmostChild) }
    if rest != 0 { find(node.page, "a tree page's unused header fields are not zero") }
  }

  /// Cells lie one beside another, and with the gaps they fill the cell area; heads of shorter keys
  /// are padded with zeros.
  private mutating func checkCells(_ node: Node) throws(StoreError) {
    extents.removeAll(keepingCapacity: true)
    var isDescending = true
    var lowest = node.cellEnd
    var total = node.gapBytes
    for index in 0..<node.count {
      let extent = try node.cellExtent(index)
      isDescending = isDescending && extent.offset + extent.size <= lowest
      lowest = extent.offset
      total += extent.size
      extents.append(extent)
      let key = try node.cellKey(index)
      if key.headLength < 4, key.head &<< UInt32(8 * key.headLength) != 0 {
        find(node.page, "the head of slot \(index) holds more than its key")
      }
    }
    if total != node.cellEnd - node.cellStart {
      find(node.page, "cells and gaps do not add up to the cell area")
    }
    if isDescending { return }
    extents.sort { $0.offset < $1.offset }
    var end = node.cellStart
    for extent in extents {
      if extent.offset < end { find(node.page, "two cells overlap") }
      end = extent.offset + extent.size
    }
  }

  private mutating func checkOrder(_ node: Node) throws(StoreError) {
    guard node.count > 1 else { return }
    var before = try node.cellKey(0)
    for index in 1..<node.count {
      let key = try node.cellKey(index)
      var order = Int(before.head) - Int(key.head)
      if order == 0 {
        order = Bytes.compare(before.rest, before.restLength, key.rest, key.restLength)
      }
      if order == 0 { order = before.headLength - key.headLength }
      if order == 0 { order = try compareRests(node, before, key) }
      if order >= 0 { find(node.page, "the keys of slots \(index - 1) and \(index) do not ascend") }
      before = key
    }
  }

  /// Compares two keys whose local parts are equal.
  private mutating func compareRests(
    _ node: Node, _ left: CellKey, _ right: CellKey
  ) throws(StoreError) -> Int {
    guard left.chain != 0, right.chain != 0 else { return left.keyLength - right.keyLength }
    try fillKey(node, left)
    let local = node.prefixLength + left.localSuffixLength
    return try Overflow.compare(
      keyBuffer.base + local, keyBuffer.count - local, chain: right.chain,
      length: right.keyLength - local, source)
  }

  /// First and last key lie within what the parent says.
  private mutating func checkFences(_ node: Node, _ visit: Visit) throws(StoreError) {
    guard node.count > 0 else { return }
    if let low = visit.low {
      try fillKey(node, try node.cellKey(0))
      let order = compareKey(with: low)
      if order < 0 || (order == 0 && !node.isLeaf) {
        find(node.page, "the first key lies below the page's lower fence")
      }
    }
    if let high = visit.high {
      try fillKey(node, try node.cellKey(node.count - 1))
      if compareKey(with: high) >= 0 {
        find(node.page, "the last key lies above the page's upper fence")
      }
    }
  }

  private func compareKey(with fence: [UInt8]) -> Int {
    fence.withUnsafeBytes { Bytes.compare(keyBuffer.base, keyBuffer.count, $0.start, $0.count) }
  }

  private mutating func pushChildren(_ node: Node, _ visit: Visit) throws(StoreError) {
    var high = visit.high
    for index in stride(from: node.count - 1, through: -1, by: -1) {
      var low = visit.low
      if index >= 0 {
        try fillKey(node, try node.cellKey(index))
        low = [UInt8](keyBuffer.bytes)
      }
      stack.append(
        Visit(page: try node.child(index), level: node.level - 1, low: low, high: high))
      high = low
    }
  }

  /// Walks the overflow pages of all entries.
  private mutating func checkChains(_ node: Node) throws(StoreError) {
    for index in 0..<node.count {
      let key = try node.cellKey(index)
      if key.chain != 0 {
        try walk(key.chain, key.keyLength - source.geometry.localKeyLength(key.keyLength))
      }
      guard node.isLeaf else { continue }
      let cell = try node.leafCell(index)
      if cell.valueChain != 0 {
        try walk(cell.valueChain, cell.valueLength - cell.localValueLength)
      }
    }
  }

  private mutating func walk(_ chain: PageNumber, _ length: Int) throws(StoreError) {
    var reader = OverflowReader(source, chain: chain, length: length)
    var page = chain
    while try reader.read() != nil {
      guard use(page) else { return }
      report.overflowPages += 1
      page = reader.next
    }
  }
}
