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

  /// What a writer leaves that is killed after a large commit, whose pages went to the page file before
  /// it was logged, and a small one.
  private func filesAfterBulk(
    seed: UInt64
  ) throws -> (scenario: Scenario, files: SimulatedFileSystem) {
    let scenario = Scenario(seed: seed) {
      $0.bulkLogBytes = 1_000
      $0.checkpointLogBytes = 1 << 30
      $0.maximumLogBytes = 1 << 30
    }
    try scenario.create()
    try scenario.commit { for mark in 0..<1_000 { try $0.allocate(UInt8(mark & 255)) } }
    try scenario.commit { try $0.set(900, at: 70, [1, 2, 3]) }
    let files = scenario.files.crash(keeping: .everything)
    scenario.files.powerOff()
    return (scenario, files)
  }

  /// What a large commit wrote into the page file before it was logged is there, and stays there.
  @Test func bulkPagesAreLeftWhereTheyAre() throws {
    let (scenario, files) = try filesAfterBulk(seed: 7)
    let pager = try Pager.open(
      path: Scenario.path, fileSystem: files, options: scenario.options)
    #expect(pager.metrics.pagesWritten < 150)
    #expect(pager.metrics.pagesSpilled == 0)
    #expect(try CrashExplorer.match(pager, scenario.timeline, 2...2) == 2)
    try pager.close()
  }

  /// A page that was left in the file, as it was what a commit had written, and is another when it is
  /// needed.
  @Test func aPageThatChangesMeanwhileIsTold() throws {
    let (scenario, files) = try filesAfterBulk(seed: 8)
    let reads = Atomic<Int>(0)
    let changing = ReadHookFileSystem(files) { path, offset, buffer, _ in
      guard path == Scenario.path, offset == 900 * 4096 else { return }
      if reads.add(1, ordering: .relaxed).oldValue > 0 { buffer[100] ^= 1 }
    }
    let error = #expect(throws: StoreError.self) {
      try Pager.open(path: Scenario.path, fileSystem: changing, options: scenario.options)
    }
    #expect(error?.code == .corrupt && error?.page == 900)
    #expect(reads.load(ordering: .relaxed) == 2)
  }
}
