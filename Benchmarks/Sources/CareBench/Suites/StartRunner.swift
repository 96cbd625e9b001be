import Foundation

/// How long it takes to open a database and get a row: a large one that was closed, and one whose
/// process was killed with a long log.
struct StartRunner {
  private static let valueLength = 1_000
  private static let pairsPerCommit = 200
  private static let idlePatients = 50_000
  private static let idleCacheBytes = 8 << 20

  let recorder: Recorder

  func run() throws {
    let kinds = recorder.wanted(PairRunner.kinds) { $0.name }
    recorder.note(size: "open_mb", String(recorder.options.openMegabytes))
    recorder.note(size: "recover_log_mib", String(recorder.options.logMebibytes))
    if recorder.wants("idle_memory_mib"), kinds.contains(where: { $0.name == Engines.ours }) {
      try measureIdle()
    }
    if recorder.wants("open_ms") { try runOpen(kinds) }
    if recorder.wants("recover_ms") { try runRecovery(kinds) }
  }

  private func runOpen(_ kinds: [any PairEngine.Type]) throws {
    try recorder.runs("opening", 1, of: kinds.count) { folder, order in
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        try measureOpen(kind, path)
        try Folders.remove(path)
      }
    }
  }

  private func runRecovery(_ kinds: [any PairEngine.Type]) throws {
    try recorder.runs("recovery", recorder.options.runs, of: kinds.count) { folder, order in
      // LMDB has no log.
      for kind in order.map({ kinds[$0] }) where kind.name != LMDBPairs.name {
        let path = try Folders.part(folder, kind.name)
        _ = try Child.crash.figures(
          of: kind.name, recorder.options, rows: 8, cacheBytes: 1 << 20, directory: path)
        guard Folders.logBytes(path) > recorder.options.logMebibytes << 20 - 1 << 20 else {
          throw BenchError("\(kind.name) left a short log")
        }
        recorder.record("recover_ms", kind.name, try open(kind, path, PairSource()))
        try Folders.remove(path)
      }
    }
  }

  /// The child opens the database with a cache that is smaller than the file.
  private func measureIdle() throws {
    let folder = try Folders.make(in: recorder.options.directory)
    defer { try? Folders.remove(folder) }
    let data = Dataset(
      patients: Self.idlePatients, durableCommits: 1, concurrentCommits: 1)
    let engine = try CareFSEngine(directory: folder, cacheBytes: 64 << 20)
    try data.load(into: engine, rowsPerTransaction: 1_000)
    try engine.close()
    let figures = try Child.idle.figures(
      of: Engines.ours, recorder.options, rows: 8, cacheBytes: Self.idleCacheBytes,
      directory: folder)
    if let memory = figures.first { recorder.record("idle_memory_mib", Engines.ours, memory) }
  }

  private func measureOpen(_ kind: any PairEngine.Type, _ path: String) throws {
    let count = recorder.options.openMegabytes * 1_000_000 / (Self.valueLength + 40)
    let source = PairSource(valueLength: Self.valueLength)
    var engine: (any PairEngine)? = try kind.init(directory: path, cacheBytes: 256 << 20)
    try engine?.put(count, source)
    try engine?.settle()
    try engine?.close()
    engine = nil
    for _ in 0..<max(5, recorder.options.runs) {
      let time = try open(kind, path, PairSource(valueLength: Self.valueLength))
      recorder.record("open_ms", kind.name, time)
    }
  }

  /// Milliseconds until the first row is there.
  private func open(
    _ kind: any PairEngine.Type, _ path: String, _ source: PairSource
  ) throws -> Double {
    var engine: (any PairEngine)?
    var sum: UInt64 = 0
    let time = try recorder.seconds {
      engine = try kind.init(directory: path, cacheBytes: 256 << 20)
      sum = try engine?.get(1, source) ?? 0
    }
    guard sum == UInt64(source.value[0]) else { throw BenchError("\(kind.name) lost its rows") }
    try engine?.close()
    return time * 1_000
  }

  /// Writes until the log is as long as CareFS lets it get, and dies there. At its cap CareFS would
  /// wait for a checkpoint.
  static func crash(_ kind: any PairEngine.Type, _ options: Options) throws {
    let directory = options.directory ?? "."
    let cacheBytes = 256 << 20
    let engine: any PairEngine =
      kind.name == Engines.ours
      ? try CareFSPairs.keepingLog(directory: directory, cacheBytes: cacheBytes)
      : try kind.init(directory: directory, cacheBytes: cacheBytes)
    try (engine as? SQLitePairs)?.store.keepLog()
    try (engine as? RocksDBPairs)?.store().keepLog()
    let source = PairSource()
    let end = options.logMebibytes << 20 - 512 << 10
    repeat {
      try engine.put(pairsPerCommit, source)
    } while Folders.logBytes(directory) < end
    kill(getpid(), SIGKILL)
  }
}
