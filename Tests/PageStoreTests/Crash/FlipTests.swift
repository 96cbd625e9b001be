import CareFSTestSupport
import Testing

@testable import PageStore

/// Damaged bytes: each is found, or costs at most the last group of commits, which is said.
@Suite struct FlipTests {
  private static let log = Pager.logPath(Scenario.path)

  /// A store with `commits` acknowledged commits in its log, each a group of its own.
  private static func made(commits: Int = 6, seed: UInt64 = 3) throws -> Scenario {
    let scenario = Scenario(seed: seed)
    try scenario.create()
    for round in 0..<commits {
      try scenario.commit { writer in
        if round < 3 { try writer.allocate(UInt8(round)) }
        try writer.set(3, at: 10 * round, [UInt8(round), 7, 7])
      }
    }
    return scenario
  }

  private static let unsaid = "a commit went unsaid"

  /// What an open of a damaged store came to.
  private enum Outcome {
    case whole, refused, lastGroupDropped, found
    case wrong(String)
  }

  private static func judge(
    _ files: SimulatedFileSystem, _ timeline: Timeline, options: PagerOptions
  ) -> Outcome {
    var options = options
    options.isReadOnly = true
    do throws(StoreError) {
      let pager = try Pager.open(path: Scenario.path, fileSystem: files, options: options)
      let tx = try pager.beginRead()
      defer { tx.rollback() }
      let report = try pager.verifyPages(in: tx)
      let last = timeline.steps.count - 1
      for index in [last, last - 1] where index >= 0 {
        let contents = timeline.steps[index].contents
        guard contents.count == report.used.count else { continue }
        var isSame = true
        for (page, bytes) in contents {
          if try !CrashExplorer.holds(tx, page, bytes) { isSame = false }
        }
        guard isSame else { continue }
        if index == last { return report.isSound ? .whole : .found }
        return pager.recoveryNote != nil ? .lastGroupDropped : .wrong(unsaid)
      }
      return report.isSound ? .wrong("none of the states") : .found
    } catch {
      return error.code == .io ? .wrong(error.message) : .refused
    }
  }

  private struct Count {
    var injected = 0
    var failed = 0
    var dropped = 0
    var whole = 0
    mutating func add(_ outcome: Outcome, _ label: String) {
      injected += 1
      switch outcome {
      case .whole: whole += 1
      case .refused, .found: break
      case .lastGroupDropped: dropped += 1
      case .wrong(let what):
        failed += 1
        if failed <= 10 { Issue.record("\(label): \(what)") }
      }
    }
  }

  @Test func aFlippedBitInTheLogIsFoundOrCostsTheLastGroup() throws {
    let scenario = try Self.made()
    let size = scenario.files.contents(of: Self.log)?.count ?? 0
    var count = Count()
    // Behind the groups lies what was only prepared: one byte in a sector stands for the others.
    let used = LogFormat.block + 4096 * 6
    var offset = 0
    while offset < size {
      let mask = UInt8(1) << UInt8((offset &* 7 &+ offset / 8) & 7)
      scenario.files.flipOnce(Self.log, at: offset, mask: mask) { files in
        count.add(
          Self.judge(files, scenario.timeline, options: scenario.options), "log byte \(offset)")
      }
      offset += Self.step(offset, within: used)
    }
    printFaults("F10 flipped bit in the log", injected: count.injected, failed: count.failed)
    #expect(count.dropped > 0)
    #expect(count.injected > 500)
  }

  /// Every byte of headers, records and their first padding; the long zero padding in steps.
  private static func step(_ offset: Int, within used: Int) -> Int {
    guard offset < used else { return 512 }
    return offset % 4096 < 320 || testRounds() > 1 ? 1 : 61
  }

  @Test func aFlippedBitInThePageFileIsFound() throws {
    let scenario = try Self.made()
    try scenario.close()
    let size = scenario.files.contents(of: Scenario.path)?.count ?? 0
    var count = Count()
    for offset in 0..<size where offset % 4096 < 256 || offset % 13 == 0 || testRounds() > 1 {
      scenario.files.flipOnce(Scenario.path, at: offset, mask: 1 << UInt8(offset % 8)) { files in
        count.add(
          Self.judge(files, scenario.timeline, options: scenario.options), "byte \(offset)")
      }
    }
    printFaults("F10 flipped bit in the page file", injected: count.injected, failed: count.failed)
    #expect(count.whole == 0)
    #expect(count.dropped == 0)
    #expect(count.injected > 1_000)
  }

