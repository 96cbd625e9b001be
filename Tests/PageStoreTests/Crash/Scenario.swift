import CareFSTestSupport
import Synchronization

@testable import PageStore

/// The contents of all pages in use: what a store must hold, byte for byte.
typealias Contents = [PageNumber: [UInt8]]

/// The states that a store went through, and when each was begun and acknowledged, counted in
/// operations of its file system.
struct Timeline: Sendable {
  struct Step: Sendable {
    var contents: Contents
    var begun: Int
    var acknowledged: Int
  }
  var steps: [Step] = []

  /// Which states a crash right after `operation` may leave.
  func allowed(after operation: Int) -> ClosedRange<Int>? {
    guard let first = steps.lastIndex(where: { $0.acknowledged <= operation }) else { return nil }
    let last = steps.lastIndex { $0.begun <= operation } ?? first
    return first...max(first, last)
  }
}

/// A store on simulated files beside a model of it.
final class Scenario {
  static let path = "clinic.carefs"
  static let owner: UInt32 = 7

  let files: SimulatedFileSystem
  var options: PagerOptions
  private(set) var timeline: Timeline
  private(set) var contents: Contents
  private var open: Pager?

  init(
    _ files: SimulatedFileSystem = SimulatedFileSystem(), seed: UInt64 = 1,
    contents: Contents? = nil, _ change: (inout PagerOptions) -> Void = { _ in }
  ) {
    self.files = files
    options = Self.options(seed: seed)
    change(&options)
    self.contents = contents ?? [:]
    timeline = Timeline()
    if let contents {
      timeline.steps = [.init(contents: contents, begun: 0, acknowledged: 0)]
    }
  }

  /// Small pages and segments, no threads, and numbers that the seed decides.
  static func options(seed: UInt64) -> PagerOptions {
    var options = PagerOptions()
    options.pageSize = 4096
    options.segmentSize = 16 << 10
    options.cacheBytes = 64 * 4096
    options.hasBackgroundCheckpoints = false
    let random = Mutex(SeededRandom(seed))
    let box = RandomBox(random)
    options.random = { box.next() }
    options.clock = { 1_000_000 }
    return options
  }

  var pager: Pager {
    get throws {
      guard let open else { throw StoreError(.closed, "the scenario has no open store") }
      return open
    }
  }

  // MARK: Steps

  func create() throws {
    let begun = files.operationCount
    open = try Pager.create(path: Self.path, fileSystem: files, options: options)
    timeline.steps.append(
      .init(contents: [:], begun: begun, acknowledged: files.operationCount))
  }

  @discardableResult
  func reopen() throws -> Pager {
    let pager = try Pager.open(path: Self.path, fileSystem: files, options: options)
    open = pager
    return pager
  }

  /// Goes on with a store that was opened elsewhere.
  func adopt(_ pager: Pager) { open = pager }

  func close() throws {
    try pager.close()
    open = nil
  }

  func checkpoint() throws { try pager.checkpoint() }

  /// One transaction.
  func commit(_ body: (Writer) throws -> Void) throws {
    let ticket = try prepare(body)
    try ticket.wait()
    acknowledge()
  }

  /// One transaction, appended to the log's pending group.
  func prepare(_ body: (Writer) throws -> Void) throws -> CommitTicket {
    let writer = Writer(try pager.beginWrite(), contents)
    do {
      try body(writer)
      timeline.steps.append(
        .init(contents: writer.contents, begun: files.operationCount, acknowledged: .max))
      let ticket = try writer.tx.commitWithoutWaiting()
      contents = writer.contents
      return ticket
    } catch {
      if !writer.tx.isOver { writer.tx.rollback() }
      throw error
    }
  }

  /// All transactions so far are acknowledged.
  func acknowledge() {
    for index in timeline.steps.indices where timeline.steps[index].acknowledged == .max {
      timeline.steps[index].acknowledged = files.operationCount
    }
  }

  /// One transaction that is rolled back.
  func rollBack(_ body: (Writer) throws -> Void) throws {
    let writer = Writer(try pager.beginWrite(), contents)
    defer { writer.tx.rollback() }
    try body(writer)
  }
}

/// Random numbers behind a closure that may be sent.
private final class RandomBox: Sendable {
  private let random: Mutex<SeededRandom>
  init(_ random: consuming Mutex<SeededRandom>) { self.random = random }
  func next() -> UInt64 { random.withLock { $0.next() } }
}

/// A write transaction that keeps the model up to date.
final class Writer {
  let tx: PageTransaction
  private(set) var contents: Contents
  private var saved: [(PageSavepoint, Contents)] = []

  init(_ tx: PageTransaction, _ contents: Contents) {
    self.tx = tx
    self.contents = contents
  }

  private func within<R>(_ body: () throws -> R) rethrows -> R {
    tx.enter()
    defer { tx.leave() }
    return try body()
  }

  /// A new page that begins with a mark of its own.
  @discardableResult
  func allocate(_ mark: UInt8 = 1) throws -> PageNumber {
    let page = try within { try tx.allocate(kind: .tree, owner: Scenario.owner).number }
    contents[page] = [UInt8](repeating: 0, count: tx.contentEnd - PageHeader.size)
    try set(page, at: 0, [mark, UInt8(truncatingIfNeeded: page)])
    return page
  }

  /// Writes bytes at an offset in the content.
  func set(_ page: PageNumber, at offset: Int, _ bytes: [UInt8]) throws {
    try within {
      let editor = try tx.edit(page, kind: .tree, owner: Scenario.owner)
      bytes.withUnsafeBytes { editor.write($0, at: PageHeader.size + offset) }
    }
    contents[page]?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  /// Moves bytes within a page and zeroes some.
  func shift(_ page: PageNumber, from: Int, to: Int, count: Int) throws {
    try within {
      let editor = try tx.edit(page, kind: .tree, owner: Scenario.owner)
      editor.move(from: PageHeader.size + from, to: PageHeader.size + to, count: count)
      editor.zero(at: PageHeader.size + from, count: 3)
    }
    guard var bytes = contents[page] else { return }
    bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
    bytes.replaceSubrange(from..<from + 3, with: [0, 0, 0])
    contents[page] = bytes
  }

  /// Fills a page with bytes that `seed` decides; the log gets its image.
  func fill(_ page: PageNumber, _ seed: UInt64) throws {
    var random = SeededRandom(seed &* 31 &+ UInt64(page))
    let words = (0..<(tx.contentEnd - PageHeader.size) / 8).map { _ in random.next() }
    let bytes = words.withUnsafeBytes { [UInt8]($0) }
    try within {
      try tx.edit(page, kind: .tree, owner: Scenario.owner).rewriteAll { base in
        bytes.withUnsafeBytes {
          guard let source = $0.baseAddress else { return }
          (base + PageHeader.size).copyMemory(from: source, byteCount: $0.count)
        }
      }
    }
    contents[page] = bytes
  }

  func free(_ page: PageNumber) throws {
    try within { try tx.free(page, kind: .tree, owner: Scenario.owner) }
    contents[page] = nil
  }

  func savepoint() { saved.append((tx.savepoint(), contents)) }

  func rollBackToSavepoint() throws {
    guard let (point, before) = saved.popLast() else { return }
    try tx.rollback(to: point)
    contents = before
  }

  func releaseSavepoint() {
    guard let (point, _) = saved.popLast() else { return }
    tx.release(point)
  }
}
