import PageStore

/// The tree pages of a damaged file that can be read, by the tree that they belong to.
struct SalvagedLeaves {
  struct Leaf {
    var page: PageNumber
    var lsn: LSN
    /// Nothing tells whether the page is in use or was given back with what it holds.
    var isDoubtful: Bool
  }

  private var leaves: [UInt32: [Leaf]] = [:]
  /// Pages whose use nothing tells.
  private(set) var doubtfulCount = 0

  init(
    _ pages: PageTransaction, _ report: inout RecoverReport,
    progress: ((String, Int) throws -> Void)?
  ) throws {
    let space = try pages.salvagedSpace()
    var found = self
    var seen = 0
    var unreadable = report
    try pages.forEachSalvaged { page in
      seen += 1
      if seen & 4095 == 0 { try progress?("pages", 0) }
      let isUsed = space.isUsed(page)
      if isUsed == false { return }
      do throws(StoreError) {
        let identity = try pages.identify(page)
        guard identity.kind == .tree else { return }
        if isUsed == nil { found.doubtfulCount += 1 }
        found.leaves[identity.owner, default: []].append(
          Leaf(page: page, lsn: identity.lsn, isDoubtful: isUsed == nil))
      } catch {
        guard isUsed == true else { return }
        unreadable.unreadablePages += 1
        if unreadable.pages.count < RecoverReport.pageLimit {
          unreadable.pages.append((page, error.message))
        }
      }
    }
    report = unreadable
    leaves = found.leaves
    doubtfulCount = found.doubtfulCount
  }

  /// The pages of a tree, those first whose entries count where two have the same key: pages that
  /// are in use, the newest first.
  func pages(of tree: UInt32) -> [Leaf] {
    leaves[tree, default: []].sorted {
      ($0.isDoubtful ? 1 : 0, $1.lsn, $0.page) < ($1.isDoubtful ? 1 : 0, $0.lsn, $1.page)
    }
  }
}
