import CareFSTestSupport
import Synchronization
import Testing

@testable import PageStore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Handles that only read, opened on real files beside a handle that writes, as another process would.
@Suite struct TwoHandlesTests {
  private static let pageCount = 40

  private func options(readOnly: Bool) -> PagerOptions {
    var options = PagerOptions()
    options.pageSize = 4096
    options.cacheBytes = 1 << 20
    options.segmentSize = 64 << 10
    options.checkpointLogBytes = 256 << 10
    options.bulkLogBytes = 32 << 10
    options.isReadOnly = readOnly
    return options
  }

  private func folder() throws -> String {
    var name = temporaryTemplate("carefs-two")
    try #require(mkdtemp(&name) != nil)
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  /// What a reader of another process sees is one moment, and not one from before it came, or `busy`.
  @Test func aReaderBesideABusyWriterSeesAMomentOrIsTold() throws {
    let folder = try folder()
    let path = folder + "/clinic.carefs"
    defer {
      unlink(path)
      unlink(path + "-wal")
      rmdir(folder)
    }
    var random = SeededRandom(91)
    let newest = Atomic<UInt64>(0)
    let isOver = Atomic<Bool>(false)
    let writer = try Pager.create(path: path, options: options(readOnly: false))
    let tx = try writer.beginWrite()
    let pages = try (0..<Self.pageCount).map { _ in
      try tx.allocate(kind: .tree, owner: 7).number
    }
    try tx.commit()
    try writer.close()
    let box = Box(newest: newest, isOver: isOver)
    let thread = TestThread { try self.write(path, pages, box) }
    var good = 0
    var busyOpening = 0
    var busyReading = 0
    var wrong: [String] = []
    for round in 0..<300 * testRounds() {
      let floor = box.newest.load(ordering: .acquiring)
      do {
        let reader = try Pager.open(path: path, options: options(readOnly: true))
        do {
          let tx = try reader.beginRead()
          defer { tx.rollback() }
          let first = try value(tx, pages[0])
          if first < floor { wrong.append("round \(round): \(first) after \(floor)") }
          for _ in 0..<100 {
            let page = pages[random.below(pages.count)]
            let found = try value(tx, page)
            if found != first { wrong.append("page \(page): \(found), not \(first)") }
          }
          if round % 5 == 0 {
            let findings = try reader.verifyPages(in: tx).findings
            if !findings.isEmpty { wrong.append("\(findings)") }
          }
          good += 1
        } catch let error as StoreError where error.code == .busy {
          busyReading += 1
        }
        try reader.close()
      } catch let error as StoreError where error.code == .busy {
        busyOpening += 1
      }
    }
    box.isOver.store(true, ordering: .releasing)
    try thread.join()
    let last = box.newest.load(ordering: .relaxed)
    print(
      "two handles: reads=\(good) busy opening=\(busyOpening) busy reading=\(busyReading) "
        + "wrong=\(wrong.count) commits=\(last)")
    #expect(wrong.prefix(3) == [])
    #expect(good > 20 && last > 20)
  }

  private final class Box: Sendable {
    let newest: Atomic<UInt64>
    let isOver: Atomic<Bool>
    init(newest: consuming Atomic<UInt64>, isOver: consuming Atomic<Bool>) {
      self.newest = newest
      self.isOver = isOver
    }
  }

  /// Commits, now and then large ones, and closes and opens again.
  private func write(_ path: String, _ pages: [PageNumber], _ box: Box) throws {
    var counter: UInt64 = 0
    while !box.isOver.load(ordering: .acquiring) {
      let pager = try Pager.open(path: path, options: options(readOnly: false))
      for _ in 0..<200 where !box.isOver.load(ordering: .acquiring) {
        counter += 1
        let tx = try pager.beginWrite()
        for page in pages { try setValue(tx, page, counter) }
        if counter % 10 == 0 {
          tx.enter()
          var extra: [PageNumber] = []
          for _ in 0..<30 {
            let editor = try tx.allocate(kind: .tree, owner: 7)
            editor.rewriteAll { for at in 8..<200 { $0.set64(at * 8, counter) } }
            extra.append(editor.number)
          }
          for page in extra { try tx.free(page, kind: .tree, owner: 7) }
          tx.leave()
        }
        try tx.commit()
        box.newest.store(counter, ordering: .releasing)
      }
      try pager.close()
    }
  }

  /// A reader that stays open beside a writer is told when its snapshot is gone.
  @Test func aReaderThatStaysIsTold() throws {
    let bench = Bench()
    let writer = try bench.create()
    var tx = try writer.beginWrite()
    let pages = try (0..<60).map { _ in try tx.allocate(kind: .tree, owner: 7).number }
    try tx.commit()
    try writer.checkpoint()
    let reader = try bench.open(readOnly: true)
    let snapshot = try reader.beginRead()
    #expect(try value(snapshot, pages[0]) == 0)
    tx = try writer.beginWrite()
    for page in pages { try setValue(tx, page, 1) }
    try tx.commit()
    #expect(try value(snapshot, pages[1]) == 0)
    try writer.checkpoint()
    #expect { for page in pages { _ = try value(snapshot, page) } } throws: {
      guard let error = $0 as? StoreError else { return false }
      return error.code == .busy && error.message.contains("process \(getpid())")
    }
    #expect { try reader.verifyPages(in: snapshot) } throws: {
      ($0 as? StoreError)?.code == .busy
    }
    try writer.close()
    #expect { for page in pages { _ = try value(snapshot, page) } } throws: {
      ($0 as? StoreError)?.code == .busy
    }
    snapshot.rollback()
    let again = try bench.open(readOnly: true)
    #expect(try value(again.beginRead(), pages[2]) == 1)
  }
}
