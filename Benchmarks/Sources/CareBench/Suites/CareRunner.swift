import Foundation

/// Runs every work of the care workload on every engine, one engine after another within each work,
/// so that a machine that slows down slows all of them.
final class CareRunner {
  private let recorder: Recorder
  private let data: Dataset
  private let kinds: [any CareEngine.Type]
  private var open: [any CareEngine] = []
  private var folder = ""
  private var isFirstRun = true

  private var options: Options { recorder.options }
  private var clock: ContinuousClock { recorder.clock }

  init(_ recorder: Recorder, kinds: [any CareEngine.Type]) {
    self.recorder = recorder
    self.kinds = kinds
    let options = recorder.options
    data = Dataset(
      patients: options.patients, durableCommits: options.durableCommits,
      concurrentCommits: options.concurrentCommits)
  }

  func run() async throws {
    recorder.note(size: "appointments", String(options.patients * 2))
    for run in 0..<options.runs {
      Output.note("care workload, run \(run + 1) of \(options.runs)")
      isFirstRun = run == 0
      folder = try Folders.make(in: options.directory)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let turned = kinds.indices.map { kinds[($0 + run) % kinds.count] }
      open = try turned.map { try $0.init(directory: path(of: $0), cacheBytes: options.cacheBytes) }
      try load()
      try reads()
      try copies()
      try writes()
      try await durable()
      for engine in open { try engine.close() }
      open = []
      try batch(turned)
    }
  }

  private func path(of kind: any CareEngine.Type, _ part: String = "main") throws -> String {
    try Folders.part(folder, part, kind.name)
  }

  // MARK: Measuring

  /// Takes one figure of each engine.
  private func each(
    _ work: String, _ body: (any CareEngine) throws -> Double?
  ) throws {
    guard options.wants(work) else { return }
    for engine in open {
      let value = try body(engine)
      try engine.settle()
      if let value { record(work, type(of: engine).name, value) }
    }
  }

  private func record(_ work: String, _ engine: String, _ value: Double) {
    recorder.record(work, engine, value)
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    try recorder.seconds(body)
  }

  /// A read whose result must be the same on every engine.
  private func read(
    _ work: String, rounds: Int = 1, _ body: (any CareEngine) throws -> Checksum
  ) throws {
    guard options.wants(work) else { return }
    var sums: [(engine: String, sum: Checksum)] = []
    try each(work) { engine in
      _ = try body(engine)
      var sum = Checksum()
      var time = 0.0
      let rounds = type(of: engine).lookupShare == 1 ? rounds : 1
      try engine.warm(work) {
        time = try seconds { for _ in 0..<rounds { sum = try body(engine) } }
      }
      if type(of: engine).lookupShare == 1 { sums.append((type(of: engine).name, sum)) }
      return Double(sum.rows * rounds) / time
    }
    for other in sums.dropFirst() where other.sum != sums[0].sum {
      throw BenchError("\(work): \(sums[0]) but \(other)")
    }
  }

  /// Fails when two engines hold different rows, or an index that disagrees.
  private func verify(_ after: String) throws {
    // It takes longer than some works. What goes wrong in one run does so in the first.
    guard isFirstRun || after == "concurrent_durable" || after == "batch_insert" else { return }
    var first: (engine: String, state: Verification)?
    for engine in open {
      let state = try engine.verification()
      if let first, first.state != state {
        throw BenchError(
          "after \(after): \(first.engine) has \(first.state), \(type(of: engine).name) \(state)")
      }
      first = first ?? (type(of: engine).name, state)
      guard state.statusCounts.reduce(0, +) == state.patients.rows else {
        throw BenchError("after \(after): the status index of \(type(of: engine).name) is wrong")
      }
    }
  }

  // MARK: Works

  private func load() throws {
    for engine in open {
      try engine.insert(doctors: data.doctors)
    }
    try timed("load_patients", rows: data.patients.count) { engine in
      try data.inTransactions(data.patients, of: options.rowsPerTransaction) {
        try engine.insert(patients: $0)
      }
    }
    try timed("load_appointments", rows: data.appointments.count) { engine in
      try data.inTransactions(data.appointments, of: options.rowsPerTransaction) {
        try engine.insert(appointments: $0)
      }
    }
    for engine in open { try engine.checkpoint() }
    try each("file_mb") { Folders.megabytes(try path(of: type(of: $0))) }
    try verify("load")
  }

  /// Work that later works need, so it is done even when its figure is not wanted.
  private func timed(
    _ work: String, rows: Int, _ body: (any CareEngine) throws -> Void
  ) throws {
    for engine in open {
      let time = try seconds { try body(engine) }
      try engine.settle()
      if options.wants(work) { record(work, type(of: engine).name, Double(rows) / time) }
    }
  }

  private func share<Key>(_ keys: [Key], _ engine: any CareEngine) -> [Key] {
    let share = type(of: engine).lookupShare
    return share == 1 ? keys : Array(keys.prefix(max(1, keys.count / share)))
  }

