import PageStore

extension Tree {
  /// Verifies the whole tree: page headers, levels, cells (inside the page, not overlapping, all
  /// bytes accounted for), slot heads, order of keys within and across pages, fences from parents,
  /// overflow chains, and that each page is used once. Damage becomes a finding; only failures to
  /// read are thrown. O(pages).
  ///
  /// - Parameter visit: is given each entry in key order; entries of damaged leaves are left out.
  public func check(
    in transaction: PageTransaction,
    visit: ((_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> TreeReport {
    var checker = TreeChecker(self, transaction)
    defer { checker.deallocate() }
    try checker.run(visit)
    return checker.report
  }
}

/// Verifies a tree page by page, in key order, with an explicit stack.
struct TreeChecker {
  /// A page to visit, with what its parent says of it.
  struct Visit {
    var page: PageNumber
    /// Nil for the root.
    var level: Int?
    /// All keys are at or above this one.
    var low: [UInt8]?
    /// All keys are below this one.
    var high: [UInt8]?
  }

  let source: PageSource
  var report = TreeReport()
  var stack: [Visit] = []
  let claims: PageClaims
  /// Whether the report lists the pages, or the claims are enough.
  let listsPages: Bool
  var keyBuffer = ScratchBuffer()
  var valueBuffer = ScratchBuffer()
  var extents: [(offset: Int, size: Int)] = []
  var cells = LeafCells()

  init(_ tree: Tree, _ transaction: PageTransaction) {
    source = PageSource(transaction: transaction, tree: tree)
    claims = PageClaims(limit: transaction.pageCount)
    listsPages = true
    stack.append(Visit(page: tree.root))
  }

  /// One that shares its claims with those of other parts and trees.
  init(_ tree: Tree, _ transaction: PageTransaction, visits: [Visit], claims: PageClaims) {
    source = PageSource(transaction: transaction, tree: tree)
    self.claims = claims
    listsPages = false
    stack = visits.reversed()
  }

  func deallocate() {
    keyBuffer.deallocate()
    valueBuffer.deallocate()
    cells.deallocate()
  }

  mutating func run(
    _ visit: ((UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void)?
  ) throws {
    while let next = stack.popLast(), report.findings.count < TreeReport.findingLimit {
      let isSoundLeaf = try checkOrFind(next)
      if isSoundLeaf, let visit { try pass(next.page, to: visit) }
    }
  }

  /// Checks a page; damage that ends its check becomes a finding.
  mutating func checkOrFind(_ visit: Visit) throws(StoreError) -> Bool {
    do {
      return try check(visit)
    } catch {
      guard error.code == .corrupt else { throw error }
      find(error.page ?? visit.page, error.message)
      return false
    }
  }

  mutating func find(_ page: PageNumber, _ message: String) {
    guard report.findings.count < TreeReport.findingLimit else { return }
    report.findings.append(TreeReport.Finding(page: page, message: message))
  }

  /// Gives a leaf's entries to the visitor, who may use the transaction.
  private mutating func pass(
    _ page: PageNumber,
    to visit: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let transaction = source.transaction
    let pinned = try transaction.pin(page, kind: .tree, owner: source.tree.id)
    defer { transaction.unpin(pinned) }
    let node = try Node(pinned.base, page: page, contentEnd: source.contentEnd)
    // What was noted serves while the page is where it was, and cannot be edited in between.
    let isNoted = cells.base == pinned.base && !transaction.isWritable
    for index in 0..<node.count {
      let cell = isNoted ? cells[index] : try node.leafCell(index)
      var value = UnsafeRawBufferPointer(start: cell.value, count: cell.valueLength)
      if cell.key.chain != 0 || cell.valueChain != 0 {
        transaction.enter()
        defer { transaction.leave() }
        try fillKey(node, cell.key)
        if cell.valueChain != 0 {
          try cell.loadValue(into: &valueBuffer, source)
          value = valueBuffer.bytes
        }
      } else {
        try fillKey(node, cell.key)
      }
      try visit(keyBuffer.bytes, value)
    }
  }

  /// Puts a whole key into `keyBuffer`.
  mutating func fillKey(_ node: Node, _ key: CellKey) throws(StoreError) {
    keyBuffer.replace(node, key)
    guard key.chain != 0 else { return }
    try Overflow.read(
      chain: key.chain, length: key.keyLength - keyBuffer.count, into: &keyBuffer, source)
  }
}
