/// The trees that have pages behind a place of the file.
public struct PagesBehind: Sendable {
  /// Trees with pages of nodes there.
  public internal(set) var trees: Set<UInt32> = []
  /// Trees with overflow pages there.
  public internal(set) var chains: Set<UInt32> = []
}

extension Pager {
  /// Bytes of the page file.
  public func fileBytes() throws(StoreError) -> UInt64 { try file.size() }
}

extension PageTransaction {
  /// How many pages are in use, headers and maps included: a file cannot have fewer.
  public func usedPageCount() throws(StoreError) -> UInt32 {
    var count: UInt32 = 2
    try pager.freeSpace.forEachUsed(self) { (page) throws(StoreError) in
      if page > 1 { count &+= 1 }
    }
    return count
  }

  /// Pages that the file has room for.
  public var filePageCount: UInt32 { pageCount }

  /// Which trees have pages at `limit` or behind it. Reads those pages.
  public func owners(behind limit: PageNumber) throws(StoreError) -> PagesBehind {
    var behind = PagesBehind()
    try pager.freeSpace.forEachUsed(self) { (page) throws(StoreError) in
      guard page >= limit, !pager.freeSpace.isMap(page) else { return }
      let identity = try identify(page)
      if identity.kind == .tree { behind.trees.insert(identity.owner) }
      if identity.kind == .overflow { behind.chains.insert(identity.owner) }
    }
    return behind
  }
}
