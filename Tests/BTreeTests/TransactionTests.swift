import BTree
import PageStore
import Testing

/// Trees together with savepoints, commits, snapshots and other editors.
@Suite struct TransactionTests {
  /// One editor lives through savepoints that are kept and undone: what it remembers must not
  /// outlive the pages.
  @Test(arguments: [4_096, 8_192], 0..<3)
  func savepoints(pageSize: Int, seed: Int) throws {
    var random = Seeded(UInt64(seed + pageSize))
    let harness = try TreeHarness(pageSize: pageSize)
    var stack: [(PageSavepoint, [[UInt8]], [[UInt8]: [UInt8]])] = []
    for step in 0..<400 {
      switch random.below(12) {
      case 0 where stack.count < 4:
        stack.append((harness.transaction.savepoint(), harness.keys, harness.values))
      case 1:
        if let (savepoint, keys, values) = stack.popLast() {
          try harness.transaction.rollback(to: savepoint)
          harness.keys = keys
          harness.values = values
        }
      case 2:
        if let (savepoint, _, _) = stack.popLast() { harness.transaction.release(savepoint) }
      case 3:
        for _ in 0..<random.below(40) {
          if let key = harness.keys.randomElement(using: &random) { try harness.delete(key) }
        }
      default:
        // Ascending within a burst, so that the remembered leaf is used.
        let start = random.below(20_000)
        for number in 0..<random.below(30) {
          try harness.insert(
            numberKey(start + number), random.bytes(random.below(100)), .replace)
        }
      }
      if step % 40 == 0 { try harness.verify() }
    }
    try harness.verify()
    try harness.verifyCursor()
  }

  /// Two editors of one tree and one of another, by turns.
  @Test func severalEditors() throws {
    let harness = try TreeHarness(pageSize: 4_096)
    let second = harness.tree.editor(in: harness.transaction)
    let otherTree = try Tree.create(id: 8, in: harness.transaction)
    let other = otherTree.editor(in: harness.transaction)
    var random = Seeded(4)
    for number in 0..<3_000 {
      let key = numberKey(number / 3 * 3 + random.below(3))
      try harness.insert(key, random.bytes(30), .replace)
      _ = try key.withUnsafeBytes { try other.insert($0, $0) }
      if number % 2 == 0, let victim = harness.keys.randomElement(using: &random) {
        #expect(try victim.withUnsafeBytes { try second.delete($0) })
        harness.values[victim] = nil
        harness.keys.remove(at: harness.modelIndex(victim))
      }
    }
    let report = try harness.tree.check(in: harness.transaction)
    #expect(report.isSound)
    #expect(report.entries == harness.keys.count)
    for key in harness.keys { try harness.verifyFind(key) }
    #expect(try otherTree.check(in: harness.transaction).isSound)
  }

  @Test func snapshotsAndReopen() throws {
    let fileSystem = MemoryFileSystem()
    var options = PagerOptions()
    options.pageSize = 4_096
    options.cacheBytes = 64 * 4_096
    let pager = try Pager.create(path: "tree", fileSystem: fileSystem, options: options)
    var writer = try pager.beginWrite()
    let tree = try Tree.create(id: 3, in: writer)
    #expect(tree.root == Pager.firstPage)
    func insert(_ numbers: some Sequence<Int>, _ byte: UInt8) throws {
      let editor = tree.editor(in: writer)
      let value = [UInt8](repeating: byte, count: 200)
      for number in numbers {
        _ = try numberKey(number).withUnsafeBytes { key in
          try value.withUnsafeBytes { try editor.insert(key, $0, ifPresent: .replace) }
        }
      }
    }
    func sum(_ transaction: PageTransaction) throws -> (count: Int, sum: Int) {
      let cursor = tree.cursor(in: transaction)
      defer { cursor.close() }
      var result = (count: 0, sum: 0)
      while try cursor.next() {
        result.count += 1
        result.sum += Int(cursor.value[199])
      }
      return result
    }
    try insert(0..<5_000, 1)
    try writer.commit()
    let reader = try pager.beginRead()
    let slow = tree.cursor(in: reader)
    for _ in 0..<2_500 { #expect(try slow.next()) }
    writer = try pager.beginWrite()
    try insert(stride(from: 0, to: 5_000, by: 2), 3)
    let editor = tree.editor(in: writer)
    for number in 4_000..<5_000 {
      #expect(try numberKey(number).withUnsafeBytes { try editor.delete($0) })
    }
    try writer.commit()
    // The old snapshot, its cursor in the middle included, is as it was.
    var rest = 0
    while try slow.next() {
      rest += 1
      #expect(slow.value[0] == 1)
    }
    #expect(rest == 2_500)
    #expect(try sum(reader) == (5_000, 5_000))
    slow.close()
    reader.rollback()
    let later = try pager.beginRead()
    #expect(try sum(later) == (4_000, 8_000))
    later.rollback()
    try pager.close()

    let again = try Pager.open(path: "tree", fileSystem: fileSystem, options: options)
    let reopened = try again.beginRead()
    #expect(try sum(reopened) == (4_000, 8_000))
    #expect(try tree.check(in: reopened).isSound)
    reopened.rollback()
    try again.close()
  }

  /// A value far larger than the cache.
  @Test func hugeValue() throws {
    let fileSystem = MemoryFileSystem()
    var options = PagerOptions()
    options.pageSize = 4_096
    options.cacheBytes = 32 * 4_096
    let pager = try Pager.create(path: "tree", fileSystem: fileSystem, options: options)
    let writer = try pager.beginWrite()
    let tree = try Tree.create(id: 3, in: writer)
    let editor = tree.editor(in: writer)
    let huge = [UInt8](unsafeUninitializedCapacity: 6_000_000) { buffer, count in
      for index in 0..<6_000_000 { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 >> 7) }
      count = 6_000_000
    }
    let key: [UInt8] = [1]
    try key.withUnsafeBytes { k in
      try huge.withUnsafeBytes { _ = try editor.insert(k, $0) }
    }
    try writer.commit()
    let reader = try pager.beginRead()
    reader.enter()
    let found = try key.withUnsafeBytes { try tree.find($0, in: reader) }
    #expect(found?.elementsEqual(huge) == true)
    reader.leave()
    #expect(try tree.check(in: reader).isSound)
    reader.rollback()
    try pager.close()
  }
}
