import CareFSTestSupport

@testable import PageStore

/// A small piece of work whose every operation is a place to crash.
struct Workload: Sendable {
  let name: String
  let run: @Sendable () throws -> Scenario
  /// For workloads that begin with a new store: the work on it.
  var steps: (@Sendable (Scenario) throws -> Void)?
  var options: @Sendable (inout PagerOptions) -> Void = { _ in }

  init(_ name: String, _ run: @escaping @Sendable () throws -> Scenario) {
    self.name = name
    self.run = run
  }

  /// A workload on a new store.
  init(
    _ name: String, seed: UInt64 = 1,
    options: @escaping @Sendable (inout PagerOptions) -> Void = { _ in },
    steps: @escaping @Sendable (Scenario) throws -> Void
  ) {
    self.init(name) {
      let scenario = Scenario(seed: seed, options)
      try scenario.create()
      try steps(scenario)
      return scenario
    }
    self.steps = steps
    self.options = options
  }

  static let all: [Workload] = [
    Workload("create") { _ in },
    Workload("first commit") { try $0.commit { try $0.allocate() } },
    Workload("several commits") { scenario in
      for round in 1...4 as ClosedRange<UInt8> { try scenario.commit { try $0.allocate(round) } }
    },
    Workload("overwrite") { scenario in
      try scenario.commit { try $0.allocate() }
      for round in 2...6 as ClosedRange<UInt8> {
        try scenario.commit {
          try $0.set(3, at: 100 * Int(round), [round, round, round])
          try $0.shift(3, from: 100, to: 140, count: 700)
        }
      }
    },
    Workload("free and reuse") { scenario in
      try scenario.commit { for _ in 0..<4 { try $0.allocate() } }
      try scenario.commit { try $0.free(4) }
      try scenario.commit {
        try $0.allocate(9)
        try $0.free(6)
      }
      try scenario.commit {
        try $0.set(5, at: 8, [5, 5])
        try $0.free(5)
        try $0.allocate(11)
        try $0.allocate(12)
      }
    },
    Workload("savepoint rollback") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.commit {
        try $0.set(3, at: 0, [7])
        $0.savepoint()
        try $0.set(3, at: 0, [8])
        try $0.free(4)
        try $0.allocate(9)
        $0.savepoint()
        try $0.fill(5, 3)
        try $0.rollBackToSavepoint()
        try $0.set(5, at: 3, [1, 2, 3])
        try $0.rollBackToSavepoint()
        try $0.set(4, at: 30, [4])
        $0.savepoint()
        try $0.allocate(13)
        $0.releaseSavepoint()
      }
      try scenario.rollBack { try $0.fill(3, 1) }
      try scenario.commit { try $0.set(5, at: 9, [9]) }
    },
    Workload("checkpoint") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.checkpoint()
      try scenario.commit { try $0.set(4, at: 77, [1, 2, 3]) }
    },
    Workload("checkpoint beside a reader") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.checkpoint()
      let reader = try scenario.pager.beginRead()
      try scenario.commit { for page in 3...5 as ClosedRange<PageNumber> { try $0.fill(page, 1) } }
      try scenario.checkpoint()
      try scenario.commit { try $0.set(3, at: 5, [1]) }
      reader.rollback()
    },
    Workload("two checkpoints") { scenario in
      for round in 1...2 as ClosedRange<UInt8> {
        try scenario.commit {
          try $0.allocate(round)
          try $0.set(3, at: 300, [round])
        }
        try scenario.checkpoint()
        try scenario.commit { try $0.set(3, at: 400, [round, 1]) }
      }
      try scenario.checkpoint()
      try scenario.checkpoint()
    },
    Workload("log reuse over segments") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      for round in 1...6 as ClosedRange<UInt64> {
        try scenario.commit {
          try $0.fill(3, round)
          try $0.fill(4, round)
        }
        if round % 2 == 0 { try scenario.checkpoint() }
      }
    },
    Workload(
      "bulk transaction", options: { $0.bulkLogBytes = 1_000 },
      steps: { scenario in
        try scenario.commit { for _ in 0..<2 { try $0.allocate() } }
        try scenario.commit {
          try $0.fill(3, 1)
          for round in 0..<6 as Range<UInt64> { try $0.fill(try $0.allocate(), round) }
          for round in 0..<160 { try $0.set(4, at: 10 * round, [1, 2, 3, 4, 5, 6, 7]) }
          for page in 5...8 as ClosedRange<PageNumber> {
            for round in 0..<40 { try $0.set(page, at: round * 50, [UInt8(round)]) }
          }
          for _ in 0..<12 { try $0.allocate(5) }
        }
        try scenario.commit { try $0.set(9, at: 11, [1, 1]) }
      }),
    Workload("file growth") { scenario in
      for round in 0..<3 as Range<UInt8> {
        try scenario.commit { for _ in 0..<8 { try $0.allocate(round) } }
        try scenario.checkpoint()
      }
    },
    Workload("clean close") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.commit { try $0.set(4, at: 1, [1]) }
      try scenario.close()
    },
    Workload("close that gives pages back") { scenario in
      try scenario.commit { for _ in 0..<8 { try $0.allocate() } }
      try scenario.checkpoint()
      try scenario.commit { for page in 5...10 as ClosedRange<PageNumber> { try $0.free(page) } }
      try scenario.close()
      try scenario.reopen()
      try scenario.commit { for _ in 0..<3 { try $0.allocate(9) } }
    },
    Workload(
      "checkpoints that give pages back", options: { $0.bulkLogBytes = 500 },
      steps: { scenario in
        try scenario.commit { for _ in 0..<26 { try $0.allocate() } }
        try scenario.checkpoint()
        let known = scenario.contents
        let reader = try scenario.pager.beginRead()
        defer { reader.rollback() }
        try scenario.commit { for page in 6...28 as ClosedRange<PageNumber> { try $0.free(page) } }
        try scenario.checkpoint()
        try scenario.checkpoint()
        try scenario.commit { writer in
          for at in 0..<60 { try writer.set(3, at: 20 * at, [1, 2, 3]) }
          for _ in 0..<5 { try writer.allocate(9) }
        }
        try scenario.checkpoint()
        for (page, bytes) in known {
          guard try CrashExplorer.holds(reader, page, bytes) else {
            throw StoreError(.corrupt, "a snapshot changed")
          }
        }
      }),
    Workload("reopen and commit") { scenario in
      try scenario.commit { try $0.allocate() }
      try scenario.close()
      try scenario.reopen()
      try scenario.commit { try $0.set(3, at: 9, [9, 9]) }
      try scenario.close()
      try scenario.reopen()
      try scenario.commit { try $0.allocate(2) }
    },
    Workload("groups of commits") { scenario in
      try scenario.commit { for _ in 0..<2 { try $0.allocate() } }
      for round in 1...3 as ClosedRange<UInt8> {
        var last: CommitTicket?
        for i in 0..<3 as Range<UInt8> {
          last = try scenario.prepare { try $0.set(3 + UInt32(i % 2), at: Int(i), [round, i]) }
        }
        try last?.wait()
        scenario.acknowledge()
      }
    },
    Workload("a group over many segments") { scenario in
      try scenario.commit { for _ in 0..<12 { try $0.allocate() } }
      try scenario.commit { for page in 3...14 as ClosedRange<PageNumber> { try $0.fill(page, 4) } }
      try scenario.commit { try $0.set(7, at: 0, [1]) }
    },
    Workload("commits between a checkpoint's image and page") { scenario in
      try scenario.commit { for _ in 0..<3 { try $0.allocate() } }
      try scenario.checkpoint()
      try scenario.commit { try $0.set(3, at: 8, [1]) }
      _ = try scenario.prepare { try $0.set(3, at: 9, [2]) }
      try scenario.checkpoint()
      scenario.acknowledge()
      try scenario.commit { try $0.set(3, at: 10, [3]) }
    },
    Workload("close after a crash", closeAfterCrash),
    Workload("crash after crash", crashAfterCrash),
    Workload("rewrite", rewrite),
  ]

  /// What a torn crash left is opened, changed and closed.
  @Sendable private static func closeAfterCrash() throws -> Scenario {
    let before = Scenario(seed: 5)
    try before.create()
    try before.commit { for _ in 0..<3 { try $0.allocate() } }
    try before.checkpoint()
    try before.commit { try $0.fill(4, 2) }
    try before.commit { try $0.set(5, at: 50, [5]) }
    let known = before.contents
    // A further commit of which some sectors reached the disk.
    let cut = before.files.operationCount + 1
    try before.commit { try $0.fill(3, 9) }
    let scenario = Scenario(
      before.files.crash(after: cut, keeping: .prefix(3)), seed: 6, contents: known)
    try scenario.reopen()
    try scenario.commit { try $0.set(3, at: 2, [2]) }
    try scenario.close()
    return scenario
  }

  @Sendable private static func crashAfterCrash() throws -> Scenario {
    var scenario = Scenario(seed: 8)
    try scenario.create()
    for round in 0..<3 as Range<UInt64> {
      try scenario.commit { try $0.fill(try $0.allocate(), round) }
      try scenario.commit { try $0.set(3, at: Int(round), [UInt8(round)]) }
      let known = scenario.contents
      scenario = Scenario(scenario.files.copy(), seed: 9 + round, contents: known)
      try scenario.reopen()
    }
    try scenario.commit { try $0.set(3, at: 20, [20]) }
    return scenario
  }

  /// The pages are copied in order, so they keep their numbers.
  @Sendable private static func rewrite() throws -> Scenario {
    let scenario = Scenario(seed: 11)
    try scenario.create()
    try scenario.commit {
      for round in 0..<3 as Range<UInt64> { try $0.fill(try $0.allocate(), round) }
    }
    try scenario.commit { try $0.allocate(4) }
    try scenario.commit { try $0.free(6) }
    try scenario.close()
    let pages = scenario.contents.keys.sorted()
    _ = try Pager.rewrite(
      path: Scenario.path, fileSystem: scenario.files, options: scenario.options
    ) { from, to in
      for page in pages {
        from.enter()
        to.enter()
        defer {
          from.leave()
          to.leave()
        }
        let old = try from.page(page, kind: .tree, owner: Scenario.owner)
        try to.allocate(kind: .tree, owner: Scenario.owner).rewriteAll { base in
          (base + PageHeader.size).copyMemory(
            from: old + PageHeader.size, byteCount: to.contentEnd - PageHeader.size)
        }
      }
    }
    try scenario.reopen()
    try scenario.commit { try $0.set(3, at: 9, [9]) }
    return scenario
  }
}
