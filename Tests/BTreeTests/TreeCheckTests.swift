import BTree
import PageStore
import Testing

/// The checker sees damage, and nothing in the tree traps or loops on it.
@Suite struct TreeCheckTests {
  /// A tree of three levels with overflow pages.
  private func sample(seed: UInt64 = 1) throws -> TreeHarness {
    let harness = try TreeHarness(pageSize: 4_096)
    var random = Seeded(seed)
    for number in 0..<700 {
      let long = number % 50 == 0
      let shared = [UInt8](repeating: 9, count: long ? 1_200 : 100)
      try harness.insert(
        shared + random.bytes(20), random.bytes(number % 60 == 1 ? 9_500 : 40))
    }
    try harness.verify()
    return harness
  }

  private func u16(_ harness: TreeHarness, _ page: PageNumber, _ offset: Int) throws -> Int {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let base = try harness.transaction.page(page, kind: .tree, owner: harness.tree.id)
    return Int(base.loadUnaligned(fromByteOffset: offset, as: UInt16.self).littleEndian)
  }

  private func write(
    _ harness: TreeHarness, _ page: PageNumber, _ bytes: [UInt8], at offset: Int,
    kind: PageKind = .tree
  ) throws {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let editor = try harness.transaction.edit(page, kind: kind, owner: harness.tree.id)
    bytes.withUnsafeBytes { editor.write($0, at: offset) }
  }

  private func bytes(
    _ harness: TreeHarness, _ page: PageNumber, _ range: Range<Int>, kind: PageKind = .tree
  ) throws -> [UInt8] {
    harness.transaction.enter()
    defer { harness.transaction.leave() }
    let base = try harness.transaction.page(page, kind: kind, owner: harness.tree.id)
    return Array(UnsafeRawBufferPointer(start: base, count: 4_096)[range])
  }

