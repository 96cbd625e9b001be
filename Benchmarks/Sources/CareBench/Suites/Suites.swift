/// All suites, in the order of the report.
enum Suites {
  /// Runs the suites that are wanted, and saves the figures after each of them. One that fails does
  /// not keep the others from being measured.
  static func run(_ recorder: Recorder) async throws {
    let kinds = recorder.wanted(CareBench.engines) { $0.name }
    guard !kinds.isEmpty else { throw BenchError("no such engine") }
    var failures: [String] = []
    for suite in Work.Suite.allCases where recorder.options.wants(suite) {
      Output.note("\(suite.title) (\(suite.rawValue))")
      let start = recorder.clock.now
      do { try await run(suite, recorder, kinds) } catch {
        failures.append("\(suite.rawValue): \(error)")
        Output.note("\(suite.rawValue) failed: \(error)")
      }
      recorder.record(seconds: (recorder.clock.now - start) / .seconds(1), suite)
      try Output.saveFigures(recorder)
    }
    guard failures.isEmpty else { throw BenchError(failures.joined(separator: "; ")) }
  }

  private static func run(
    _ suite: Work.Suite, _ recorder: Recorder, _ kinds: [any CareEngine.Type]
  ) async throws {
    let plain = kinds.filter { $0.name != GRDBEngine.name }
    switch suite {
    case .care: try await care(recorder, kinds)
    case .documents: try DocumentRunner(recorder: recorder).run()
    case .redb: try PairRunner(recorder: recorder).run()
    case .ycsb: try MixRunner(recorder: recorder).run()
    case .curve: try CurveRunner(recorder: recorder, kinds: plain).run()
    case .cold: try ColdRunner(recorder: recorder, kinds: plain).run()
    case .commits:
      // The others take minutes for it; the care workload has their first commits.
      let two = kinds.filter { $0.name == SQLiteEngine.name || $0.name == CareFSEngine.name }
      try CommitRunner(recorder: recorder, kinds: two).run()
    case .readers: try ReaderRunner(recorder: recorder, kinds: kinds).run()
    case .startup: try StartRunner(recorder: recorder).run()
    }
  }

  private static func care(_ recorder: Recorder, _ kinds: [any CareEngine.Type]) async throws {
    let options = recorder.options
    if options.works != ["peak_memory_mb"] {
      try await CareRunner(recorder, kinds: kinds).run()
    }
    guard recorder.wants("peak_memory_mb") else { return }
    // GRDB's memory is SQLite's, for the most part.
    for kind in kinds where kind.name != GRDBEngine.name {
      let figures = try Child.memory.figures(
        of: kind.name, options, rows: options.patients, cacheBytes: options.cacheBytes)
      if let memory = figures.first { recorder.record("peak_memory_mb", kind.name, memory) }
    }
  }
}
