import CareFS

/// So many durable commits of one row that checkpoints come: what they write in all, and how long a
/// commit takes while a checkpoint runs.
struct CommitRunner {
  /// Of fewer than a thousand, the slowest counts.
  private static let fewestCommits = 100

  let recorder: Recorder
  let kinds: [any CareEngine.Type]

  func run() throws {
    let options = recorder.options
    recorder.note(size: "many_commits", String(options.manyCommits))
    let data = Dataset(
      patients: options.patients, durableCommits: options.manyCommits, concurrentCommits: 1)
    try recorder.runs("durable commits", 1, of: kinds.count) { folder, order in
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        try measure(try kind.init(directory: path, cacheBytes: options.cacheBytes), data)
        try Folders.remove(path)
      }
    }
  }

  private func measure(_ engine: any CareEngine, _ data: Dataset) throws {
    let name = type(of: engine).name
    try data.load(into: engine, rowsPerTransaction: recorder.options.rowsPerTransaction)
    try engine.checkpoint()
    var watch = try (engine as? CareFSEngine).map { CheckpointWatch(try $0.database()) }
    let before = Machine.bytesWritten
    var alone: [Duration] = []
    var beside: [Duration] = []
    for patient in data.durable {
      let time = try recorder.clock.measure { try engine.insert(patients: [patient][...]) }
      if watch?.sawCheckpoint() == true { beside.append(time) } else { alone.append(time) }
    }
    // The pages of the last commits count as well.
    try engine.checkpoint()
    if let before, let after = Machine.bytesWritten, recorder.wants("durable_row_bytes") {
      recorder.record(
        "durable_row_bytes", name, Double(after - before) / Double(data.durable.count))
    }
    try engine.close()
    guard watch != nil else { return }
    guard beside.count >= Self.fewestCommits else {
      return Output.note(
        "  checkpoint_p999_x: not measured, \(beside.count) commits ran beside a checkpoint")
    }
    recorder.note(size: "commits_beside_checkpoints", String(beside.count))
    let slow = Latencies(beside).p999
    if recorder.wants("checkpoint_p999_us") { recorder.record("checkpoint_p999_us", name, slow) }
    if recorder.wants("checkpoint_p999_x") {
      recorder.record("checkpoint_p999_x", name, slow / Latencies(alone).p50)
    }
  }
}

/// Tells whether a checkpoint ran since it was asked last, by what the engine counts: first it logs
/// whole pages, which is much more than a commit of one row, then it writes pages, and it is counted at
/// its end. One page alone is the file's header, which changes when the log grows.
private struct CheckpointWatch {
  private static let longestCommit: UInt64 = 48 << 10

  private let database: Database
  private var last: DatabaseMetrics
  private var isRunning = false

  init(_ database: Database) {
    self.database = database
    last = database.metrics
  }

  mutating func sawCheckpoint() -> Bool {
    let now = database.metrics
    let hasWritten =
      now.pagesWritten > last.pagesWritten + 1
      || now.logBytesWritten - last.logBytesWritten > Self.longestCommit
    let hasEnded = now.checkpoints > last.checkpoints
    last = now
    let saw = isRunning || hasWritten || hasEnded
    isRunning = saw && !hasEnded
    return saw
  }
}
