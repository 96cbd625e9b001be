import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// New pages that a large transaction writes before its commit.
@Suite struct SealTests {
  private static let path = "sealed"

  private func options() -> PagerOptions {
    var options = PagerOptions()
    options.bulkLogBytes = 0
    options.writesNewPagesEarly = true
    options.hasBackgroundCheckpoints = false
    return options
  }

  private func fill(_ editor: PageEditor, _ value: UInt8) {
    editor.rewriteAll { base in
      (base + PageHeader.size).initializeMemory(as: UInt8.self, repeating: value, count: 1_000)
    }
  }

  private func holds(_ tx: PageTransaction, _ page: PageNumber, _ value: UInt8) throws -> Bool {
    tx.enter()
    defer { tx.leave() }
    let base = try tx.page(page, kind: .tree, owner: 7)
    return base.u8(PageHeader.size) == value && base.u8(PageHeader.size + 999) == value
  }

  /// Enough for a thread of the writer's own.
  private func writeMany(_ tx: PageTransaction, _ count: Int = 900) throws -> [PageNumber] {
    try (0..<count).map { index in
      tx.enter()
      defer { tx.leave() }
      let page = try tx.allocate(kind: .tree, owner: 7)
      fill(page, UInt8(truncatingIfNeeded: index))
      if index % 50 != 0 { try tx.seal(page) }
      return page.number
    }
  }

  @Test func sealedPagesAreThere() throws {
    let files = MemoryFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    let pages = try writeMany(tx)
    #expect(tx.ownedInMemory < 100)
    // One is read again, one is changed, one is freed.
    #expect(try holds(tx, pages[77], 77))
    tx.enter()
    fill(try tx.edit(pages[301], kind: .tree, owner: 7), 9)
    try tx.free(pages[302], kind: .tree, owner: 7)
    tx.leave()
    let more = try writeMany(tx, 300)
    try tx.commit()
    for (index, page) in pages.enumerated() where index != 302 {
      let wanted = index == 301 ? 9 : UInt8(truncatingIfNeeded: index)
      #expect(try holds(try pager.beginRead(), page, wanted))
    }
    #expect(try pager.verifyPages().findings == [])
    try pager.close()
    let again = try Pager.open(path: Self.path, fileSystem: files, options: PagerOptions())
    let reader = try again.beginRead()
    for (index, page) in more.enumerated() {
      #expect(try holds(reader, page, UInt8(truncatingIfNeeded: index)))
    }
    reader.rollback()
    #expect(try again.verifyPages().findings == [])
    try again.close()
  }

  @Test func aRollbackLeavesNothing() throws {
    let files = MemoryFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    _ = try writeMany(tx)
    tx.rollback()
    // What bears a position that was never written must not be taken for a later commit's page.
    let next = try pager.beginWrite()
    let pages = try writeMany(next, 20)
    try next.commit()
    for (index, page) in pages.enumerated() {
      #expect(try holds(try pager.beginRead(), page, UInt8(index)))
    }
    try pager.close()
    let again = try Pager.open(path: Self.path, fileSystem: files, options: PagerOptions())
    #expect(try again.verifyPages().findings == [])
    try again.close()
  }

  /// The thread that writes meets a full disk: the transaction fails, and so does its commit.
  @Test(arguments: [1, 3, 6])
  func aFailedWriteIsTold(call: Int) throws {
    let files = SimulatedFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    files.inject(InjectedFault([.write], of: Self.path, nth: call, error: InjectedFault.diskFull))
    #expect {
      _ = try writeMany(tx, 2_000)
      try tx.commit()
    } throws: { ($0 as? StoreError)?.code == .diskFull }
    tx.rollback()
    try? pager.close()
  }

  /// What is written last meets the full disk: the commit tells.
  @Test func aFailedLastWriteIsToldByTheCommit() throws {
    let files = SimulatedFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    _ = try writeMany(tx)
    files.inject(InjectedFault([.write], of: Self.path, nth: 1, error: InjectedFault.diskFull))
    #expect { try tx.commit() } throws: { ($0 as? StoreError)?.code == .diskFull }
    try? pager.close()
  }

  @Test func aSealedPageThatTheDiskLostIsDamage() throws {
    let files = MemoryFileSystem()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    let pages = try writeMany(tx, 40)
    #expect(try holds(tx, pages[7], 7))
    let file = try files.open(Self.path, .readWrite)
    try file.writeZeros(64, at: UInt64(pages[8]) * UInt64(pager.pageSize))
    #expect { _ = try holds(tx, pages[8], 8) } throws: { ($0 as? StoreError)?.code == .corrupt }
    tx.rollback()
    try pager.close()
  }

  /// A checkpoint cuts off what no commit names, but not what one is going to.
  @Test func aCheckpointLeavesSealedPagesAlone() throws {
    let pager = try Pager.create(
      path: Self.path, fileSystem: MemoryFileSystem(), options: options())
    let tx = try pager.beginWrite()
    let pages = try writeMany(tx)
    try pager.checkpoint()
    let more = try writeMany(tx, 300)
    try pager.checkpoint()
    try tx.commit()
    for (index, page) in (pages + more).enumerated() {
      let value = UInt8(truncatingIfNeeded: index < pages.count ? index : index - pages.count)
      #expect(try holds(try pager.beginRead(), page, value))
    }
    #expect(try pager.verifyPages().findings == [])
    // What was reserved beyond them goes with the next.
    try pager.checkpoint()
    #expect(try pager.file.size() == UInt64(pager.pageCount) * UInt64(pager.pageSize))
    try pager.close()
  }

  /// The file's size is changed when nobody writes into it: a file system that finds no room cuts the
  /// file to the length that it had, and with it what came behind that meanwhile.
  @Test func roomIsMadeWhileNobodyWrites() throws {
    let files = SlowFiles()
    let pager = try Pager.create(path: Self.path, fileSystem: files, options: options())
    let tx = try pager.beginWrite()
    _ = try writeMany(tx, 2_000)
    try tx.commit()
    #expect(files.refusals.load(ordering: .relaxed) == 1)
    #expect(try pager.verifyPages().findings == [])
    try pager.close()
  }
}

/// Files that take their time to write much, and have no room when they are first asked for it.
private final class SlowFiles: ForwardingFileSystem {
  let base = MemoryFileSystem()
  let refusals = Atomic(0)

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    SlowFile(try base.open(path, mode), self)
  }
}

private final class SlowFile: ForwardingFile {
  let base: any StorageFile
  private let files: SlowFiles

  init(_ base: any StorageFile, _ files: SlowFiles) {
    self.base = base
    self.files = files
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    if bytes.count >= 1 << 19 { for _ in 0..<20 { pause() } }
    try base.write(bytes, at: offset)
  }

  func reserve(upTo size: UInt64) throws(StoreError) {
    guard files.refusals.wrappingAdd(1, ordering: .relaxed).oldValue == 0 else {
      files.refusals.store(1, ordering: .relaxed)
      return try base.reserve(upTo: size)
    }
    let now = try base.size()
    for _ in 0..<100 { pause() }
    try base.truncate(to: now)
    throw StoreError(.diskFull, "no room", errno: 28)
  }
}
