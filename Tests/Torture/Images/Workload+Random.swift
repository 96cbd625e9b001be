import CareFS
import CareFSTestSupport
import PageStore

extension Workload {
  /// Work that a seed decides: some transactions on one of the families, with checkpoints,
  /// openings, rewritings and refusals between.
  static func random(_ seed: UInt64) -> Workload {
    var random = SeededRandom(seed)
    let families: [Family] = [.plain, .clinic, .tree]
    let family = families[random.below(families.count)]
    let bulk = random.below(3) == 0 ? 1_500 : 1 << 20
    let log = random.below(3) == 0 ? 20 << 10 : 1 << 20
    let first = SeededRandom(random.next())
    let second = SeededRandom(random.next())
    var workload = Workload(
      "random-\(seed)", family,
      tuning: { pager in
        pager.bulkLogBytes = bulk
        pager.checkpointLogBytes = log
      },
      first: { tx in
        var random = first
        for _ in 0..<random.below(20) { try RandomStatement(&random, family).run(tx) }
      },
      { run in
        var random = second
        for _ in 0..<3 + random.below(4) { try step(run, &random) }
      })
    workload.seed = seed
    return workload
  }

  private static func step(_ run: CrashRun, _ random: inout SeededRandom) throws {
    let statements = (0..<1 + random.below(6)).map { _ in RandomStatement(&random, run.family) }
    let body: (MirroredTransaction) throws -> Void = { tx in
      for statement in statements { try statement.run(tx) }
    }
    switch random.below(13) {
    case 0: try run.checkpoint()
    case 1: try run.reopen()
    case 2: try run.rollBack(body)
    case 3:
      try run.close()
      try run.compact()
      try run.open()
    case 4:
      try run.prepare(body)
      try run.prepare { try RandomStatement(&random, run.family).run($0) }.wait()
      run.acknowledge()
    case 5:
      struct Undo: Error {}
      try run.write { tx in
        do {
          try tx.savepoint {
            try body(tx)
            throw Undo()
          }
        } catch is Undo {}
        try RandomStatement(&random, run.family).run(tx)
      }
    case 6:
      run.die()
      try run.open()
    case 7: try run.compactOnline()
    default: try run.write(body)
    }
  }
}

/// One statement that may be refused.
private struct RandomStatement {
  private let kind: Int
  private let id: Int
  private let other: Int
  private let length: Int
  private let family: String

  init(_ random: inout SeededRandom, _ family: Family) {
    kind = random.below(6)
    id = random.below(30)
    other = random.below(30)
    let lengths = [10, 60, 200, 1_200, 5_000]
    length = lengths[random.below(lengths.count)]
    self.family = family.name
  }

  func run(_ tx: MirroredTransaction) throws {
    try tx.isRefused {
      switch family {
      case "clinic": try clinic(tx)
      case "tree": try tree(tx)
      default: try plain(tx)
      }
    }
  }

  private func plain(_ tx: MirroredTransaction) throws {
    switch kind {
    case 0, 1: try tx.insert(into: "items", Family.item(id, length))
    case 2:
      try tx.update("items", key: [Family.int(id)], ["text": Family.text(other, length)])
    case 3: try tx.upsert(into: "items", Family.item(id, length))
    case 4: try tx.delete(from: "items", key: [Family.int(id)])
    default:
      let rows = (0..<other).map { Family.item(100 + id * 40 + $0, length / 8) }
      try tx.insert(contentsOf: rows, into: "items")
    }
  }

  private func clinic(_ tx: MirroredTransaction) throws {
    switch kind {
    case 0, 1:
      try tx.insert(into: "patients", Family.patient(id, notes: Family.note(id, length)))
    case 2:
      try tx.update(
        "patients", key: [Family.int(id)],
        ["notes": Family.note(other, length), "age": Family.int(other)])
    case 3: try tx.insert(into: "visits", Workload.visit(id % 10, other))
    case 4: try tx.delete(from: "patients", key: [Family.int(id % 10)])
    default:
      try tx.upsert(
        into: "patients", ["mrn": .text("A\(id)"), "age": Family.int(other)], on: ["mrn"])
    }
  }

  private func tree(_ tx: MirroredTransaction) throws {
    switch kind {
    case 0, 1, 2:
      if try tx.model.table("nodes").rows.isEmpty {
        try tx.insert(into: "nodes", Family.node(0, parent: nil))
      }
      try tx.insert(
        into: "nodes",
        Family.node(id, parent: other % 5, friend: id % 3 == 0 ? other : nil, spare: other % 2))
    case 3: try tx.update("nodes", key: [Family.int(id)], ["friend": Family.int(other)])
    case 4: try tx.delete(from: "nodes", key: [Family.int(id)])
    default: try tx.update("nodes", key: [Family.int(id)], ["id": Family.int(other)])
    }
  }
}
