import BTree
import PageStore

extension SortedEntries {
  /// Puts the entries, which are sorted, into a tree. An empty one is filled from the bottom up, at a
  /// fraction of the cost; else they are inserted one after the other.
  ///
  /// - Parameters:
  ///   - fillPercent: how full the pages of an empty tree are made.
  ///   - leastLoad: an empty tree gets fewer entries one by one.
  ///   - done: how many entries the tree has got, also when it throws.
  ///   - value: the value of the entry that was added with a number.
  /// - Throws: `exists` if the next entry's key is there already, be it twice among these.
  @inline(__always)
  func put(
    into tree: Tree, _ editor: TreeEditor, in pages: PageTransaction, fillPercent: Int = 100,
    leastLoad: Int = 1, done: inout Int, value: (UInt32) -> UnsafeRawBufferPointer
  ) throws(StoreError) {
    if count >= leastLoad, try tree.isEmpty(in: pages) {
      let loader = try BulkLoader(tree, in: pages, fillPercent: fillPercent)
      do throws(StoreError) {
        for rank in 0..<count {
          try loader.append(key(rank), value(tag(rank)))
          done += 1
        }
      } catch {
        // So that what is there can be taken back.
        try loader.finish()
        throw error
      }
      return try loader.finish()
    }
    for rank in 0..<count {
      guard try editor.insert(key(rank), value(tag(rank))) else {
        throw StoreError(.exists, "the key is there already")
      }
      done += 1
    }
  }
}
