import CareFSTestSupport
import Testing

@testable import PageStore

/// What single edits, and the way back from them, leave in a transaction's books: with a wrong count
/// there the pages would still look right.
@Suite struct SmallEditTests {
  private func makePager() throws -> Pager {
    var options = PagerOptions()
    options.pageSize = 4096
    options.hasBackgroundCheckpoints = false
    return try Pager.create(path: "a", fileSystem: MemoryFileSystem(), options: options)
  }

  @Test func changesOfNoBytesAreNotLogged() throws {
    let pager = try makePager()
    let tx = try pager.beginWrite()
    let editor = try tx.allocate(kind: .tree, owner: 7)
    let logged = tx.changes.count
    editor.move(from: 100, to: 200, count: 0)
    editor.zero(at: 100, count: 0)
    #expect(tx.changes.count == logged)
    tx.rollback()
    try pager.close()
  }

  @Test func aPageThatIsLoggedWholeLogsNoChangeBesides() throws {
    let pager = try makePager()
    let tx = try pager.beginWrite()
    let editor = try tx.allocate(kind: .tree, owner: 7)
    editor.rewriteAll { $0.set64(64, 1) }
    let logged = tx.changes.count
    editor.writeUInt64(2, at: 64)
    #expect(tx.changes.count == logged)
    try tx.commit()
    let reader = try pager.beginRead()
    reader.enter()
    #expect(try reader.page(editor.number, kind: .tree, owner: 7).u64(64) == 2)
    reader.leave()
    reader.rollback()
    try pager.close()
  }

  @Test func whatASavepointUndoesIsNoLongerCounted() throws {
    let pager = try makePager()
    let tx = try pager.beginWrite()
    _ = try tx.allocate(kind: .tree, owner: 7)
    let inMemory = tx.ownedInMemory
    let savepoint = tx.savepoint()
    for _ in 0..<3 { _ = try tx.allocate(kind: .tree, owner: 7) }
    #expect(tx.ownedInMemory == inMemory + 3)
    try tx.rollback(to: savepoint)
    #expect(tx.ownedInMemory == inMemory)
    tx.rollback()
    try pager.close()
  }

  @Test func aPageThatCameAndWentAfterASavepointStaysAway() throws {
    let pager = try makePager()
    let tx = try pager.beginWrite()
    let kept = try tx.allocate(kind: .tree, owner: 7).number
    let savepoint = tx.savepoint()
    let made = try tx.allocate(kind: .tree, owner: 7).number
    try tx.free(made, kind: .tree, owner: 7)
    try tx.rollback(to: savepoint)
    #expect(tx.pageCount == kept + 1)
    tx.enter()
    #expect(throws: StoreError.self) { try tx.page(made, kind: .tree, owner: 7) }
    tx.leave()
    try tx.commit()
    try pager.close()
  }
}
