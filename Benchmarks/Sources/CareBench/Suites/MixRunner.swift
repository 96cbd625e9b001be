/// YCSB's core workloads, read from its parameter files; how many records and operations is our own
/// choice, as it is left to everybody.
struct MixRunner {
  private static var kinds: [any MixEngine.Type] {
    [SQLiteMix.self, LMDBMix.self, RocksDBMix.self, CareFSMix.self]
  }

  let recorder: Recorder

  func run() throws {
    let options = recorder.options
    let workloads = ["a", "b", "c", "d", "e", "f"]
      .filter { recorder.wants("ycsb_" + $0) }
      .compactMap { MixWorkload($0, folder: options.data) }
    guard !workloads.isEmpty else {
      return Output.note("YCSB: skipped, no parameter files in \(options.data)/suites")
    }
    recorder.note(size: "ycsb_records", String(options.records))
    let kinds = recorder.wanted(Self.kinds) { $0.name }
    try recorder.runs("YCSB", options.runs, of: kinds.count) { folder, order in
      let engines = try order.map { place in
        let kind = kinds[place]
        let engine = try kind.init(
          directory: Folders.part(folder, kind.name), cacheBytes: options.cacheBytes)
        try load(engine)
        return engine
      }
      var records = options.records
      for workload in workloads {
        var ends: Set<[Int]> = []
        for engine in engines { ends.insert(try measure(workload, engine, records)) }
        guard ends.count == 1, let end = ends.first else {
          throw BenchError("ycsb_\(workload.name): reads differ, \(ends)")
        }
        records = end[1]
      }
      for engine in engines { try engine.close() }
    }
  }

  private func load(_ engine: any MixEngine) throws {
    let count = recorder.options.records
    for start in stride(from: 0, to: count, by: 1_000) {
      try engine.insert((start..<min(count, start + 1_000)).map { MixRecord($0) })
    }
    try engine.checkpoint()
  }

  /// Fewer operations where many of them wait for the disk, or read many records.
  private func operations(_ workload: MixWorkload) -> Int {
    let all = recorder.options.operations
    return workload.writes > 0.2 || workload.scans > 0.2 ? max(100, all / 10) : all
  }

  /// What was read, and how many records there are afterwards.
  private func measure(
    _ workload: MixWorkload, _ engine: any MixEngine, _ records: Int
  ) throws -> [Int] {
    let count = operations(workload)
    var operations = MixOperations(workload, records: records)
    var texts = SeededNumbers(seed: 13)
    var read = 0
    let time = try recorder.seconds {
      for _ in 0..<count {
        switch operations.next() {
        case .read(let number): read += try engine.read(MixRecord.key(number))
        case .update(let number, let field):
          try engine.update(MixRecord.key(number), field: field, MixRecord.text(&texts))
        case .insert(let number): try engine.insert([MixRecord(number)])
        case .scan(let number, let count):
          read += try engine.scan(MixRecord.key(number), count: count)
        case .modify(let number, let field):
          read += try engine.modify(
            MixRecord.key(number), field: field, MixRecord.text(&texts))
        }
      }
    }
    try engine.settle()
    recorder.record("ycsb_" + workload.name, type(of: engine).name, Double(count) / time)
    return [read, operations.records]
  }
}
