/// How the cost of a get grows with the table, from 10 thousand rows on. All pages fit the cache.
struct CurveRunner {
  private static let cacheBytes = 2 << 30
  private static let rowsPerTransaction = 50_000
  private static let gets = 200_000

  let recorder: Recorder
  let kinds: [any CareEngine.Type]

  func run() throws {
    let sizes = [(4, 10_000), (5, 100_000), (6, 1_000_000), (7, 10_000_000)]
      .filter { $0.1 <= recorder.options.curveRows && recorder.wants("curve_get_1e\($0.0)") }
    var hasLongest = false
    try recorder.runs("growth curve", recorder.options.runs, of: kinds.count) { folder, order in
      // Loading the longest table takes minutes, so there is one run of it.
      for (power, rows) in sizes where rows <= 1_000_000 || !hasLongest {
        for kind in order.map({ kinds[$0] }) {
          let path = try Folders.part(folder, kind.name)
          recorder.record(
            "curve_get_1e\(power)", kind.name, try measure(kind, path, rows: rows))
          try Folders.remove(path)
        }
        hasLongest = hasLongest || rows > 1_000_000
      }
    }
  }

  /// Gets a second.
  private func measure(
    _ kind: any CareEngine.Type, _ path: String, rows: Int
  ) throws -> Double {
    let engine = try kind.init(directory: path, cacheBytes: Self.cacheBytes)
    for start in stride(from: 0, to: rows, by: Self.rowsPerTransaction) {
      let end = min(rows, start + Self.rowsPerTransaction)
      try engine.insert(doctors: (start..<end).map { Dataset.plainDoctor(Int64($0)) })
    }
    try engine.checkpoint()
    var numbers = SeededNumbers(seed: 7)
    let keys = (0..<Self.gets).map { _ in Int64.random(in: 0..<Int64(rows), using: &numbers) }
    guard try engine.get(doctors: keys).rows == keys.count else {
      throw BenchError("growth curve: \(kind.name) lacks rows")
    }
    var time = Double.infinity
    try engine.warm("growth curve") {
      for _ in 0..<3 {
        time = min(time, try recorder.seconds { _ = try engine.get(doctors: keys) })
      }
    }
    try engine.close()
    return Double(keys.count) / time
  }
}
