#if TEST_SWITCHES
  import CareFS
  import CareFSTestSupport
  import PageStore

  /// One seed's run on several threads, one at a time: writers, readers, checkpoints, and now and then
  /// one that closes the file under the others and opens, compacts or adapts it; then power cuts at
  /// moments of that past.
  final class ScheduledRun: @unchecked Sendable {
    let plan: SeedPlan
    let files = SimulatedFileSystem()
    let options: DatabaseOptions
    private let fault: InjectedFault?

    // Threads run one at a time and change places only inside the engine, so these need no lock.
    /// The state after each commit, by its number; the last ones may not be durable yet.
    var models: [ModelDatabase]
    /// What some states were before their schema was adapted, each with the number of file
    /// operations by the time at which that was done.
    var unadapted: [Int: [(model: ModelDatabase, until: Int)]] = [:]
    private(set) var acknowledged = 0
    /// The numbers of acknowledged commits, each with the number of file operations by then.
    private(set) var history: [(operation: Int, number: Int)] = []
    private(set) var isWriting = true
    /// Told of each commit and each new handle.
    let news = Lock()
    /// The handle of now; nil while a thread has the closed file for itself.
    var database: Database?
    var version = 0
    private var next = 0
    private(set) var failure: SeedFailure?
    var counts = SeedCounts()
    private(set) var hash = SeedHash()

    init(_ plan: SeedPlan) {
      self.plan = plan
      options = plan.options(ScheduledFileSystem(files), SeedSource(plan.seed))
      fault = Self.fault(plan.seed)
      models = [ModelDatabase(SeedSchema.schema(plan.schemaSeed, version: 0))]
    }

    func run() throws {
      let outcome = Scheduler(seed: plan.seed).run { [self] in
        note { try runAll() }
      }
      hash.add(outcome.hash)
      if let failure { throw failure }
      if let problem = outcome.problem { throw SeedFailure("threads: \(problem)") }
      try cutPower()
      hash.add(files.fingerprint)
    }

    private func note(_ body: () throws -> Void) {
      do { try body() } catch {
        if failure == nil, !isExpected(error) {
          failure = error as? SeedFailure ?? SeedFailure("a thread failed: \(error)")
        }
        stop()
      }
    }

    /// A write or a sync that fails at some moment, in every third run.
    private static func fault(_ seed: UInt64) -> InjectedFault? {
      var random = SeededRandom(seed ^ 0xFA)
      guard random.below(3) == 0 else { return nil }
      let isSync = random.below(2) == 0
      let effects: [InjectedFault.Effect] =
        isSync ? [.none, .whole, .forgets] : [.none, .partial(random.below(6000)), .whole]
      return InjectedFault(
        isSync ? [.sync] : [.write], nth: 1 + random.below(300),
        isForEver: random.below(2) == 0,
        error: random.below(2) == 0
          ? InjectedFault.diskFull : StoreError(.io, "simulated error", errno: 5),
        effect: effects[random.below(3)])
    }

    /// Whether an error comes from the fault.
    private func isExpected(_ error: any Error) -> Bool {
      guard files.injectedCount > 0, let code = (error as? DatabaseError)?.code else {
        return false
      }
      return [.io, .diskFull, .poisoned, .closed].contains(code)
    }

    /// Ends all threads.
    private func stop() {
      isWriting = false
      news.with { news.broadcast() }
    }

    /// Waits until there is another commit than `number`.
    private func waitForNews(after number: Int) {
      news.with { while isWriting && acknowledged == number { news.wait() } }
    }

    private func runAll() throws {
      database = try Database.create(
        path: SeedRun.path, schema: models[0].schema, options: options)
      try commit([]) { tx, next in
        let root: [String: Value] = ["id": .int(0), "name": .text("root")]
        try tx.insert(into: "wards", root)
        try next.insert(into: "wards", root)
      }
      if let fault { files.inject(fault) }
      let writers = (0..<plan.writers).map { _ in
        Scheduler.start { [self] in note { try write() } }
      }
      let others = (0..<plan.readers).map { index in
        Scheduler.start { [self] in note { try read(index) } }
      }
      let keeper = Scheduler.start { [self] in note { try keep() } }
      for writer in writers { writer.join() }
      stop()
      for other in others { other.join() }
      keeper.join()
      guard failure == nil else { return }
      try database?.close()
      guard files.injectedCount == 0 else { return }
      let again = try Database.open(path: SeedRun.path, options: options)
      if let what = try models[acknowledged].difference(from: again) { throw SeedFailure(what) }
      let report = try again.check()
      guard report.isSound else {
        throw SeedFailure("check: \(report.findings.map(\.message).prefix(3))")
      }
      try again.close()
    }

    // MARK: Writers

    private func write() throws {
      while next < plan.operations.count, isWriting {
        if plan.operations[next].needsClosedFile {
          next += 1
          counts.operations += 1
          try change(plan.operations[next - 1])
          continue
        }
        var group: [SeedOperation] = []
        while next < plan.operations.count, !plan.operations[next].needsClosedFile {
          let operation = plan.operations[next]
          next += 1
          counts.operations += 1
          group.append(operation)
          if operation.seed % 3 == 0 || operation.kind == .undo { break }
        }
        try commit(group) { _, _ in }
      }
    }

    /// Does a group of operations as one transaction. Its place among the commits is its number,
    /// which it leaves in the file.
    private func commit(
      _ group: [SeedOperation], _ first: (WriteTransaction, inout ModelDatabase) throws -> Void
    ) throws {
      var number = 0
      do {
        try onHandle {
          try $0.write { tx in
            var next = try base(tx)
            try first(tx, &next)
            for operation in group {
              switch operation.kind {
              case .undo: throw SeedUndo()
              case .lookUp, .scan, .filter, .order: try SeedQuery.run(operation, tx, next)
              default: try SeedStatement.run(operation, tx, &next)
              }
            }
            number = models.count
            let mark: [String: Value] = ["id": .int(0), "n": .int(Int64(number))]
            try tx.upsert(into: "marks", mark)
            try next.upsert(into: "marks", mark)
            // A commit that leaves a reference open is refused: the next one gets its number.
            try next.requireClosedReferences()
            models.append(next)
          }
        }
      } catch is SeedUndo {
        counts.undone += 1
        return
      } catch is ModelViolation {
        counts.undone += 1
        return
      }
      guard number > 0 else { return }
      acknowledged = max(acknowledged, number)
      history.append((files.operationCount, number))
      counts.commits += 1
      news.with { news.broadcast() }
    }

    /// What a transaction begins with. A commit that failed has left nothing behind.
    private func base(_ tx: WriteTransaction) throws -> ModelDatabase {
      let number = try Self.number(tx)
      guard number >= acknowledged, number < models.count,
        number == models.count - 1 || files.injectedCount > 0
      else {
        throw SeedFailure(
          "a writer begins with commit \(number) of \(models.count), \(acknowledged) acknowledged")
      }
      models.removeSubrange((number + 1)...)
      return models[number]
    }

    // MARK: Readers and the rest

    private func read(_ index: Int) throws {
      var random = SeededRandom(plan.seed &+ UInt64(index))
      var seen = 0
      repeat {
        if random.below(4) > 0 { waitForNews(after: seen) }
        let floor = acknowledged
        try onHandle {
          try $0.read { tx in
            counts.reads += 1
            let number = try Self.number(tx)
            guard number >= floor, number >= seen, number < models.count else {
              throw SeedFailure(
                "a reader sees commit \(number); \(floor) was acknowledged before, "
                  + "it has seen \(seen), there are \(models.count)")
            }
            seen = number
            let model = models[number]
            for _ in 0..<1 + random.below(3) {
              let paths: [ModelPaths] = [.scan, .key, .index]
              let way = paths[random.below(3)]
              if let what = try model.difference(in: tx, by: way) {
                throw SeedFailure("a reader of commit \(number): \(what)")
              }
              if index > 0 { break }
              Scheduler.pass("a slow reader")
            }
          }
        }
      } while isWriting
    }

    static func number(_ tx: Transaction) throws -> Int {
      guard case .int(let number)? = try tx.get("marks", key: [.int(0)])?["n"] else { return 0 }
      return Int(number)
    }

    /// Checkpoints and checks beside the others.
    private func keep() throws {
      var random = SeededRandom(plan.seed ^ 0xC4EC)
      repeat {
        for _ in 0..<1 + random.below(6) { waitForNews(after: acknowledged) }
        do { try onHandle { try $0.checkpoint() } } catch {
          guard isExpected(error) else { throw error }
        }
        if random.below(4) == 0 {
          try onHandle { database in
            let report = try database.check()
            guard report.isSound else {
              throw SeedFailure("check: \(report.findings.map(\.message).prefix(3))")
            }
          }
        }
      } while isWriting
    }
  }
#endif
