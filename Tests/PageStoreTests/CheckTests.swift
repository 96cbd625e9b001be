import Testing

@testable import PageStore

/// `verifyPages` on sound and on damaged files.
@Suite struct CheckTests {
  private func filled(_ bench: Bench, rounds: UInt64 = 6) throws -> (Pager, [PageNumber]) {
    let pager = try bench.create()
    var pages: [PageNumber] = []
    for round in 0..<rounds {
      let tx = try pager.beginWrite()
      for _ in 0..<5 { pages.append(try tx.allocate(kind: .tree, owner: 7).number) }
      for page in pages { try setValue(tx, page, round &* 1000 &+ UInt64(page)) }
      if round % 3 == 2 {
        tx.enter()
        try tx.free(pages.removeFirst(), kind: .tree, owner: 7)
        tx.leave()
      }
      try tx.commit()
    }
    return (pager, pages)
  }

  private func flip(_ bench: Bench, _ path: String, at offset: Int) throws {
    let file = try bench.files.open(path, .readWrite)
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
      _ = try file.read(into: byte, at: UInt64(offset))
      byte[0] ^= 0x10
      try file.write(UnsafeRawBufferPointer(byte), at: UInt64(offset))
    }
  }

  @Test func aSoundFileHasNoFindingsAtAnyMoment() throws {
    let bench = Bench { $0.pageSize = 4096 }
    let (pager, pages) = try filled(bench)
    let reader = try pager.beginRead()
    for step in 0..<3 {
      let report = try pager.verifyPages()
      #expect(report.findings == [])
      #expect(report.used.count == pages.count)
      for page in pages { #expect(report.used.contains(page)) }
      #expect(Int(report.pageCount) == pages.count + report.freeCount + 3)
      if step == 0 { try pager.checkpoint() }
      let tx = try pager.beginWrite()
      for page in pages { try setValue(tx, page, UInt64(step)) }
      try tx.commit()
    }
    try pager.checkpoint()
    #expect(try pager.verifyPages(in: reader).findings == [])
    reader.rollback()
    let after = try bench.crashed().open()
    #expect(try after.verifyPages().findings == [])
    try after.close()
    try pager.close()
    let again = try bench.open(readOnly: true)
    #expect(try again.verifyPages().findings == [])
  }

  @Test func damageIsNamedByPage() throws {
    let bench = Bench { $0.pageSize = 4096 }
    let (pager, pages) = try filled(bench)
    try pager.close()
    for page in [0, 1, pages[3], pages[10]] {
      let copy = try bench.crashed()
      try flip(copy, copy.path, at: Int(page) * 4096 + 100)
      let opened = try copy.open(readOnly: true)
      let report = try opened.verifyPages()
      #expect(report.findings.map(\.page) == [page], "\(report.findings)")
    }
  }

  @Test func aLostWriteIsFoundWhileMemoryKnowsBetter() throws {
    let bench = Bench { $0.pageSize = 4096 }
    let (pager, pages) = try filled(bench)
    try pager.checkpoint()
    let old = try bench.crashed()
    let tx = try pager.beginWrite()
    try setValue(tx, pages[2], 77)
    try tx.commit()
    try pager.checkpoint()
    // The disk says that it wrote the page, and has the sound older one.
    let offset = UInt64(pages[2]) * 4096
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { page in
      _ = try old.files.open(old.path, .readOnly).read(into: page, at: offset)
      try bench.files.open(bench.path, .readWrite).write(UnsafeRawBufferPointer(page), at: offset)
    }
    let report = try pager.verifyPages()
    #expect(report.findings.map(\.page) == [pages[2]])
  }
}