  @Test func cutFilesAreRefused() throws {
    let scenario = try Self.made()
    var count = Count()
    let log = scenario.files.contents(of: Self.log) ?? []
    for length in stride(from: 0, to: log.count, by: 512) {
      let files = scenario.files.copy()
      files.setContents(of: Self.log, Array(log[..<length]))
      let outcome = Self.judge(files, scenario.timeline, options: scenario.options)
      count.add(outcome, "log cut at \(length)")
    }
    try scenario.close()
    let pages = scenario.files.contents(of: Scenario.path) ?? []
    for length in stride(from: 0, to: pages.count, by: 512) {
      let files = scenario.files.copy()
      files.setContents(of: Scenario.path, Array(pages[..<length]))
      let outcome = Self.judge(files, scenario.timeline, options: scenario.options)
      count.add(outcome, "file cut at \(length)")
      if case .refused = outcome { continue }
      Issue.record("the file cut at \(length) was opened")
    }
    printFaults("F12 cut file or log", injected: count.injected, failed: count.failed)
    #expect(count.injected > 50)
  }

  @Test func pagesInTheWrongPlaceAreFound() throws {
    let scenario = try Self.made()
    try scenario.close()
    let other = try Self.made(seed: 4)
    try other.close()
    guard let pages = scenario.files.contents(of: Scenario.path),
      let foreign = other.files.contents(of: Scenario.path)
    else { return }
    var count = Count()
    for to in 2..<6 {
      for from in 2..<6 {
        for (source, name) in [(pages, "its own file"), (foreign, "another file")] {
          if source == pages && from == to { continue }
          let files = scenario.files.copy()
          var damaged = pages
          damaged.replaceSubrange(
            to * 4096..<(to + 1) * 4096, with: source[from * 4096..<(from + 1) * 4096])
          files.setContents(of: Scenario.path, damaged)
          count.add(
            Self.judge(files, scenario.timeline, options: scenario.options),
            "page \(to) replaced by page \(from) of \(name)")
        }
      }
    }
    printFaults("F9 misdirected write", injected: count.injected, failed: count.failed)
    #expect(count.whole == 0)
    #expect(count.injected == 28)
  }

  @Test func zeroedSectorsAreFound() throws {
    let scenario = try Self.made()
    let lastGroup = scenario.files.lastWrite(to: Self.log)
    var count = Count()
    for path in [Self.log, Scenario.path] {
      if path == Scenario.path { try scenario.close() }
      guard let bytes = scenario.files.contents(of: path) else { continue }
      for unit in [512, 4096] {
        for start in stride(from: 0, to: bytes.count - unit + 1, by: unit)
        where bytes[start..<start + unit].contains(where: { $0 != 0 }) {
          let files = scenario.files.copy()
          var damaged = bytes
          damaged.replaceSubrange(start..<start + unit, with: repeatElement(0, count: unit))
          files.setContents(of: path, damaged)
          let outcome = Self.judge(files, scenario.timeline, options: scenario.options)
          // With all its bytes gone a group cannot be told from one that was never written.
          if case .wrong(Self.unsaid) = outcome, path == Self.log, start == lastGroup { continue }
          count.add(outcome, "\(path) zeroed at \(start), \(unit) bytes")
        }
      }
    }
    printFaults("F10 zeroed sectors", injected: count.injected, failed: count.failed)
    #expect(count.whole == 0)
    #expect(count.injected > 20)
  }
}

extension SimulatedFileSystem {
  /// Where the last write to `path` began.
  func lastWrite(to path: String) -> Int? {
    for number in stride(from: operationCount, to: 0, by: -1) {
      if case .write(path, let offset, _) = operation(number) { return offset }
    }
    return nil
  }

  /// Calls `body` while some bits of a byte are flipped.
  func flipOnce(_ path: String, at offset: Int, mask: UInt8, _ body: (SimulatedFileSystem) -> Void)
  {
    flip(path, at: offset, mask: mask)
    body(self)
    flip(path, at: offset, mask: mask)
  }
}
