import Foundation

/// How long it takes to open a database and get a row: a large one that was closed, and one whose
/// process was killed with a long log.
struct StartRunner {
  private static let valueLength = 1_000
  /// The log at which CareFS begins a checkpoint; the other engines' logs are filled as far.
  private static let logBytes = 32 << 20

  let recorder: Recorder

  func run() throws {
    let kinds = recorder.wanted(PairRunner.kinds) { $0.name }
    recorder.note(size: "open_mb", String(recorder.options.openMegabytes))
    try recorder.runs("opening", 1, of: kinds.count) { folder, order in
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        if recorder.wants("open_ms") { try measureOpen(kind, path) }
        try Folders.remove(path)
      }
    }
    guard recorder.wants("recover_ms") else { return }
    try recorder.runs("recovery", recorder.options.runs, of: kinds.count) { folder, order in
      // LMDB has no log.
      for kind in order.map({ kinds[$0] }) where kind.name != LMDBPairs.name {
        let path = try Folders.part(folder, kind.name)
        try OwnProcess.run(["--crash-of", kind.name, "--dir", path])
        guard Folders.logBytes(path) > 0 else { throw BenchError("\(kind.name) left no log") }
        recorder.record("recover_ms", kind.name, try open(kind, path, PairSource()))
        try Folders.remove(path)
      }
    }
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

  /// Writes until the log is as long as it gets, and dies there.
  static func crash(_ kind: any PairEngine.Type, in directory: String) throws {
    let engine = try kind.init(directory: directory, cacheBytes: 256 << 20)
    try (engine as? SQLitePairs)?.store.keepLog()
    let source = PairSource()
    try engine.put(50, source)
    while Folders.logBytes(directory) < logBytes - 512 << 10 { try engine.put(50, source) }
    kill(getpid(), SIGKILL)
  }
}
