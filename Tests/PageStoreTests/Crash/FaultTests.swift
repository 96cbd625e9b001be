import CareFSTestSupport
import Testing

@testable import PageStore

/// Calls that fail, once and for ever, at every place where one is made.
@Suite struct FaultTests {
  /// Runs `workload` on `files` to its first error, then tries one more commit.
  ///
  /// Answers the scenario, and the errors that were thrown.
  private func run(
    _ workload: Workload, on files: SimulatedFileSystem
  ) -> (Scenario, [StoreError]) {
    let scenario = Scenario(files, seed: 1, workload.options)
    var errors: [StoreError] = []
    do {
      try scenario.create()
      try workload.steps?(scenario)
    } catch {
      errors.append(error as? StoreError ?? StoreError(.io, "\(error)"))
    }
    do {
      try scenario.commit { try $0.allocate(77) }
    } catch {
      errors.append(error as? StoreError ?? StoreError(.io, "\(error)"))
    }
    return (scenario, errors)
  }

  /// What must hold after a fault: in the process, after a restart, and after a power cut.
  private func judge(
    _ explorer: inout CrashExplorer, _ scenario: Scenario, _ errors: [StoreError], _ label: String
  ) {
    let files = scenario.files
    files.clearFaults()
    files.setCapacity(nil)
    let timeline = scenario.timeline
    let isCreated = timeline.steps.first.map { $0.acknowledged < .max } ?? false
    if isCreated, let pager = try? scenario.pager, let range = timeline.allowed(after: .max - 1),
      !pager.isClosed.load(ordering: .acquiring)
    {
      let isShown = try? CrashExplorer.shows(pager, timeline, range)
      if isShown != true { explorer.report(label, "the handle shows a half state") }
    }
    let end = files.operationCount
    let allowed = timeline.allowed(after: end)
    for survival in [Survival.nothing, .random(5)] {
      explorer.images += 1
      _ = explorer.check(
        files.crash(after: end, keeping: survival), timeline, allowed,
        "\(label), then power cut keeping \(survival)", options: scenario.options)
    }
    try? scenario.close()
    // Closing may have made commits durable that had not been acknowledged, and loses none.
    explorer.images += 1
    _ = explorer.check(
      files, timeline, allowed, "\(label), then restart", options: scenario.options)
  }

  private func sweep(
    _ name: String, _ workloads: [Workload], _ call: InjectedFault.Call, error: StoreError,
    effects: [InjectedFault.Effect], codes: Set<StoreError.Code>
  ) throws {
    var explorer = CrashExplorer()
    var injected = 0
    for workload in workloads {
      for effect in effects {
        for isForEver in [false, true] {
          var nth = 1
          while true {
            let files = SimulatedFileSystem()
            files.inject(
              InjectedFault(
                [call], nth: nth, isForEver: isForEver, error: error, effect: effect))
            let (scenario, errors) = run(workload, on: files)
            guard files.injectedCount > 0 else { break }
            injected += 1
            let label = "\(workload.name): \(call) \(nth) fails \(isForEver ? "for ever" : "once")"
            for error in errors where !codes.contains(error.code) {
              explorer.report(label, "an error of another class: \(error.code) \(error.message)")
            }
            judge(&explorer, scenario, errors, "\(label), \(effect)")
            nth += 1
          }
        }
      }
    }
    printFaults(name, injected: injected, failed: explorer.failures)
    #expect(injected > 30)
  }

  private static let some = Workload.all.filter { workload in
    workload.steps != nil
      && [
        "several commits", "two checkpoints", "log reuse over segments", "bulk transaction",
        "reopen and commit", "groups of commits", "file growth",
      ].contains(workload.name)
  }

  private static let broken = StoreError(.io, "simulated input/output error", errno: 5)

  @Test func failedSyncsLoseNothingAcknowledged() throws {
    try sweep(
      "F3 failed sync", Self.some, .sync, error: Self.broken, effects: [.none, .forgets],
      codes: [.io, .poisoned, .closed])
  }

  @Test func failedWritesLoseNothingAcknowledged() throws {
    try sweep(
      "F2 failed write", Self.some, .write, error: Self.broken, effects: [.partial(700)],
      codes: [.io, .poisoned, .closed])
  }

  @Test func failedReadsAreErrors() throws {
    try sweep(
      "F11 failed read", Self.some.filter { $0.name.contains("reopen") } + [Self.reading],
      .read, error: Self.broken, effects: [.none], codes: [.io, .poisoned, .closed])
  }

  @Test func otherFailedCallsAreErrors() throws {
    for call in [InjectedFault.Call.create, .remove, .syncDirectory, .truncate] {
      try sweepFew(call)
    }
  }

  private func sweepFew(_ call: InjectedFault.Call) throws {
    var explorer = CrashExplorer()
    var injected = 0
    for workload in Self.some + Workload.all.filter({ $0.name.contains("gives pages back") }) {
      for isForEver in [false, true] {
        var nth = 1
        while true {
          let files = SimulatedFileSystem()
          files.inject(
            InjectedFault([call], nth: nth, isForEver: isForEver, error: Self.broken))
          let (scenario, errors) = run(workload, on: files)
          guard files.injectedCount > 0 else { break }
          injected += 1
          judge(&explorer, scenario, errors, "\(workload.name): \(call) \(nth) fails")
          nth += 1
        }
      }
    }
    printFaults("F2 failed \(call)", injected: injected, failed: explorer.failures)
    #expect(injected > 0)
  }

  /// Reads more than the cache keeps.
  private static let reading = Workload(
    "reading", options: { $0.cacheBytes = 0 },
    steps: { scenario in
      try scenario.commit { for _ in 0..<40 { try $0.allocate() } }
      try scenario.close()
      try scenario.reopen()
      for _ in 0..<2 {
        let tx = try scenario.pager.beginRead()
        defer { tx.rollback() }
        for (page, bytes) in scenario.contents.sorted(by: { $0.key < $1.key }) {
          guard try CrashExplorer.holds(tx, page, bytes) else {
            throw StoreError(.corrupt, "wrong bytes")
          }
        }
      }
    })

  @Test func aFullDiskRefusesAndHarmsNothing() throws {
    var explorer = CrashExplorer()
    var injected = 0
    for workload in Self.some {
      var capacity = 0
      while true {
        let files = SimulatedFileSystem()
        files.setCapacity(capacity)
        let (scenario, errors) = run(workload, on: files)
        guard files.injectedCount > 0 else { break }
        injected += 1
        let label = "\(workload.name): the disk is full at \(capacity)"
        if errors.isEmpty && capacity < 12_288 { explorer.report(label, "no error") }
        for error in errors where ![.diskFull, .poisoned, .closed].contains(error.code) {
          explorer.report(label, "an error of another class: \(error.code) \(error.message)")
        }
        judge(&explorer, scenario, errors, label)
        capacity += 4096 - (capacity % 3 == 0 ? 512 : 0)
      }
    }
    printFaults("F2 full disk", injected: injected, failed: explorer.failures)
    #expect(injected > 50)
  }
}
