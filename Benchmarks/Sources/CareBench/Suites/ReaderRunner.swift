import Foundation
import Synchronization

/// Threads that read by key: one, two at once, and one beside a thread that commits without a rest.
struct ReaderRunner {
  private static let keysPerRead = 200
  private static let rowsPerCommit = 100
  /// Less than the pages that a long reader keeps from being replaced.
  private static let longReaderCacheBytes = 8 << 20

  let recorder: Recorder
  let kinds: [any CareEngine.Type]

  func run() throws {
    let options = recorder.options
    if recorder.wants("two_readers") || recorder.wants("reader_with_writer") {
      try runThreads(options)
    }
    if recorder.wants("long_reader_growth_mb") || recorder.wants("long_reader_memory_mib"),
      kinds.contains(where: { $0.name == CareFSEngine.name })
    {
      try runLongReader(options)
    }
  }

  private func runLongReader(_ options: Options) throws {
    recorder.note(size: "long_reader_commits", String(options.longReaderCommits))
    // Twice without the read: when checkpoints come differs, and the log with it by a segment.
    let first = try figures(.noRead, options)
    let with = try figures(.longRead, options)
    let without = zip(first, try figures(.noRead, options)).map { max($0, $1) }
    Output.note("  page file, log, memory: \(without) without the read, \(with) with it")
    if recorder.wants("long_reader_growth_mb") {
      let growth = max(0, with[0] - without[0]) + max(0, with[1] - without[1])
      recorder.record("long_reader_growth_mb", Engines.ours, growth)
    }
    if recorder.wants("long_reader_memory_mib") {
      recorder.record("long_reader_memory_mib", Engines.ours, with[2])
    }
  }

  private func figures(_ child: Child, _ options: Options) throws -> [Double] {
    let figures = try child.figures(
      of: Engines.ours, options, rows: max(8, options.patients / 2),
      cacheBytes: Self.longReaderCacheBytes)
    guard figures.count == 3 else { throw BenchError("\(child.rawValue) gave \(figures)") }
    return figures
  }

  private func runThreads(_ options: Options) throws {
    let data = Dataset(
      patients: min(options.patients, 50_000), durableCommits: 1, concurrentCommits: 1)
    try recorder.runs("readers", options.runs, of: kinds.count) { folder, order in
      for kind in order.map({ kinds[$0] }) {
        let path = try Folders.part(folder, kind.name)
        try measure(
          try kind.init(directory: path, cacheBytes: options.cacheBytes), kind.name, data)
        try Folders.remove(path)
      }
    }
  }

  private func measure(_ engine: any CareEngine, _ name: String, _ data: Dataset) throws {
    try engine.insert(doctors: data.doctors)
    try data.inTransactions(data.patients, of: 10_000) { try engine.insert(patients: $0) }
    try engine.checkpoint()
    let readers = [ThreadBound(try engine.reader()), ThreadBound(try engine.reader())]
    // The first pass fills the caches.
    _ = try gets(readers, data, writer: nil)
    let alone = try gets([readers[0]], data, writer: nil)
    if recorder.wants("two_readers") {
      recorder.record("two_readers", name, try gets(readers, data, writer: nil) / alone)
    }
    if recorder.wants("reader_with_writer") {
      let beside = try gets([readers[0]], data, writer: ThreadBound(engine))
      recorder.record("reader_with_writer", name, beside / alone)
    }
    try engine.close()
  }

  /// Gets a second of all readers together.
  private func gets(
    _ readers: [ThreadBound], _ data: Dataset, writer: ThreadBound?
  ) throws -> Double {
    let rates = Mutex<[Double]>([])
    let failure = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    let start = ContinuousClock.now
    let end = start + .seconds(recorder.options.readerSeconds)
    func onThread(_ body: @escaping @Sendable () throws -> Void) {
      group.enter()
      Thread {
        do { try body() } catch { failure.withLock { $0 = error } }
        group.leave()
      }.start()
    }
    for (place, reader) in readers.enumerated() {
      onThread {
        var count = 0
        var from = place * Self.keysPerRead
        let began = ContinuousClock.now
        while ContinuousClock.now < end {
          let to = min(data.keys.count, from + Self.keysPerRead)
          count += try reader.engine.get(keys: Array(data.keys[from..<to])).rows
          from = to == data.keys.count ? 0 : to
        }
        // The last read may have gone on beyond the end.
        let rate = Double(count) / ((ContinuousClock.now - began) / .seconds(1))
        rates.withLock { $0.append(rate) }
      }
    }
    if let writer {
      onThread {
        var commit = 0
        while ContinuousClock.now < end {
          try writer.engine.update(statuses: data.changes(commit, of: Self.rowsPerCommit))
          commit += 1
        }
      }
    }
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
    return rates.withLock { $0.reduce(0, +) }
  }
}

/// An engine, or a reader of one, that a single thread at a time uses.
private struct ThreadBound: @unchecked Sendable {
  let engine: any CareEngine
  init(_ engine: any CareEngine) { self.engine = engine }
}
