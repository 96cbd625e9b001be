import CareFSTestSupport
import Testing

@testable import PageStore

/// Headers and pages with sound checksums that say what cannot be.
@Suite struct HostileHeaderTests {
  private let scenario = Scenario(seed: 8)

  init() throws {
    try scenario.create()
    for mark in 0..<4 { try scenario.commit { try $0.allocate(UInt8(mark)) } }
    try scenario.commit { try $0.free(4) }
    try scenario.close()
  }

  private var bytes: [UInt8] { scenario.files.contents(of: Scenario.path) ?? [] }

  private func open(_ bytes: [UInt8]) throws(StoreError) -> Pager {
    let files = scenario.files.copy()
    files.setContents(of: Scenario.path, bytes)
    return try Pager.open(path: Scenario.path, fileSystem: files, options: scenario.options)
  }

  private func refusal(_ bytes: [UInt8]) -> StoreError? {
    do throws(StoreError) {
      try open(bytes).close()
      return nil
    } catch { return error }
  }

  @Test func headersThatCannotBeAreRefused() {
    let changes: [(StoreError.Code, (UnsafeMutableRawPointer) -> Void)] = [
      (.newerFormat, { $0.set16(48, 2) }), (.newerFormat, { $0.set32(56, 1) }),
      (.newerFormat, { $0.set32(88, 2) }), (.corrupt, { $0.set32(92, 257) }),
      (.corrupt, { $0.set32(132, 2) }), (.corrupt, { $0.set32(132, .max) }),
      (.corrupt, { $0.set32(152, 0) }), (.corrupt, { $0.set32(152, 16385) }),
      (.corrupt, { $0.set32(152, .max) }), (.corrupt, { $0.set64(104, 4097) }),
      (.corrupt, { $0.set32(52, 4097) }), (.corrupt, { $0.set32(52, 0) }),
      (.corrupt, { $0.set32(132, 1000) }),
    ]
    for (index, (code, change)) in changes.enumerated() {
      let both = Scenario.changed(Scenario.changed(bytes, page: 0, change), page: 1, change)
      #expect(refusal(both)?.code == code, "change \(index)")
    }
  }

