import BTree
import PageStore

extension Database {
  /// Merges half-empty pages, moves pages from the file's end into free ones before them, and gives
  /// the end back, while readers and writers go on. Each step is a small transaction of its own: at any
  /// crash the file is whole, and the next call goes on where this one ended.
  ///
  /// Unlike ``compact(path:options:progress:)`` it leaves some room in pages and does not move the root
  /// of a tree, so a file whose tables were created late may keep some free pages.
  ///
  /// - Parameters:
  ///   - budget: the bytes of pages that may be merged or moved; nil sets no limit.
  ///   - progress: is told these bytes so far, and may throw to end it; what was done stays so.
  /// - Returns: the size of the page file before and after. While a reader's snapshot needs the end, it
  ///   is cut off at a later checkpoint.
  @discardableResult
  public func compact(
    budget: Int? = nil, progress: ((_ bytes: Int) throws -> Void)? = nil
  ) throws -> CompactReport {
    try reporting {
      let before = try pager.fileBytes()
      var mover = OnlineCompaction(pagesLeft: budget.map { max(0, $0 / pager.pageSize) })
      while try write({ try mover.step($0) }) {
        try progress?(mover.moved * pager.pageSize)
      }
      try pager.shrink()
      return CompactReport(before: before, after: try pager.fileBytes())
    }
  }
}

/// What is left to do, from one transaction to the next: first neighboring pages are merged where two
/// fit into one, then the pages at the file's end move to the free ones.
private struct OnlineCompaction {
  /// Pages changed in one transaction: a writer that waits for it waits some milliseconds.
  private static let pagesPerStep = 128

  /// Pages that may still be moved; nil for no limit.
  var pagesLeft: Int?
  private(set) var moved = 0
  /// Trees whose leaves are still to be merged; nil before the first step.
  private var sparse: [UInt32]?
  /// Where to go on in the last of them.
  private var place: [UInt8]?
  private var limit: PageNumber = 0
  /// Trees with pages at the end, and whether some are overflow pages; nil until all are merged.
  private var scattered: [(tree: UInt32, includingChains: Bool)]?

  init(pagesLeft: Int?) { self.pagesLeft = pagesLeft }

  /// Changes some pages; false when nothing is left to do.
  mutating func step(_ transaction: WriteTransaction) throws -> Bool {
    let allowed = min(pagesLeft ?? .max, Self.pagesPerStep)
    guard allowed > 0 else { return false }
    var budget = allowed
    let goesOn = try merge(transaction, &budget) ? true : try move(transaction, &budget)
    moved += allowed - budget
    pagesLeft = pagesLeft.map { $0 - (allowed - budget) }
    return goesOn
  }

  /// False when there is nothing to merge any more.
  private mutating func merge(
    _ transaction: WriteTransaction, _ budget: inout Int
  ) throws -> Bool {
    if sparse == nil { sparse = transaction.plan.trees.map(\.id) }
    guard let id = sparse?.last else { return false }
    if let tree = transaction.plan.trees.first(where: { $0.id == id }) {
      let editor = tree.editor(in: transaction.pages)
      guard try editor.mergeLeaves(from: &place, budget: &budget) else { return true }
      try editor.mergeInnerNodes()
    }
    place = nil
    sparse?.removeLast()
    return true
  }

  private mutating func move(
    _ transaction: WriteTransaction, _ budget: inout Int
  ) throws -> Bool {
    if scattered == nil { scattered = try findScattered(transaction.pages) }
    guard let next = scattered?.last else { return false }
    let allowed = budget
    guard let tree = transaction.plan.trees.first(where: { $0.id == next.tree }) else {
      scattered?.removeLast()
      return true
    }
    let isDone = try tree.movePages(
      from: limit, budget: &budget, includingChains: next.includingChains,
      in: transaction.pages)
    // Without a move although there was a budget, no lower page is free.
    if isDone || budget == allowed { scattered?.removeLast() }
    return true
  }

  private mutating func findScattered(
    _ pages: PageTransaction
  ) throws -> [(tree: UInt32, includingChains: Bool)] {
    limit = try pages.usedPageCount()
    guard limit < pages.filePageCount else { return [] }
    let behind = try pages.owners(behind: limit)
    return behind.trees.union(behind.chains).sorted(by: >).map { tree in
      (tree, behind.chains.contains(tree))
    }
  }
}

extension SchemaPlan {
  /// All trees of the file.
  fileprivate var trees: [Tree] {
    [Catalog.tree] + catalog.entries.flatMap { entry in entry.trees.map(\.tree) }
  }
}
