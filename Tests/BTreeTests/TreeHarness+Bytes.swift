import BTree
import PageStore

extension TreeHarness {
  /// Bytes of one of the tree's pages as they are.
  func bytes(of page: PageNumber, _ range: Range<Int>) throws -> [UInt8] {
    transaction.enter()
    defer { transaction.leave() }
    let base = try transaction.page(page, kind: .tree, owner: tree.id)
    return Array(UnsafeRawBufferPointer(start: base, count: transaction.pageSize)[range])
  }

  /// Damages one of the tree's pages.
  func overwrite(_ page: PageNumber, at offset: Int, with bytes: [UInt8]) throws {
    transaction.enter()
    defer { transaction.leave() }
    let editor = try transaction.edit(page, kind: .tree, owner: tree.id)
    bytes.withUnsafeBytes { editor.write($0, at: offset) }
  }
}
