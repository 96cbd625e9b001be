/// A smaller care workload with an eighth of the cache that it would need.
struct ColdRunner {
  let recorder: Recorder
  let kinds: [any CareEngine.Type]

  func run() throws {
    let options = recorder.options
    let patients = options.coldPatients
    let data = Dataset(patients: patients, durableCommits: 1, concurrentCommits: 1)
    let cacheBytes = try cacheBytes(data)
    recorder.note(size: "cold_patients", String(patients))
    recorder.note(size: "cold_cache_mb", Table.number(Double(cacheBytes) / 1_000_000))
    try recorder.runs("data eight times the cache", options.runs, of: kinds.count) {
      folder, order in
      var sums: [(engine: String, sum: Checksum)] = []
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        let engine = try kind.init(directory: path, cacheBytes: cacheBytes)
        let load = try recorder.seconds {
          try data.load(into: engine, rowsPerTransaction: options.rowsPerTransaction)
        }
        try engine.settle()
        if recorder.wants("cold_load") {
          recorder.record(
            "cold_load", kind.name, Double(data.patients.count + data.appointments.count) / load)
        }
        try engine.checkpoint()
        var sum = try engine.get(keys: data.keys)
        let get = try recorder.seconds { sum = try engine.get(keys: data.keys) }
        if recorder.wants("cold_get") {
          recorder.record("cold_get", kind.name, Double(sum.rows) / get)
        }
        sums.append((kind.name, sum))
        try engine.close()
        try Folders.remove(path)
      }
      for other in sums.dropFirst() where other.sum != sums[0].sum {
        throw BenchError("cold_get: \(sums[0]) but \(other)")
      }
    }
    guard recorder.wants("cold_memory_mib") else { return }
    for kind in kinds {
      let peak = try Child.memory.figures(
        of: kind.name, options, rows: patients, cacheBytes: cacheBytes)
      let cache = Double(cacheBytes) / Double(1 << 20)
      if let peak = peak.first { recorder.record("cold_memory_mib", kind.name, peak - cache) }
    }
  }

  /// An eighth of CareFS's file of the same rows, rounded down to 64 KiB.
  private func cacheBytes(_ data: Dataset) throws -> Int {
    let folder = try Folders.make(in: recorder.options.directory)
    defer { try? Folders.remove(folder) }
    let engine = try CareFSEngine(directory: folder, cacheBytes: recorder.options.cacheBytes)
    try data.load(into: engine, rowsPerTransaction: recorder.options.rowsPerTransaction)
    try engine.close()
    let bytes = Folders.bytes(ofFile: engine.store.path) / 8
    return max(1, bytes >> 16) << 16
  }
}
