import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

/// A spill file that fails: it costs a transaction or memory, and never data.
@Suite struct SpillFaultTests {
  private static let owner: UInt32 = 7

  private func made() throws -> (Pager, SpillFaults) {
    let files = SpillFaults(SimulatedFileSystem())
    var options = Scenario.options(seed: 31)
    options.cacheBytes = 0
    options.bulkLogBytes = .max
    options.checkpointLogBytes = .max
    options.maximumLogBytes = 1 << 28
    return (try Pager.create(path: "spill", fileSystem: files, options: options), files)
  }

  private func fill(_ tx: PageTransaction, _ count: Int) throws -> [PageNumber] {
    try (0..<count).map { number in
      tx.enter()
      defer { tx.leave() }
      let editor = try tx.allocate(kind: .tree, owner: Self.owner)
      editor.writeUInt64(UInt64(number), at: 64)
      return editor.number
    }
  }

  private func value(_ tx: PageTransaction, _ page: PageNumber) throws -> UInt64 {
    tx.enter()
    defer { tx.leave() }
    return try tx.page(page, kind: .tree, owner: Self.owner).u64(64)
  }

  /// How many pages cannot be read, each with one of these codes.
  private func refused(
    _ tx: PageTransaction, _ pages: [PageNumber], _ code: StoreError.Code
  ) -> Int {
    var refused = 0
    for (number, page) in pages.enumerated() {
      do { #expect(try value(tx, page) == UInt64(number)) } catch {
        #expect((error as? StoreError)?.code == code)
        refused += 1
      }
    }
    return refused
  }

  @Test(arguments: [SpillFaults.Kind.fails, .shortens, .changes])
  func pagesThatCannotBeBroughtBackAreTold(kind: SpillFaults.Kind) throws {
    let (pager, files) = try made()
    let code: StoreError.Code = kind == .fails ? .io : .corrupt
    let tx = try pager.beginWrite()
    let pages = try fill(tx, 300)
    #expect(pager.metrics.pagesSpilled > 100)
    files.onRead = kind
    #expect(refused(tx, pages, code) > 100)
    files.onRead = .none
    #expect(refused(tx, pages, code) == 0)
    // Committed pages spill too, until a checkpoint has brought them into the page file.
    _ = try tx.commitWithoutWaiting()
    try pager.log?.flushAll()
    let reader = try pager.beginRead()
    #expect(refused(reader, pages, code) == 0)
    files.onRead = kind
    #expect(refused(reader, pages, code) > 100)
    files.onRead = .none
    #expect(refused(reader, pages, code) == 0)
    reader.rollback()
    try pager.close()
  }

  /// Without room for a spill, pages stay in memory.
  @Test func pagesThatCannotSpillStay() throws {
    let (pager, files) = try made()
    files.failsWrites = true
    let tx = try pager.beginWrite()
    let pages = try fill(tx, 300)
    try tx.commit()
    #expect(pager.metrics.pagesSpilled == 0)
    let reader = try pager.beginRead()
    #expect(refused(reader, pages, .io) == 0)
    reader.rollback()
    try pager.checkpoint()
    try pager.close()
  }
}

/// Simulated files whose spill file fails as it is told to.
final class SpillFaults: ForwardingFileSystem {
  enum Kind: Int, Sendable { case none, fails, shortens, changes }

  let base: SimulatedFileSystem
  private let read = Atomic<Int>(0)
  private let write = Atomic<Bool>(false)

  init(_ base: SimulatedFileSystem) { self.base = base }

  var onRead: Kind {
    get { Kind(rawValue: read.load(ordering: .relaxed)) ?? .none }
    set { read.store(newValue.rawValue, ordering: .relaxed) }
  }
  var failsWrites: Bool {
    get { write.load(ordering: .relaxed) }
    set { write.store(newValue, ordering: .relaxed) }
  }

  func openTemporary(beside path: String) throws(StoreError) -> any StorageFile {
    SpillFaultFile(try base.openTemporary(beside: path), self)
  }
}

private final class SpillFaultFile: ForwardingFile {
  let base: any StorageFile
  private let faults: SpillFaults

  init(_ base: any StorageFile, _ faults: SpillFaults) {
    self.base = base
    self.faults = faults
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(StoreError) -> Int {
    let count = try base.read(into: buffer, at: offset)
    switch faults.onRead {
    case .none: return count
    case .fails: throw StoreError(.io, "the spill file does not read", errno: 5)
    case .shortens: return count / 2
    case .changes:
      buffer[100] ^= 1
      return count
    }
  }
  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
    if faults.failsWrites { throw StoreError(.diskFull, "no room to spill", errno: 28) }
    try base.write(bytes, at: offset)
  }
}
