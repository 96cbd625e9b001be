import CareFS
import CareFSTestSupport
import PageStore

/// Crashes and injected faults.
extension SeedRun {
  // MARK: Power cuts

  /// Cuts the power at some moment since the disk was last fresh, and goes on with what is left.
  func crash(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let now = files.operationCount
    let first = history.first?.operation ?? 0
    // Most cuts come late, where the last commit may be under way.
    let recent = history.dropLast(2).last?.operation ?? first
    let moment =
      switch random.below(4) {
      case 0: now
      case 1: first + random.below(now - first + 1)
      default: recent + random.below(now - recent + 1)
      }
    let after = files.crash(after: moment, keeping: Self.survival(&random))
    try abandon()
    let known = history.lastIndex { $0.operation <= moment } ?? 0
    let candidates = history[known..<min(known + 2, history.count)].map(\.model)
    if random.below(3) == 0 {
      try crashInRecovery(after, candidates, &random)
    } else {
      try recover(after, candidates)
    }
  }

  static func survival(_ random: inout SeededRandom) -> Survival {
    switch random.below(6) {
    case 0: .nothing
    case 1: .everything
    case 2: .torn(random.next())
    case 3: .prefix(random.below(12))
    default: .random(random.next())
    }
  }

  /// Lets go of the database as a process that ends does.
  private func abandon() throws {
    files.powerOff()
    database = nil
  }

  /// Opens what a cut has left, and cuts the power again while it is being recovered.
  private func crashInRecovery(
    _ after: SimulatedFileSystem, _ candidates: [ModelDatabase], _ random: inout SeededRandom
  ) throws {
    files = after
    let opened = try Database.open(path: Self.path, options: options(after))
    let shown = try candidates.filter { try $0.difference(from: opened, by: .scan) == nil }
    guard !shown.isEmpty else { throw SeedFailure("the first recovery shows no commit's state") }
    let end = after.operationCount
    let moment = random.below(end + 1)
    let second = after.crash(after: moment, keeping: Self.survival(&random))
    after.powerOff()
    withExtendedLifetime(opened) {}
    counts.crashes += 1
    // What was shown after a whole recovery must stay.
    try recover(second, moment == end ? shown : candidates)
  }

  /// Opens what is left and finds out which of the candidates it is.
  func recover(_ after: SimulatedFileSystem, _ candidates: [ModelDatabase]) throws {
    files = after
    isSuspect = false
    counts.crashes += 1
    let opened = try Database.open(path: Self.path, options: options(after))
    database = opened
    var differences: [String] = []
    for candidate in candidates {
      if let what = try candidate.difference(from: opened, by: .scan) {
        differences.append(what)
        continue
      }
      model = candidate
      version = Self.version(of: candidate.schema)
      history = [(files.operationCount, model)]
      try verify()
      return
    }
    throw SeedFailure("recovered to none of \(candidates.count) states: \(differences)")
  }

  private static func version(of schema: DatabaseSchema) -> Int {
    if schema.table("people")?.column("title") != nil { return 3 }
    if schema.table("tags") != nil { return 2 }
    return schema.table("wards")?.column("beds") != nil ? 1 : 0
  }

  // MARK: Faults

  /// Injects a fault, runs operations, and ends the fault.
  func fault(_ operation: SeedOperation, _ operations: ArraySlice<SeedOperation>) throws {
    var random = SeededRandom(operation.seed)
    let faulty = files
    let before = files.injectedCount
    let wasSuspect = isSuspect
    isSuspect = true
    files.inject(Self.fault(&random))
    defer { files.clearFaults() }
    defer { counts.faults += faulty.injectedCount - before }
    try engine { try run(operations) }
    // A fault that nobody was told of may show later: in a checkpoint that poisoned the log.
    guard isSuspect else { return }
    // After a crash in between other files count from nothing.
    isSuspect = wasSuspect || files.injectedCount > (files === faulty ? before : 0)
  }

  private static func fault(_ random: inout SeededRandom) -> InjectedFault {
    let calls: [Set<InjectedFault.Call>] = [
      [.read], [.write], [.write], [.sync], [.sync], [.truncate], [.create, .rename, .remove],
      [.syncDirectory], [],
    ]
    let chosen = calls[random.below(calls.count)]
    let effects: [InjectedFault.Effect] = [
      .none, .none, .partial(random.below(5000)), .whole,
      chosen == [.sync] ? .forgets : .none,
    ]
    let isFull = random.below(3) == 0
    return InjectedFault(
      chosen, nth: 1 + random.below(6), isForEver: random.below(3) == 0,
      error: isFull ? InjectedFault.diskFull : StoreError(.io, "simulated error", errno: 5),
      effect: effects[random.below(effects.count)])
  }

  /// After a call that failed: reads still show the last acknowledged state, and after a new start
  /// the file holds that or the one that the failed call was about to make.
  func recoverFromTrouble(_ trouble: SeedTrouble, _ seed: UInt64) throws {
    var random = SeededRandom(seed ^ 0x7EA)
    files.clearFaults()
    hash.add(files.operationCount)
    var candidates = [model]
    if let next = trouble.next { candidates.append(next) }
    if let database {
      guard isExpected(trouble.underlying) else {
        throw SeedFailure("after a fault: \(trouble.underlying)")
      }
      if let what = try model.difference(from: database, by: .scan) {
        throw SeedFailure("after a call failed: \(what)")
      }
      if random.below(2) == 0 {
        let next = try marked()
        if try goesOn(database, next) { return }
        // It may have become durable before it failed.
        candidates.append(next)
      }
    }
    if random.below(2) == 0 {
      let after = files.crash(keeping: Self.survival(&random))
      try abandon()
      try recover(after, candidates)
    } else {
      // The process ends and the system lives on, with all that it had in memory.
      database = nil
      try recover(files, candidates)
    }
  }

  private func isExpected(_ error: any Error) -> Bool {
    guard let code = (error as? DatabaseError)?.code else { return false }
    return [.io, .diskFull, .poisoned, .closed].contains(code)
  }

  private var mark: [String: Value] {
    ["id": .int(1), "n": .int(Int64(files.operationCount))]
  }

  private func marked() throws -> ModelDatabase {
    var next = model
    try next.upsert(into: "marks", mark)
    return next
  }

  /// Whether the handle still takes a commit. Then nothing of the failed one may ever show.
  private func goesOn(_ database: Database, _ next: ModelDatabase) throws -> Bool {
    let row = mark
    do {
      try database.write { _ = try $0.upsert(into: "marks", row) }
    } catch {
      guard isExpected(error) else { throw SeedFailure("after a fault: \(error)") }
      return false
    }
    model = next
    acknowledge()
    return true
  }
}
