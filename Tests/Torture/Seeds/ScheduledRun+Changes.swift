#if TEST_SWITCHES
  import CareFS
  import CareFSTestSupport
  import PageStore

  /// The file as a whole: closed under the other threads, and cut afterwards.
  extension ScheduledRun {
    /// Calls the handle of now. When another thread closes it first, the one that comes then.
    func onHandle(_ body: (Database) throws -> Void) throws {
      while true {
        news.with { while isWriting && database == nil { news.wait() } }
        guard let handle = database else { return }
        do { return try body(handle) } catch let error as DatabaseError {
          guard error.code == .closed, database !== handle else { throw error }
        }
      }
    }

    /// Closes the file while others read and write, and opens it again: as it was, compacted, or
    /// with the next form of its schema.
    func change(_ operation: SeedOperation) throws {
      news.with { while isWriting && database == nil { news.wait() } }
      guard let old = database else { return }
      database = nil
      try old.close()
      var opened: Database
      switch operation.kind {
      case .adapt where version < SeedSchema.lastVersion:
        version += 1
        let schema = SeedSchema.schema(plan.schemaSeed, version: version)
        opened = try Database(path: SeedRun.path, schema: schema, options: options)
        let number = try opened.read { try Self.number($0) }
        guard number >= acknowledged, number < models.count else {
          throw SeedFailure("commit \(number) of \(models.count) was there to be adapted")
        }
        unadapted[number, default: []].append((models[number], files.operationCount))
        models[number] = try models[number].adapted(to: schema)
      case .compact:
        _ = try Database.compact(path: SeedRun.path, options: options)
        opened = try Database.open(path: SeedRun.path, options: options)
      default:
        opened = try Database.open(path: SeedRun.path, options: options)
      }
      counts.changes += 1
      database = opened
      news.with { news.broadcast() }
    }

    // MARK: Power cuts

    /// Opens what cuts at some moments of the past leave.
    func cutPower() throws {
      var random = SeededRandom(plan.seed ^ 0xC07)
      counts.faults += files.injectedCount
      files.clearFaults()
      let first = history.first?.operation ?? 0
      for _ in 0..<3 {
        let moment = first + random.below(files.operationCount - first + 1)
        let after = files.crash(after: moment, keeping: SeedRun.survival(&random))
        var options = options
        options.fileSystem = after
        let database: Database
        do { database = try Database.open(path: SeedRun.path, options: options) } catch {
          throw SeedFailure(
            "after a cut at operation \(moment) of \(files.operationCount): \(error)")
        }
        let number = try database.read { try Self.number($0) }
        let least = history.last { $0.operation <= moment }?.number ?? 0
        guard number >= least, number < models.count else {
          throw SeedFailure(
            "after a cut at operation \(moment) commit \(number) is there, \(least) was "
              + "acknowledged by then, there are \(models.count)")
        }
        if let what = try difference(of: database, from: number, at: moment) {
          throw SeedFailure("after a cut at operation \(moment): \(what)")
        }
        let report = try database.check()
        guard report.isSound else {
          throw SeedFailure("after a cut: \(report.findings.map(\.message).prefix(3))")
        }
        try database.close()
        counts.crashes += 1
      }
    }

    /// How a file that was cut at some moment differs from the state with that number: with each of
    /// the schemas that it may have had by then.
    private func difference(
      of database: Database, from number: Int, at moment: Int
    ) throws -> String? {
      let earlier = (unadapted[number] ?? []).filter { moment < $0.until }.map(\.model)
      var what: String?
      for model in [models[number]] + earlier {
        guard let found = try model.difference(from: database) else { return nil }
        what = what ?? found
      }
      return what
    }
  }
#endif
