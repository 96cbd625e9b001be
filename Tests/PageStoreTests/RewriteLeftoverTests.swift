import CareFSTestSupport
import Testing

@testable import PageStore

/// What a rewrite leaves behind at any moment and by any failure is removed by the next one, and what
/// is not its own is left alone.
@Suite struct RewriteLeftoverTests {
  private static let path = Scenario.path
  private static let options = Scenario.options(seed: 9)

  /// A closed file with a few pages.
  private static func closed() throws -> SimulatedFileSystem {
    let scenario = Scenario(seed: 6)
    try scenario.create()
    try scenario.commit { for mark in 0..<4 { try $0.allocate(UInt8(mark)) } }
    try scenario.close()
    return scenario.files.crash(keeping: .everything)
  }

  private static func rewrite(_ files: SimulatedFileSystem) throws {
    _ = try Pager.rewrite(path: path, fileSystem: files, options: options) { _, to in
      to.enter()
      defer { to.leave() }
      for _ in 0..<4 { _ = try to.allocate(kind: .tree, owner: Scenario.owner) }
    }
  }

  private static let cuts: [Survival] =
    [.everything, .nothing, .random(1)] + (0..<4).map { .torn($0) }

  /// Cuts the power, and rewrites what is there.
  private func expectRewritable(_ files: SimulatedFileSystem, _ what: String) {
    for cut in Self.cuts {
      let after = files.crash(keeping: cut)
      #expect(throws: Never.self, "\(what), \(cut)") { try Self.rewrite(after) }
      #expect(after.paths == [Self.path], "\(what), \(cut)")
    }
  }

  @Test func aPowerCutAtAnyMoment() throws {
    let files = try Self.closed()
    try Self.rewrite(files)
    for operation in 0...files.operationCount {
      for cut in Self.cuts {
        let after = files.crash(after: operation, keeping: cut)
        let what: Comment = "operation \(operation), \(cut)"
        #expect(throws: Never.self, what) { try Self.rewrite(after) }
        #expect(after.paths == [Self.path], what)
      }
    }
  }

  /// Calls fail half done, and so do those that would clear up.
  @Test(arguments: [1, 16, 33, 300, 511, 4095])
  func aCallThatFails(_ bytes: Int) throws {
    let closed = try Self.closed()
    let faults: [(InjectedFault.Call, InjectedFault.Effect)] = [
      (.write, .partial(bytes)), (.sync, bytes & 1 == 0 ? .none : .forgets), (.create, .whole),
    ]
    for (call, effect) in faults {
      for nth in 1...40 {
        let files = closed.copy()
        files.inject(InjectedFault([call], nth: nth, effect: effect))
        files.inject(InjectedFault([.truncate, .remove], isForEver: true))
        let isDone = (try? Self.rewrite(files)) != nil
        files.clearFaults()
        expectRewritable(files, "\(call) \(nth) failed")
        if isDone { break }
      }
    }
  }

  @Test func whatIsForeignStays() throws {
    let closed = try Self.closed()
    var foreign: [[UInt8]] = [
      Array("not of CareFS".utf8), [UInt8](repeating: 7, count: 9_000),
      // Zeros at the place of the second header are no proof.
      [UInt8](repeating: 7, count: 512) + [UInt8](repeating: 0, count: 20_000),
    ]
    let other = Scenario(seed: 77)
    try other.create()
    try other.commit { try $0.allocate(1) }
    for name in [Self.path, Self.path + "-wal"] {
      foreign.append(try #require(other.files.contents(of: name)))
    }
    try other.close()
    for name in [Self.path + "-compact", Self.path + "-compact-wal"] {
      for bytes in foreign {
        let files = closed.copy()
        files.setContents(of: name, bytes)
        #expect(throws: StoreError.self) { try Self.rewrite(files) }
        try Pager.open(path: Self.path, fileSystem: files, options: Self.options).close()
        #expect(files.contents(of: name) == bytes)
        #expect(files.paths.sorted() == [Self.path, name])
      }
    }
  }

  /// What appears at the log's name while the new file is written is nobody's leftover.
  @Test func whatAppearsMeanwhileStays() throws {
    let files = try Self.closed()
    let name = Self.path + "-compact-wal"
    let bytes = Array("not of CareFS".utf8)
    #expect(throws: StoreError.self) {
      _ = try Pager.rewrite(path: Self.path, fileSystem: files, options: Self.options) { _, to in
        files.setContents(of: name, bytes)
        to.enter()
        defer { to.leave() }
        _ = try to.allocate(kind: .tree, owner: Scenario.owner)
      }
    }
    #expect(files.contents(of: name) == bytes)
    #expect(files.paths.sorted() == [Self.path, name])
  }
}