  /// Plants damage in a leaf, expects a finding that names it, and undoes the damage.
  private func expectFinding(
    _ harness: TreeHarness, _ page: PageNumber, _ damage: [UInt8], at offset: Int,
    _ words: String, kind: PageKind = .tree, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let before = try bytes(harness, page, offset..<offset + damage.count, kind: kind)
    try #require(before != damage, sourceLocation: location)
    try write(harness, page, damage, at: offset, kind: kind)
    let report = try harness.tree.check(in: harness.transaction)
    #expect(!report.isSound, sourceLocation: location)
    #expect(
      report.findings.contains { $0.message.contains(words) },
      "\(report.findings.map(\.description))", sourceLocation: location)
    try write(harness, page, before, at: offset, kind: kind)
    try harness.verify(location)
  }

  private func leaf(_ harness: TreeHarness) throws -> PageNumber {
    let report = try harness.tree.check(in: harness.transaction)
    for page in report.pages.dropFirst() {
      if let level = try? bytes(harness, page, 32..<33), level == [0],
        try u16(harness, page, 34) > 6
      {
        return page
      }
    }
    throw StoreError(.notFound, "no leaf")
  }

  @Test func findsHeaderDamage() throws {
    let harness = try sample()
    let leaf = try leaf(harness)
    try expectFinding(harness, leaf, [1], at: 32, "wrong level")
    try expectFinding(harness, leaf, [200], at: 32, "contradicts itself")
    try expectFinding(harness, leaf, [3], at: 33, "contradicts itself")
    try expectFinding(harness, leaf, [0], at: 33, "contradicts itself")
    try expectFinding(harness, leaf, [0xFF, 0xFF], at: 34, "contradicts itself")
    try expectFinding(harness, leaf, [0, 0], at: 34, "empty")
    try expectFinding(harness, leaf, [1, 0], at: 36, "contradicts itself")
    try expectFinding(harness, leaf, [0xFF, 0x0F], at: 40, "contradicts itself")
    try expectFinding(harness, leaf, [1, 1], at: 42, "not zero")
    try expectFinding(harness, leaf, [9, 0, 0, 0], at: 44, "not zero")
    let gap = try u16(harness, leaf, 38)
    try expectFinding(
      harness, leaf, [UInt8((gap + 1) & 255), UInt8((gap + 1) >> 8)], at: 38, "add up")
  }

  @Test func findsSlotDamage() throws {
    let harness = try sample()
    let leaf = try leaf(harness)
    let slots = try bytes(harness, leaf, 48..<48 + 18)
    // The first key made the highest: the head's first byte lies at its end.
    try expectFinding(harness, leaf, [255], at: 51, "do not ascend")
    // Two slots exchanged: order.
    try expectFinding(
      harness, leaf, Array(slots[6..<12] + slots[0..<6]), at: 48, "do not ascend")
    // A slot that names its neighbor's cell.
    try expectFinding(harness, leaf, Array(slots[0..<6]), at: 54, "do not ascend")
    // A cell inside another.
    let inside = Int(slots[4]) + Int(slots[5]) << 8 + 2
    try expectFinding(
      harness, leaf, [UInt8(inside & 255), UInt8(inside >> 8)], at: 52, "")
    // A cell among the slots.
    try expectFinding(harness, leaf, [48, 0], at: 52, "outside its cells")
    // A cell outside the page.
    try expectFinding(harness, leaf, [0xFF, 0xFF], at: 52, "outside its cells")
  }

  /// Cells at the very end of their page, whose lengths go on behind it or are impossible.
  @Test func findsCutCells() throws {
    let harness = try sample()
    let leaf = try leaf(harness)
    let end = try bytes(harness, leaf, 4_091..<4_096)
    let slot = try bytes(harness, leaf, 52..<54)
    for (cell, place) in [
      ([1], 4_095), ([0x81], 4_095), ([0xFF, 0xFF, 0xFF, 0xFF, 0x7F], 4_091),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 4_091),
    ] as [([UInt8], Int)] {
      try write(harness, leaf, cell, at: 4_096 - cell.count)
      try write(harness, leaf, [UInt8(place & 255), UInt8(place >> 8)], at: 52)
      #expect(!(try harness.tree.check(in: harness.transaction).isSound), "\(cell)")
      for key in harness.keys.prefix(40) {
        harness.transaction.enter()
        _ = try? key.withUnsafeBytes { try harness.tree.find($0, in: harness.transaction) }
        harness.transaction.leave()
      }
      try write(harness, leaf, end, at: 4_091)
      try write(harness, leaf, slot, at: 52)
    }
    try harness.verify()
  }

  /// A separator that lies outside its page's cells, met by a search.
  @Test func searchesMeetSeparatorsThatLieElsewhere() throws {
    let harness = try sample()
    let root = harness.tree.root
    let count = try u16(harness, root, 34)
    let before = try bytes(harness, root, 48..<48 + 6 * count)
    for offset in [[0xFF, 0xFF], [48, 0], [0, 0], [0xFE, 0x0F]] as [[UInt8]] {
      for index in 0..<count { try write(harness, root, offset, at: 52 + 6 * index) }
      var refused = 0
      for key in harness.keys {
        harness.transaction.enter()
        defer { harness.transaction.leave() }
        do {
          _ = try key.withUnsafeBytes { try harness.tree.find($0, in: harness.transaction) }
        } catch {
          #expect((error as? StoreError)?.code == .corrupt)
          refused += 1
        }
      }
      #expect(refused > 0, "\(offset)")
      try write(harness, root, before, at: 48)
    }
    try harness.verify()
  }

  /// Long entries whose overflow pages are not named.
  @Test func findsChainsThatAreNotThere() throws {
    let harness = try sample()
    let report = try harness.tree.check(in: harness.transaction)
    var planted = 0
    for chain in report.pages {
      guard (try? bytes(harness, chain, 32..<33, kind: .overflow)) != nil else { continue }
      let name = withUnsafeBytes(of: chain.littleEndian, Array.init)
      for page in report.pages {
        guard let content = try? bytes(harness, page, 48..<4_096), planted < 2 else { continue }
        for at in 0..<(content.count - 4)
        where content[at] == name[0] && Array(content[at..<at + 4]) == name {
          try write(harness, page, [0, 0, 0, 0], at: 48 + at)
          let damaged = try harness.tree.check(in: harness.transaction)
          if damaged.findings.contains(where: { $0.message.contains("lacks its overflow") }) {
            planted += 1
          }
          try write(harness, page, name, at: 48 + at)
        }
      }
    }
    #expect(planted > 0)
    try harness.verify()
  }

  /// Keys that end within their heads: what a head holds beyond its key must be zero.
  @Test(arguments: [2, 4])
  func findsSurplusOfHeads(headSize: Int) throws {
    let harness = try TreeHarness(pageSize: 4_096)
    for number in 0..<3_000 {
      let end: [UInt8] = headSize == 4 ? [7] : []
      try harness.insert(numberKey(number).suffix(2) + end, [])
      try harness.insert(Array(numberKey(number).suffix(2).prefix(1)), [])
    }
    let report = try harness.verify()
    var seen = 0
    for page in report.pages.dropFirst() {
      guard try bytes(harness, page, 32..<34) == [0, UInt8(headSize)] else { continue }
      for index in 0..<(try u16(harness, page, 34)) {
        let slot = 48 + (headSize + 2) * index
        let cell = try u16(harness, page, slot + headSize)
        let length = Int(try bytes(harness, page, cell..<cell + 1)[0] >> 1)
        guard length < headSize, seen < 20 else { continue }
        seen += 1
        let surplus = try bytes(harness, page, slot..<slot + headSize - length)
        try #require(surplus.allSatisfy { $0 == 0 })
        try write(harness, page, [1], at: slot)
        let findings = try harness.tree.check(in: harness.transaction).findings
        #expect(findings.contains { $0.message.contains("more than its key") })
        try write(harness, page, [0], at: slot)
      }
    }
    #expect(seen > 0)
    try harness.verify()
  }

  @Test func findsDamageBetweenPages() throws {
    let harness = try sample()
    let root = harness.tree.root
    let leftmost = try bytes(harness, root, 44..<48)
    let offset = try u16(harness, root, 52)
    let first = try bytes(harness, root, offset..<offset + 4)
    // Children exchanged: keys lie outside their fences.
    try write(harness, root, first, at: 44)
    try write(harness, root, leftmost, at: offset)
    let exchanged = try harness.tree.check(in: harness.transaction)
    #expect(exchanged.findings.contains { $0.message.contains("fence") })
    try write(harness, root, first, at: offset)
    try write(harness, root, leftmost, at: 44)
    // A child named twice.
    try expectFinding(harness, root, first, at: 44, "used twice")
    // A cycle: the root as its own child.
    let own = withUnsafeBytes(of: root.littleEndian, Array.init)
    try expectFinding(harness, root, own, at: 44, "used twice")
    // A page that does not exist.
    try expectFinding(harness, root, [0xFF, 0xFF, 0xFF, 0x7F], at: 44, "")
  }

  @Test func findsOverflowDamage() throws {
    let harness = try sample()
    let report = try harness.tree.check(in: harness.transaction)
    #expect(report.overflowPages > 10)
    let chain = try #require(
      report.pages.first { page in
        (try? bytes(harness, page, 32..<36, kind: .overflow)) ?? [0, 0, 0, 0] != [0, 0, 0, 0]
      })
    try expectFinding(harness, chain, [0, 0, 0, 0], at: 32, "too short", kind: .overflow)
    try expectFinding(harness, chain, [1, 2, 3, 0], at: 36, "another entry", kind: .overflow)
    // A chain that leads back to itself.
    let own = withUnsafeBytes(of: chain.littleEndian, Array.init)
    try expectFinding(harness, chain, own, at: 32, "", kind: .overflow)
  }

  /// Random damage in tree pages: every operation ends, with a result or with an error.
  @Test(arguments: 0..<40)
  func operationsSurviveRandomDamage(seed: Int) throws {
    let harness = try sample(seed: UInt64(seed))
    var random = Seeded(UInt64(seed) + 1_000)
    let pages = try harness.tree.check(in: harness.transaction).pages
    for _ in 0..<1 + random.below(30) {
      let page = pages[random.below(pages.count)]
      let kind: PageKind = (try? bytes(harness, page, 32..<33)) == nil ? .overflow : .tree
      // Half of the damage goes to headers and slots, where it does most.
      let offset = 32 + (random.below(2) == 0 ? random.below(60) : random.below(4_060))
      try write(harness, page, [UInt8(random.below(256))], at: offset, kind: kind)
    }
    _ = try harness.tree.check(in: harness.transaction)
    func attempt(_ body: () throws -> Void) throws {
      do {
        try body()
      } catch let error as StoreError {
        // A page freed twice may be refused in other words; nothing else may come of damage.
        #expect(error.code == .corrupt || error.code == .notFound, "\(error)")
      }
    }
    try attempt {
      let cursor = harness.tree.cursor(in: harness.transaction)
      var steps = 0
      while try cursor.next(), steps < 10_000 { steps += 1 }
      #expect(steps < 10_000)
    }
    for key in harness.keys.shuffled(using: &random).prefix(300) {
      try attempt {
        let value = random.bytes(random.below(100))
        _ = try key.withUnsafeBytes { k in
          try value.withUnsafeBytes { v in
            try harness.editor.insert(k, v, ifPresent: random.below(2) == 0 ? .keep : .replace)
          }
        }
      }
      try attempt {
        let other = Array(key.dropLast()) + random.bytes(random.below(9))
        try other.withUnsafeBytes { _ = try harness.editor.insert($0, $0) }
      }
      if random.below(2) == 0 {
        try attempt { try key.withUnsafeBytes { _ = try harness.editor.delete($0) } }
      }
    }
    _ = try harness.tree.check(in: harness.transaction)
  }
}
