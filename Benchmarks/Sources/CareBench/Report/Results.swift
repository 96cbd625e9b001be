/// One work of the benchmark.
struct Work: Sendable {
  let name: String
  let unit: String
  let title: String
  /// Whether a larger figure is the better one.
  let largerIsBetter: Bool

  /// Every work, in the order in which it is reported.
  static let all: [Work] = [
    Work("load_patients", "rows/s", "load patients, 1,000 a transaction"),
    Work("load_appointments", "rows/s", "load appointments, 1,000 a transaction"),
    Work("batch_insert", "rows/s", "insert everything in one transaction"),
    Work("get_by_key", "ops/s", "get by key"),
    Work("get_by_unique", "ops/s", "get by unique e-mail"),
    Work("index_fetch", "rows/s", "rows of one doctor through the index"),
    Work("scan", "rows/s", "scan, every column into a struct"),
    Work("scan_in_place", "rows/s", "scan, rows visited in place"),
    Work("update_indexed", "rows/s", "update an indexed column, 1,000 a transaction"),
    Work("durable_insert_p50_us", "us", "durable insert, one a commit, p50", larger: false),
    Work("durable_insert_p99_us", "us", "durable insert, one a commit, p99", larger: false),
    Work("durable_floor_us", "us", "floor: 4 KiB write and sync, p50", larger: false),
    Work("durable_bytes", "bytes", "bytes written for a durable insert", larger: false),
    Work("concurrent_durable", "rows/s", "durable inserts from 256 tasks"),
    Work("cascade_delete", "rows/s", "delete patients with cascade"),
    Work("file_mb", "MB", "file after the load", larger: false),
    Work("compacted_mb", "MB", "file after compact", larger: false),
    Work("check_mb_s", "MB/s", "check everything"),
    Work("compact_mb_s", "MB/s", "compact"),
    Work("peak_memory_mb", "MB", "peak memory, load and reads", larger: false),
  ]

  private init(_ name: String, _ unit: String, _ title: String, larger: Bool = true) {
    self.name = name
    self.unit = unit
    self.title = title
    largerIsBetter = larger
  }
}

/// The figures of all runs.
struct Results: Sendable {
  private var values: [String: [String: [Double]]] = [:]

  mutating func add(_ work: String, _ engine: String, _ value: Double) {
    values[work, default: [:]][engine, default: []].append(value)
  }

  /// The middle one of the runs.
  func median(_ work: String, _ engine: String) -> Double? {
    guard let runs = values[work]?[engine]?.sorted(), !runs.isEmpty else { return nil }
    let middle = runs.count / 2
    return runs.count % 2 == 1 ? runs[middle] : (runs[middle - 1] + runs[middle]) / 2
  }

  /// How many times better the first engine is; the middle one of the ratios within each run.
  func ratio(_ work: Work, _ engine: String, over other: String) -> Double? {
    guard let ours = values[work.name]?[engine], let theirs = values[work.name]?[other] else {
      return nil
    }
    let ratios = zip(ours, theirs)
      .compactMap { pair -> Double? in
        let (over, under) = work.largerIsBetter ? (pair.0, pair.1) : (pair.1, pair.0)
        return under > 0 ? over / under : nil
      }
      .sorted()
    return ratios.isEmpty ? nil : ratios[ratios.count / 2]
  }

  func engines(of work: String) -> [String] { (values[work] ?? [:]).keys.sorted() }
}