  private func reads() throws {
    try read("get_by_key") { try $0.get(keys: share(self.data.keys, $0)) }
    try read("get_by_unique") { try $0.get(emails: share(self.data.emails, $0)) }
    let doctors = data.doctors.map(\.id)
    try read("index_fetch") { try $0.appointments(ofDoctors: share(doctors, $0)) }
    try read("scan", rounds: 3) { try $0.scanPatients() }
    try read("scan_in_place", rounds: 3) { try $0.visitPatients() }
  }

  /// Check and compact, on a copy of the loaded file.
  private func copies() throws {
    guard ["check_mb_s", "compact_mb_s", "compacted_mb"].contains(where: options.wants) else {
      return
    }
    let files = FileManager.default
    for (place, engine) in open.enumerated() {
      let kind = type(of: engine)
      let main = try path(of: kind)
      let copy = try path(of: kind, "copy")
      try engine.close()
      try files.removeItem(atPath: copy)
      try files.copyItem(atPath: main, toPath: copy)
      open[place] = try kind.init(directory: main, cacheBytes: options.cacheBytes)
      let copied = try kind.init(directory: copy, cacheBytes: options.cacheBytes)
      try copied.settle()
      let size = Folders.megabytes(copy)
      var checked = false
      let checking = try seconds { checked = try copied.check() }
      if checked, options.wants("check_mb_s") { record("check_mb_s", kind.name, size / checking) }
      var compacted = false
      let compacting = try seconds { compacted = try copied.compact() }
      try copied.checkpoint()
      if compacted, options.wants("compact_mb_s") {
        record("compact_mb_s", kind.name, size / compacting)
      }
      if compacted, options.wants("compacted_mb") {
        record("compacted_mb", kind.name, Folders.megabytes(copy))
      }
      guard try copied.verification() == open[place].verification() else {
        throw BenchError("compact of \(kind.name) changed the rows")
      }
      try copied.close()
      try files.removeItem(atPath: copy)
    }
  }

  private func writes() throws {
    guard options.wants("update_indexed") || options.wants("cascade_delete") else { return }
    try each("update_indexed") { engine in
      let time = try seconds {
        try data.inTransactions(data.updates, of: options.rowsPerTransaction) {
          try engine.update(statuses: $0)
        }
      }
      return Double(data.updates.count) / time
    }
    try verify("update_indexed")
    try each("cascade_delete") { engine in
      let time = try seconds {
        try data.inTransactions(data.deletions, of: options.rowsPerTransaction) {
          try engine.delete(patients: $0)
        }
      }
      return Double(data.deletions.count) / time
    }
    try verify("cascade_delete")
  }

  private func durable() async throws {
    if options.wants("durable_floor_us") || options.wants("durable_insert_p50_us") {
      try takeTurnsAtDurableInserts()
      try verify("durable_insert")
    }
    if options.wants("concurrent_durable") {
      for engine in open {
        let start = clock.now
        try await engine.insertConcurrently(data.concurrent, tasks: options.tasks)
        let time = (clock.now - start) / .seconds(1)
        try engine.settle()
        record("concurrent_durable", type(of: engine).name, Double(data.concurrent.count) / time)
      }
      try verify("concurrent_durable")
    }
  }

  /// The engines and the bare disk take turns of a hundred commits, as the disk's own speed wanders
  /// by a third within a minute.
  private func takeTurnsAtDurableInserts() throws {
    let floor = try Floor(directory: folder)
    var floorTimes: [Duration] = []
    var times = [[Duration]](repeating: [], count: open.count)
    for start in stride(from: 0, to: data.durable.count, by: 100) {
      let patients = data.durable[start..<min(data.durable.count, start + 100)]
      for _ in patients { floorTimes.append(try clock.measure { try floor.commit() }) }
      for (i, engine) in open.enumerated() {
        for patient in patients {
          times[i].append(try clock.measure { try engine.insert(patients: [patient][...]) })
        }
      }
    }
    let floorLatencies = Latencies(floorTimes)
    record("durable_floor_us", Engines.bare, floorLatencies.p50)
    recorder.record(commits: floorLatencies.sorted, Engines.bare)
    for (i, engine) in open.enumerated() {
      let name = type(of: engine).name
      let latencies = Latencies(times[i])
      record("durable_insert_p50_us", name, latencies.p50)
      record("durable_insert_p99_us", name, latencies.p99)
      record("durable_insert_p999_us", name, latencies.p999)
      recorder.record(commits: latencies.sorted, name)
    }
  }

  private func batch(_ turned: [any CareEngine.Type]) throws {
    guard options.wants("batch_insert") else { return }
    open = try turned.map {
      try $0.init(directory: path(of: $0, "batch"), cacheBytes: options.cacheBytes)
    }
    let rows = data.doctors.count + data.patients.count + data.appointments.count
    try timed("batch_insert", rows: rows) { try $0.insertAll(data) }
    try verify("batch_insert")
    for engine in open { try engine.close() }
    open = []
  }
}
