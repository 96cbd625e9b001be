import CareFS
import Foundation

/// What engines take of this process's memory. The system's figures are in KiB, these in MiB.
enum MemoryProbe {
  private static let status = "/proc/self/status"
  private static var untold: BenchError { BenchError("the system tells no process's memory") }

  /// Takes the peak from here on.
  struct Peak {
    private let before: Int

    init() throws {
      try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
      guard let now = Machine.counter("VmRSS", in: status) else { throw untold }
      before = now
    }

    /// What came on top at the most, memory maps counted.
    func growth() throws -> Double {
      guard let most = Machine.counter("VmHWM", in: status) else { throw untold }
      return Double(max(0, most - before)) / 1024
    }
  }

  /// What one engine adds at its peak: a load, gets and a scan.
  static func peakOfLoad(_ kind: any CareEngine.Type, _ options: Options) throws -> Double {
    let data = Dataset(patients: options.patients, durableCommits: 1, concurrentCommits: 1)
    let folder = try Folders.make(in: options.directory)
    defer { try? Folders.remove(folder) }
    let peak = try Peak()
    let engine = try kind.init(directory: folder, cacheBytes: options.cacheBytes)
    try data.load(into: engine, rowsPerTransaction: options.rowsPerTransaction)
    _ = try engine.get(keys: data.keys)
    _ = try engine.scanPatients()
    try engine.close()
    return try peak.growth()
  }

  /// Opens the database in the folder, reads all of it, changes some of it, lets it rest, and returns
  /// what it holds then beyond the pages in its cache. What is mapped from files does not count: the
  /// program itself is.
  static func idle(_ options: Options) throws -> Double {
    let changes = (1...Int64(100)).map { (id: $0, status: $0 % 3) }
    // Whatever the program itself needs once is there before.
    for _ in 0..<2 { _ = Machine.counter("RssAnon", in: status) }
    guard let before = Machine.counter("RssAnon", in: status) else { throw untold }
    let engine = try CareFSEngine(
      directory: options.directory ?? ".", cacheBytes: options.cacheBytes)
    _ = try engine.scanPatients()
    _ = try engine.get(keys: Array(1...Int64(1_000)))
    _ = try engine.appointments(ofDoctors: Array(1...Int64(20)))
    for start in stride(from: 0, to: changes.count, by: 10) {
      try engine.update(statuses: changes[start..<start + 10])
    }
    Thread.sleep(forTimeInterval: 0.5)
    guard let after = Machine.counter("RssAnon", in: status) else { throw untold }
    let cached = try engine.database().metrics.pageBuffersInUse * DatabaseOptions().pageSize
    try engine.close()
    return (Double(after - before) - Double(cached) / 1024) / 1024
  }
}
