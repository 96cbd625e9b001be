import Testing

@testable import PageStore

/// A store on files in memory, and what tests do with it.
struct Bench {
  let files = MemoryFileSystem()
  var options = PagerOptions()
  let path = "test.carefs"

  init(_ change: (inout PagerOptions) -> Void = { _ in }) {
    options.segmentSize = 64 << 10
    options.hasBackgroundCheckpoints = false
    change(&options)
  }

  func create() throws -> Pager {
    try Pager.create(path: path, fileSystem: files, options: options)
  }

  /// What the disk holds now, as another machine would find it.
  func crashed() throws -> Bench {
    let copy = Bench { $0 = options }
    for name in [path, path + "-wal"] {
      guard try files.identity(of: name) != nil else { continue }
      let from = try files.open(name, .readOnly)
      let size = Int(try from.size())
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, size), alignment: 8)
      defer { buffer.deallocate() }
      _ = try from.read(into: buffer, at: 0)
      let to = try copy.files.open(name, .createNew)
      try to.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<size]), at: 0)
    }
    return copy
  }

  func open(readOnly: Bool = false) throws -> Pager {
    var options = options
    options.isReadOnly = readOnly
    return try Pager.open(path: path, fileSystem: files, options: options)
  }
}

func value(_ tx: PageTransaction, _ page: PageNumber) throws -> UInt64 {
  tx.enter()
  defer { tx.leave() }
  return try tx.page(page, kind: .tree, owner: 7).u64(64)
}

func setValue(_ tx: PageTransaction, _ page: PageNumber, _ value: UInt64) throws {
  tx.enter()
  defer { tx.leave() }
  try tx.edit(page, kind: .tree, owner: 7).writeUInt64(value, at: 64)
}

@Suite struct PagerTests {
  @Test func hashMatchesTheReference() {
    let text = Array("Nobody inspects the spammish repetition".utf8)
    #expect(text.withUnsafeBytes { XXH64.hash($0) } == 0xFBCE_A83C_8A37_8BF1)
    #expect(XXH64.hash(UnsafeRawBufferPointer(start: nil, count: 0)) == 0xEF46_DB37_51D8_E999)
  }

  @Test func aCommitOutlivesACrash() throws {
    let bench = Bench()
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    #expect(page == Pager.firstPage)
    try setValue(tx, page, 1)
    try tx.commit()
    for round in 2...50 as ClosedRange<UInt64> {
      tx = try pager.beginWrite()
      try setValue(tx, page, round)
      try tx.commit()
      let after = try bench.crashed().open()
      let read = try after.beginRead()
      #expect(try value(read, page) == round)
      read.rollback()
      try after.close()
    }
    try pager.close()
    #expect(try bench.files.identity(of: bench.path + "-wal") == nil)
    let again = try bench.open()
    #expect(try value(again.beginRead(), page) == 50)
  }

  @Test func readersKeepTheirSnapshot() throws {
    let bench = Bench { $0.cacheBytes = 1 << 18 }
    let pager = try bench.create()
    var tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for i in 0..<100 as Range<UInt64> {
      pages.append(try tx.allocate(kind: .tree, owner: 7).number)
      try setValue(tx, pages[Int(i)], i)
    }
    try tx.commit()
    var snapshots: [(PageTransaction, UInt64)] = []
    for round in 1...40 as ClosedRange<UInt64> {
      snapshots.append((try pager.beginRead(), round - 1))
      tx = try pager.beginWrite()
      for (i, page) in pages.enumerated() where (i + Int(round)) % 3 != 0 {
        try setValue(tx, page, round * 1000 + UInt64(i))
      }
      for page in pages where page % 3 == 1 { _ = try value(tx, page) }
      try tx.commit()
      if round % 7 == 0 { try pager.checkpoint() }
      if round % 11 == 0 { snapshots.remove(at: Int(round) % snapshots.count).0.rollback() }
      for (snapshot, made) in snapshots where (made + round) % 5 == 0 {
        for (i, page) in pages.enumerated() {
          var expected = UInt64(i)
          if made > 0 {
            let last = (i + Int(made)) % 3 != 0 ? made : made - 1
            if last > 0 { expected = last * 1000 + UInt64(i) }
          }
          #expect(try value(snapshot, page) == expected)
        }
      }
    }
    for (snapshot, _) in snapshots { snapshot.rollback() }
    #expect(pager.metrics.pagesSpilled > 0)
    try pager.close()
  }

  @Test func savepointsUndo() throws {
    let bench = Bench()
    let pager = try bench.create()
    let tx = try pager.beginWrite()
    let page = try tx.allocate(kind: .tree, owner: 7).number
    try setValue(tx, page, 1)
    let outer = tx.savepoint()
    try setValue(tx, page, 2)
    let inner = tx.savepoint()
    try setValue(tx, page, 3)
    let extra = try tx.allocate(kind: .tree, owner: 7).number
    try tx.rollback(to: inner)
    #expect(try value(tx, page) == 2)
    #expect(try tx.allocate(kind: .tree, owner: 7).number == extra)
    try tx.rollback(to: outer)
    #expect(try value(tx, page) == 1)
    let third = tx.savepoint()
    try tx.free(page, kind: .tree, owner: 7)
    try tx.rollback(to: third)
    #expect(try value(tx, page) == 1)
    try tx.commit()
    let after = try bench.crashed().open()
    #expect(try value(after.beginRead(), page) == 1)
  }

  @Test func aLargeTransactionSpillsAndComesBack() throws {
    let bench = Bench {
      $0.cacheBytes = 1 << 19
      $0.bulkLogBytes = 1 << 18
    }
    let pager = try bench.create()
    let tx = try pager.beginWrite()
    var pages: [PageNumber] = []
    for i in 0..<1000 as Range<UInt64> {
      let editor = try tx.allocate(kind: .tree, owner: 7)
      editor.rewriteAll { base in
        for at in stride(from: 72, to: 8192, by: 512) { base.set64(at, i &* 31 &+ UInt64(at)) }
      }
      pages.append(editor.number)
      try setValue(tx, editor.number, i)
    }
    try tx.commit()
    #expect(pager.metrics.pagesSpilled > 0)
    let after = try bench.crashed().open()
    for store in [pager, after] {
      let read = try store.beginRead()
      for (i, page) in pages.enumerated() { #expect(try value(read, page) == UInt64(i)) }
      read.rollback()
    }
    try pager.close()
    try after.close()
  }

  @Test func aSecondWriterIsRefusedAndAReaderIsNot() throws {
    let bench = Bench()
    let pager = try bench.create()
    #expect { try bench.open() } throws: { ($0 as? StoreError)?.code == .busy }
    let reader = try bench.open(readOnly: true)
    #expect { try reader.beginWrite() } throws: { ($0 as? StoreError)?.code == .readOnly }
    let tx = try pager.beginWrite()
    #expect { try pager.beginWrite(timeoutMilliseconds: 5) } throws: {
      ($0 as? StoreError)?.code == .busy
    }
    tx.rollback()
    try pager.close()
    #expect { try pager.beginRead() } throws: { ($0 as? StoreError)?.code == .closed }
  }
}
