import BTree
import Testing

/// How a run draws its keys and values.
enum KeyStyle: CaseIterable, Sendable {
  case numbers, shortText, longSharedPrefix, huge, tiny

  func key(_ random: inout Seeded) -> [UInt8] {
    switch self {
    case .numbers: return numberKey(random.below(3_000))
    case .shortText:
      return (0..<random.below(9)).map { _ in UInt8(97 + random.below(4)) }
    case .longSharedPrefix:
      return [UInt8](repeating: 120, count: 40 + random.below(3) * 300)
        + numberKey(random.below(700))
    case .huge:
      let shared = [UInt8](repeating: 7, count: [0, 500, 2_000, 8_200, 16_000][random.below(5)])
      return shared + random.bytes(random.below(3)) + numberKey(random.below(12))
    case .tiny: return [UInt8](numberKey(random.below(60_000)).suffix(2))
    }
  }

  func value(_ random: inout Seeded, pageSize: Int) -> [UInt8] {
    switch self {
    case .tiny: return []
    case .numbers: return random.bytes(random.below(120))
    case .shortText: return random.bytes(random.below(pageSize / 20))
    case .longSharedPrefix: return random.bytes(random.below(4) == 0 ? pageSize / 3 : 20)
    case .huge:
      let lengths = [0, 10, pageSize / 4, pageSize / 2 - 40, pageSize, pageSize * 2 + 7]
      return [UInt8](repeating: UInt8(random.below(256)), count: lengths[random.below(6)])
    }
  }

  /// Steps per run, fewer where each is dear.
  var steps: Int {
    switch self {
    case .numbers, .shortText: return 1_500
    case .tiny: return 4_000
    case .longSharedPrefix: return 600
    case .huge: return 150
    }
  }
}

@Suite struct RandomOperationTests {
  @Test(arguments: pageSizes, KeyStyle.allCases)
  func matchesModel(pageSize: Int, style: KeyStyle) throws {
    var random = Seeded(UInt64(pageSize) &* 31 &+ UInt64(style.steps))
    let harness = try TreeHarness(pageSize: pageSize)
    for phase in 0..<3 {
      // Growing, mixed, shrinking.
      let deletes = [15, 50, 85][phase]
      for step in 0..<style.steps / 3 {
        let key = style.key(&random)
        let roll = random.below(100)
        if roll < deletes {
          let present = roll % 4 != 0 ? harness.keys.randomElement(using: &random) : nil
          try harness.delete(present ?? key)
        } else {
          try harness.insert(
            key, style.value(&random, pageSize: pageSize), roll % 2 == 0 ? .keep : .replace)
        }
        if step % 7 == 0 { try harness.verifyFind(style.key(&random)) }
        if step % (style.steps / 12) == 0 {
          try harness.verify()
          let some = (0..<50).map { _ in style.key(&random) }
          try harness.verifyLookup(some + harness.keys.shuffled(using: &random).prefix(50))
        }
      }
      try harness.verify()
      try harness.verifyCursor()
    }
    while let key = harness.keys.randomElement(using: &random) { try harness.delete(key) }
    let report = try harness.verify()
    #expect(report.pages == [harness.tree.root])
    #expect(try harness.pagesInUse() == 1)
  }
}
