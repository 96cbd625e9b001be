/// All suites, in the order of the report.
enum Suites {
  /// Runs the suites that are wanted.
  static func run(_ recorder: Recorder) async throws {
    let kinds = recorder.wanted(CareBench.engines) { $0.name }
    guard !kinds.isEmpty else { throw BenchError("no such engine") }
    let plain = kinds.filter { $0.name != GRDBEngine.name }
    let options = recorder.options
    if options.wants(.care) { try await care(recorder, kinds) }
    if options.wants(.documents) { try DocumentRunner(recorder: recorder).run() }
    if options.wants(.redb) { try PairRunner(recorder: recorder).run() }
    if options.wants(.ycsb) { try MixRunner(recorder: recorder).run() }
    if options.wants(.curve) { try CurveRunner(recorder: recorder, kinds: plain).run() }
    if options.wants(.cold) { try ColdRunner(recorder: recorder, kinds: plain).run() }
    if options.wants(.readers) { try ReaderRunner(recorder: recorder, kinds: kinds).run() }
    if options.wants(.startup) { try StartRunner(recorder: recorder).run() }
  }

  private static func care(_ recorder: Recorder, _ kinds: [any CareEngine.Type]) async throws {
    let options = recorder.options
    if options.works != ["peak_memory_mb"] {
      try await CareRunner(recorder, kinds: kinds).run()
    }
    guard recorder.wants("peak_memory_mb") else { return }
    for kind in kinds {
      var arguments = [
        "--memory-of", kind.name, "--rows", String(options.patients),
        "--cache-mb", String(options.cacheBytes >> 20),
      ]
      if let directory = options.directory { arguments += ["--dir", directory] }
      let output = try OwnProcess.run(arguments).filter { !$0.isWhitespace }
      if let memory = Double(output) { recorder.record("peak_memory_mb", kind.name, memory) }
    }
  }
}
