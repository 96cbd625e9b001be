import PageStore

/// Neighboring subtrees of one tree, for one of the threads that check it.
package struct TreePart: Sendable {
  /// The subtrees' roots, in key order.
  fileprivate var visits: [TreeChecker.Visit]
}

extension Tree {
  /// Divides a tree whose levels above the parts are checked at once.
  ///
  /// - Parameters:
  ///   - wanted: how many parts are of use; there are fewer of a small tree.
  ///   - claims: the pages that were met so far, of all trees that are checked together.
  /// - Returns: the parts in key order, and what was found in the pages above them.
  package func parts(
    in transaction: PageTransaction, wanted: Int, claims: PageClaims
  ) throws -> (parts: [TreePart], findings: [TreeReport.Finding]) {
    var checker = TreeChecker(self, transaction, visits: [], claims: claims)
    defer { checker.deallocate() }
    var visits = [TreeChecker.Visit(page: root)]
    var depth = 0
    while visits.count < wanted, depth < 2, try checker.haveChildren(visits) {
      visits = try visits.flatMap { try checker.children(of: $0) }
      depth += 1
    }
    guard checker.report.isSound else { return ([], checker.report.findings) }
    let size = max(1, (visits.count + wanted - 1) / wanted)
    let parts = stride(from: 0, to: visits.count, by: size).map {
      TreePart(visits: Array(visits[$0..<min($0 + size, visits.count)]))
    }
    return (parts, [])
  }

  /// Verifies a part as ``check(in:visit:)`` does the whole tree; the report lists no pages. A page
  /// that was claimed before counts as used twice.
  package func check(
    _ part: TreePart, in transaction: PageTransaction, claims: PageClaims,
    visit: ((_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> TreeReport {
    var checker = TreeChecker(self, transaction, visits: part.visits, claims: claims)
    defer { checker.deallocate() }
    try checker.run(visit)
    return checker.report
  }
}

extension TreeChecker {
  /// Whether there is a level below these pages of one level.
  fileprivate func haveChildren(_ visits: [Visit]) throws -> Bool {
    guard let first = visits.first else { return false }
    if let level = first.level { return level > 0 }
    source.transaction.enter()
    defer { source.transaction.leave() }
    return !(try source.node(first.page).isLeaf)
  }

  /// Checks an inner node and returns what is to be visited below it.
  fileprivate mutating func children(of visit: Visit) throws -> [Visit] {
    stack = []
    _ = try checkOrFind(visit)
    return stack.reversed()
  }
}
