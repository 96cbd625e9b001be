import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// Pages that recovery has let go, and needs again.
@Suite struct RecoveryPagesTests {
  /// Pages of the file before the hostile commits.
  private static let first: PageNumber = 6

  /// Pages that lose their base while they are in memory, and begin anew while others spill.
  @Test func pagesThatBeginAnewTakeNoOnesPlace() throws {
    let count = 3_000
    let end = Self.first + UInt32(count)
    let lost = (end - 40)..<(end - 10)
    func changed(_ pages: some Sequence<PageNumber>) -> [UInt8] {
      var bytes: [UInt8] = []
      for (index, page) in pages.enumerated() {
        bytes += HostileCommit.node(index, UInt16(page - Self.first))
        bytes += HostileCommit.select(index) + [3, 80, 0, 64, 0, 2, 0]
      }
      return bytes
    }
    func fresh(_ pages: some Sequence<PageNumber>) -> [(PageNumber, UInt32, LSN)] {
      pages.map { ($0, LogFormat.freshFlag, 0) }
    }
    let later = Array(Self.first..<Self.first + 1_000) + Array(lost)
    var (files, options) = try HostileCommit.files(
      HostileCommit.payload(
        pages: end, table: fresh(Self.first..<end), changes: changed(Self.first..<end)),
      HostileCommit.payload(pages: end, table: lost.map { ($0, LogFormat.bulkFlag, 0) }),
      HostileCommit.payload(pages: end, table: fresh(later), changes: changed(later)))
    options.cacheBytes = 32 * 4096
    let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: options)
    #expect(pager.metrics.mostPagesInMemory <= 300)
    let tx = try pager.beginRead()
    for page in Self.first..<end {
      tx.enter()
      defer { tx.leave() }
      let bytes = try tx.page(page, kind: .tree, owner: Scenario.owner)
      let number = UInt16(page - Self.first)
      guard bytes.u16(64) != number || bytes.u16(80) != number else { continue }
      Issue.record("page \(page) has \(bytes.u16(64)) and \(bytes.u16(80))")
    }
    tx.rollback()
    try pager.close()
  }

  /// A page that was left in the file, as it was what a commit had written, and is another when it is
  /// needed.
  @Test func aPageThatChangesMeanwhileIsTold() throws {
    let scenario = Scenario(seed: 8) {
      $0.bulkLogBytes = 1_000
      $0.checkpointLogBytes = 1 << 30
      $0.maximumLogBytes = 1 << 30
    }
    try scenario.create()
    try scenario.commit { for mark in 0..<1_000 { try $0.allocate(UInt8(mark & 255)) } }
    try scenario.commit { try $0.set(900, at: 70, [1, 2, 3]) }
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    let changing = ChangingFileSystem(files, page: 900)
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: changing, options: scenario.options)
    }
    #expect(error?.code == .corrupt && error?.page == 900)
    #expect(changing.reads.load(ordering: .relaxed) == 2)
  }
}

/// Simulated files one page of which is damaged once it has been read.
private final class ChangingFileSystem: ForwardingFileSystem {
  let base: SimulatedFileSystem
  let page: PageNumber
  let reads = Atomic<Int>(0)

  init(_ base: SimulatedFileSystem, page: PageNumber) {
    self.base = base
    self.page = page
  }

  func open(_ path: String, _ mode: FileOpenMode) throws(StoreError) -> any StorageFile {
    let file = try base.open(path, mode)
    return path == Scenario.path ? ChangingFile(file, self) : file
  }
}

private final class ChangingFile: ForwardingFile {
  let base: any StorageFile
  private let system: ChangingFileSystem

  init(_ base: any StorageFile, _ system: ChangingFileSystem) {
    self.base = base
    self.system = system
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    let count = try base.read(into: buffer, at: offset)
    if offset == UInt64(system.page) * 4096,
      system.reads.add(1, ordering: .relaxed).oldValue > 0
    {
      buffer[100] ^= 1
    }
    return count
  }
}
