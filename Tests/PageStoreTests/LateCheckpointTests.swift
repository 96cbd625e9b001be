import CareFSTestSupport
import Testing

@testable import PageStore

/// A checkpoint of one thread while another closes the file, or begins its log.
@Suite struct LateCheckpointTests {
  private var options: PagerOptions {
    var options = PagerOptions()
    options.pageSize = 4096
    options.hasBackgroundCheckpoints = false
    return options
  }

  /// A header that counts on a log whose name is not durable would leave a file that does not open.
  @Test func aCheckpointBesideTheFirstWriteWaitsForTheLog() throws {
    let files = FilesWithAMoment()
    let pager = try Pager.create(path: "a", fileSystem: files, options: options)
    var other: TestThread?
    var wasClosed = false
    files.beforeSyncingNames {
      other = TestThread { try pager.checkpoint() }
      // Time enough for it to write a header, if it does not wait.
      Pager.sleep(milliseconds: 50)
      let file = try? files.base.open("a", .readOnly)
      wasClosed = (try? file.map { try Pager.readHeaders("a", $0).0.isClosedCleanly }) ?? false
    }
    let tx = try pager.beginWrite()
    _ = try tx.allocate(kind: .tree, owner: 7)
    try tx.commit()
    try #require(other).join()
    #expect(wasClosed)
    try pager.close()
  }

  @Test func aCheckpointAfterTheLastLeavesTheFileClosed() throws {
    let files = FilesWithAMoment()
    let pager = try Pager.create(path: "a", fileSystem: files, options: options)
    let tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    try tx.commit()
    // The log is gone, and the file is not closed yet: now the other thread gets its turn.
    files.afterRemoving("a-wal") { try? pager.checkpoint() }
    try pager.close()
    #expect(files.hadItsMoment)
    #expect(try files.identity(of: "a-wal") == nil)
    let again = try Pager.open(path: "a", fileSystem: files, options: options)
    let reader = try again.beginRead()
    #expect(try value(reader, page) == 0)
    reader.rollback()
    try again.close()
  }
}

/// Files in memory that call a test back when a name has gone and its folder was synced, at the next
/// look at another name.
private final class FilesWithAMoment: ForwardingFileSystem, @unchecked Sendable {
  fileprivate let base = MemoryFileSystem()
  private var awaited: (path: String, body: () -> Void)?
  private var namesAwaited: (() -> Void)?
  private var isNext = false
  private(set) var hadItsMoment = false

  func afterRemoving(_ path: String, _ body: @escaping () -> Void) { awaited = (path, body) }

  func beforeSyncingNames(_ body: @escaping () -> Void) { namesAwaited = body }

  func syncDirectory(of path: String) throws(StoreError) {
    let body = namesAwaited
    namesAwaited = nil
    body?()
    try base.syncDirectory(of: path)
  }

  func remove(_ path: String) throws(StoreError) {
    try base.remove(path)
    if path == awaited?.path { isNext = true }
  }

  func identity(of path: String) throws(StoreError) -> FileIdentity? {
    if isNext, let body = awaited?.body {
      isNext = false
      hadItsMoment = true
      // It holds the pager, which holds these files.
      awaited = nil
      body()
    }
    return try base.identity(of: path)
  }
}