  /// One copy serves when the other cannot be, unless that one is a newer CareFS's.
  @Test func oneCopyServes() throws {
    for page: PageNumber in [0, 1] {
      let pager = try open(Scenario.changed(bytes, page: page) { $0.set32(152, 0) })
      #expect(pager.headerNote != nil)
      try pager.close()
      #expect(
        refusal(Scenario.changed(bytes, page: page) { $0.set16(48, 2) })?.code == .newerFormat)
    }
  }

  @Test func filesThatAreNoneAreTold() {
    #expect(refusal([])?.code == .notADatabase)
    #expect(refusal([UInt8](repeating: 0, count: 100))?.code == .notADatabase)
    #expect(refusal([UInt8](repeating: 0, count: 40_000))?.message.contains("zeros") == true)
    #expect(refusal(Array("SQLite format 3".utf8))?.code == .notADatabase)
    #expect(refusal(Array(bytes[..<600]))?.code == .corrupt)
    #expect(refusal(Array(bytes[..<5000]))?.code == .corrupt)
  }

  private func findings(_ bytes: [UInt8]) throws -> [String] {
    let pager = try open(bytes)
    let report = try pager.verifyPages()
    return report.findings.map(\.reason)
  }

  @Test func pagesThatCannotBeAreFound() throws {
    #expect(try findings(bytes).isEmpty)
    func expect(_ word: String, _ bytes: [UInt8], _ line: SourceLocation = #_sourceLocation) throws
    {
      let found = try findings(bytes)
      #expect(found.contains { $0.contains(word) }, "\(word): \(found)", sourceLocation: line)
    }
    try expect(
      "not one of a page in use", Scenario.changed(bytes, page: 3) { $0.set8(PageHeader.kind, 1) })
    try expect(
      "a map and not in",
      Scenario.changed(bytes, page: 3) { $0.set8(PageHeader.kind, PageKind.freeMap.rawValue) })
    try expect("newer than", Scenario.changed(bytes, page: 3) { $0.set64(PageHeader.lsn, 1 << 40) })
    try expect("behind the file's last", Scenario.changed(bytes, page: 2) { $0.set8(40, 0xFF) })
    try expect("does not name page", Scenario.changed(bytes, page: 2) { $0.set8(32, 0xFB) })
    try expect("not the page", Scenario.changed(bytes, page: 2) { $0.set8(PageHeader.kind, 3) })
    var torn = bytes
    torn[3 * 4096 + 100] ^= 1
    try expect("checksum", torn)
    torn = bytes
    torn[4 * 4096 + 100] ^= 1
    try expect("neither zero nor sound", torn)
    // The second copy with the number of the first.
    let sequence = Array(bytes[96..<104])
    let same = Scenario.changed(bytes, page: 1) { page in
      for (index, byte) in sequence.enumerated() { page.set8(96 + index, byte) }
    }
    try expect("the same one", same)
  }

  /// A map that calls a header or a map free must not have them overwritten.
  @Test(arguments: [0, 1, 2])
  func mapsThatGiveOutHeadersAreRefused(page: UInt8) throws {
    let pager = try open(Scenario.changed(bytes, page: 2) { $0.set8(32, 0xFF & ~(1 << page)) })
    let tx = try pager.beginWrite()
    let error = #expect(throws: StoreError.self) {
      _ = try tx.allocate(kind: .tree, owner: Scenario.owner)
    }
    #expect(error?.code == .corrupt)
    #expect(error?.page == 2)
    tx.rollback()
  }

  /// A map that names nothing as used, not even itself, is damage: no file is cut by it.
  @Test func aMapOfNothingCutsNothing() throws {
    let pager = try open(Scenario.changed(bytes, page: 2) { $0.set8(32, 0) })
    let tx = try pager.beginRead()
    let error = #expect(throws: StoreError.self) { try pager.freeSpace.neededPageCount(tx) }
    #expect(error?.code == .corrupt && error?.page == 2)
    tx.rollback()
  }

  /// What is wrong in the file below an open store.
  @Test func damageBelowAnOpenStoreIsFound() throws {
    let scenario = Scenario(seed: 18)
    try scenario.create()
    try scenario.commit { for mark in 0..<20 { try $0.allocate(UInt8(mark)) } }
    try scenario.commit { try $0.free(21) }
    try scenario.checkpoint()
    try scenario.checkpoint()
    try scenario.commit { try $0.set(5, at: 9, [1, 2, 3]) }
    let pager = try scenario.pager
    let file = try scenario.files.open(Scenario.path, .readWrite)
    func findings() throws -> [String] { try pager.verifyPages().findings.map(\.reason) }
    #expect(try findings().isEmpty)
    try [UInt8](repeating: 7, count: 8).withUnsafeBytes { try file.write($0, at: 5 * 4096 + 99) }
    #expect(try findings().contains { $0.contains("a checkpoint repairs it") })
    try file.truncate(to: 20 * 4096)
    #expect(try findings().contains { $0.contains("ends before it") })
    let other = Scenario(seed: 19)
    try other.create()
    let header = try #require(other.files.contents(of: Scenario.path))
    try header[..<4096].withUnsafeBytes { try file.write($0, at: 0) }
    #expect(try findings().contains { $0.contains("another file's") })
    file.close()
  }

  @Test func aSetHoldsEachPageOnce() {
    var set = PageSet()
    let found = [set.insert(64), set.insert(64), set.insert(3)]
    #expect(found == [true, false, true])
    #expect(set.count == 2)
    #expect(set.contains(64) && !set.contains(63) && !set.contains(9_999))
  }

  /// More is wrong than a report holds.
  @Test func findingsAreLimited() throws {
    let scenario = Scenario(seed: 9) { $0.cacheBytes = 1 << 22 }
    try scenario.create()
    try scenario.commit { writer in for _ in 0..<1_200 { try writer.allocate() } }
    try scenario.close()
    var bytes = scenario.files.contents(of: Scenario.path) ?? []
    for page in 3..<1_190 { bytes[page * 4096 + 99] ^= 1 }
    scenario.files.setContents(of: Scenario.path, bytes)
    #expect(try scenario.reopen().verifyPages().findings.count == 1_000)
  }
}
