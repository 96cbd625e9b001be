import CareFSTestSupport
import Testing

@testable import PageStore

#if canImport(Glibc)
  import Glibc
#endif

/// What can still be done when the disk is full.
@Suite struct DiskFullTests {
  /// Commits until the disk refuses one; answers how many it took.
  private func fill(_ scenario: Scenario, pages: Int, overwrites: Bool) throws -> Int {
    var commits = 0
    while commits < 2_000 {
      do {
        try scenario.commit { writer in
          for _ in 0..<pages { try writer.fill(try writer.allocate(), UInt64(commits)) }
          if overwrites { try writer.set(3, at: 8, [UInt8(truncatingIfNeeded: commits)]) }
        }
        commits += 1
      } catch let error as StoreError {
        #expect(error.code == .diskFull, "\(error)")
        return commits
      }
    }
    return commits
  }

  private func expectReadable(_ scenario: Scenario) throws {
    let tx = try scenario.pager.beginRead()
    defer { tx.rollback() }
    for (page, bytes) in scenario.contents {
      #expect(try CrashExplorer.holds(tx, page, bytes), "page \(page)")
    }
  }

  /// On a full disk the handle reads, updates, deletes, checkpoints and closes; what deletions set
  /// free can be used again, and the file gets smaller.
  @Test func aFullDiskLeavesRoomToDelete() throws {
    for room in stride(from: 600 << 10, through: 1_100 << 10, by: 97_000) {
      for pagesEach in [1, 7, 40] {
        let scenario = Scenario(seed: 71) {
          $0.checkpointLogBytes = 64 << 10
          $0.maximumLogBytes = 256 << 10
          $0.bulkLogBytes = pagesEach == 40 ? 20_000 : 4 << 20
        }
        let files = scenario.files
        try scenario.create()
        try scenario.commit { try $0.allocate() }
        files.setCapacity(room)
        let label = "\(room) bytes, \(pagesEach) pages a commit"
        let commits = try fill(scenario, pages: pagesEach, overwrites: true)
        #expect(commits > 0, "\(label)")
        try expectReadable(scenario)
        // Small changes go on without end.
        for round in 0..<60 as Range<UInt64> {
          try scenario.commit { try $0.set(3, at: 16, [UInt8(round), 1, 2]) }
        }
        try scenario.checkpoint()
        // So does deleting, a page at a time from the end.
        let sizeBefore = files.contents(of: Scenario.path)?.count ?? 0
        for page in scenario.contents.keys.sorted().dropFirst(2).reversed() {
          try scenario.commit { try $0.free(page) }
        }
        try scenario.checkpoint()
        try scenario.checkpoint()
        let sizeAfter = files.contents(of: Scenario.path)?.count ?? 0
        #expect(
          sizeAfter <= max(sizeBefore / 2, 20 * 4096), "\(label): \(sizeBefore), then \(sizeAfter)")
        let again = try fill(scenario, pages: pagesEach, overwrites: false)
        #expect(again > 0, "\(label)")
        try expectReadable(scenario)
        #expect(try scenario.pager.verifyPages().findings.isEmpty)
        try scenario.close()
        var explorer = CrashExplorer()
        let end = scenario.timeline.steps.lastIndex { $0.acknowledged < .max } ?? 0
        _ = explorer.check(
          files.copy(), scenario.timeline, end...scenario.timeline.steps.count - 1, label,
          options: scenario.options)
        #expect(explorer.failures == 0)
      }
    }
  }

  /// A checkpoint finds its room however full the disk is: commits have kept it free.
  @Test func aCheckpointNeedsNoMoreOfTheDisk() throws {
    let scenario = Scenario(seed: 72) { $0.cacheBytes = 512 * 4096 }
    try scenario.create()
    try scenario.commit { for _ in 0..<100 { try $0.allocate() } }
    try scenario.checkpoint()
    try scenario.checkpoint()
    for page in 3...102 as ClosedRange<PageNumber> {
      try scenario.commit { try $0.set(page, at: 4, [4]) }
    }
    for round in 0..<20 as Range<UInt64> {
      try scenario.commit { try $0.fill(try $0.allocate(), round) }
    }
    scenario.files.setCapacity(scenario.files.usedBytes)
    try scenario.checkpoint()
    try scenario.commit { try $0.set(9, at: 4, [9]) }
    try scenario.close()
    #expect(scenario.files.paths == [Scenario.path])
  }

  /// A log that has grown gives its room to the page file.
  @Test func theLogGivesItsRoomToThePageFile() throws {
    let scenario = Scenario(seed: 73) { $0.bulkLogBytes = .max }
    try scenario.create()
    try scenario.commit { for _ in 0..<60 { try $0.allocate() } }
    for _ in 0..<4 {
      try scenario.commit { for page in 3...62 as ClosedRange<PageNumber> { try $0.fill(page, 2) } }
    }
    scenario.files.setCapacity(scenario.files.usedBytes)
    for _ in 0..<40 { try scenario.commit { try $0.allocate() } }
    try expectReadable(scenario)
    try scenario.close()
  }

  #if canImport(Glibc)
    /// The same on a file system of the operating system that is really full.
    @Test func aSmallFileSystemIsFilledAndEmptied() throws {
      var name = temporaryTemplate("carefs-full")
      guard mkdtemp(&name) != nil else { return }
      let folder = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
      defer { rmdir(folder) }
      guard mount("tmpfs", folder, "tmpfs", 0, "size=6m") == 0 else {
        print("full disk: skipped, mounting a small file system is not permitted here")
        return
      }
      defer { umount2(folder, Int32(MNT_DETACH)) }
      var options = Scenario.options(seed: 74)
      options.segmentSize = 256 << 10
      options.checkpointLogBytes = 1 << 20
      options.maximumLogBytes = 2 << 20
      let path = folder + "/clinic.carefs"
      let pager = try Pager.create(path: path, options: options)
      var pages: [PageNumber] = []
      var refusals = 0
      for round in 0..<4 as Range<UInt64> {
        do throws(StoreError) {
          while pages.count < 10_000 {
            let tx = try pager.beginWrite()
            tx.enter()
            var made: [PageNumber] = []
            for _ in 0..<8 {
              let editor = try tx.allocate(kind: .tree, owner: 7)
              editor.rewriteAll { base in
                for at in stride(from: 72, to: 4096, by: 8) { base.set64(at, round &+ UInt64(at)) }
              }
              editor.writeUInt64(UInt64(editor.number), at: 64)
              made.append(editor.number)
            }
            tx.leave()
            try tx.commit()
            pages += made
          }
        } catch {
          #expect(error.code == .diskFull, "\(error)")
          refusals += 1
        }
        let full = pages.count
        #expect(full > 300)
        let tx = try pager.beginRead()
        for page in pages { #expect(try value(tx, page) == UInt64(page)) }
        tx.rollback()
        while pages.count > 20 {
          let tx = try pager.beginWrite()
          tx.enter()
          for page in pages.suffix(5) { try tx.free(page, kind: .tree, owner: 7) }
          tx.leave()
          try tx.commit()
          pages.removeLast(5)
        }
        print("full disk: round \(round), \(full) pages of 4 KiB in 6 MiB, then \(pages.count)")
      }
      #expect(refusals == 4)
      #expect(try pager.verifyPages().findings.isEmpty)
      try pager.close()
      let again = try Pager.open(path: path, options: options)
      let tx = try again.beginRead()
      for page in pages { #expect(try value(tx, page) == UInt64(page)) }
      tx.rollback()
      try again.close()
    }
  #endif
}
