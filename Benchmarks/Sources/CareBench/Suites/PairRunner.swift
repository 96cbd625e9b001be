/// The benchmark that redb publishes: its pairs, phases and sizes, without the phases that do not
/// wait for the disk.
struct PairRunner {
  static var kinds: [any PairEngine.Type] {
    [SQLitePairs.self, LMDBPairs.self, RocksDBPairs.self, CareFSPairs.self]
  }

  /// redb's benchmark gives each engine this much.
  private static let cacheBytes = 4 << 30

  let recorder: Recorder

  func run() throws {
    let count = recorder.options.pairs
    recorder.note(size: "redb_pairs", String(count))
    let kinds = recorder.wanted(Self.kinds) { $0.name }
    let runs = count > 1_000_000 ? 1 : recorder.options.runs
    recorder.note(size: "redb_runs", String(runs))
    try recorder.runs("redb's workload", runs, of: kinds.count) { folder, order in
      var sums: Set<[UInt64]> = []
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        sums.insert(try measure(kind, path, count))
        try Folders.remove(path)
      }
      guard sums.count == 1 else { throw BenchError("redb's workload: reads differ, \(sums)") }
    }
  }

  /// Runs all phases; what the reads have seen is returned.
  private func measure(
    _ kind: any PairEngine.Type, _ path: String, _ count: Int
  ) throws -> [UInt64] {
    let engine = try kind.init(directory: path, cacheBytes: Self.cacheBytes)
    func phase(_ work: String, _ body: () throws -> Void) throws {
      let time = try recorder.seconds(body)
      try engine.settle()
      if recorder.wants(work) { recorder.record(work, kind.name, time * 1_000) }
    }
    let source = PairSource()
    let commits = max(1, count / 5_000)
    let batches = max(1, count / 50_000)
    try phase("redb_bulk") { try engine.put(count, source) }
    try phase("redb_individual") { for _ in 0..<commits { try engine.put(1, source) } }
    try phase("redb_batch") { for _ in 0..<batches { try engine.put(1_000, source) } }
    var sums: [UInt64] = [0, 0]
    _ = try engine.get(count / 5, PairSource())
    try phase("redb_get") { sums[0] = try engine.get(count / 5, PairSource()) }
    _ = try engine.scan(count / 50, length: 10, PairSource())
    try phase("redb_range") { sums[1] = try engine.scan(count / 10, length: 10, PairSource()) }
    let all = count + commits + batches * 1_000
    try phase("redb_remove") { try engine.remove(all / 2, PairSource()) }
    try engine.checkpoint()
    size("redb_size", kind.name, path)
    if try engine.compact() {
      try engine.checkpoint()
      size("redb_compacted", kind.name, path)
    }
    try engine.close()
    return sums
  }

  private func size(_ work: String, _ engine: String, _ path: String) {
    if recorder.wants(work) { recorder.record(work, engine, Folders.megabytes(path)) }
  }
}
