/// One work of the benchmark.
struct Work: Sendable {
  let suite: Suite
  let name: String
  let unit: String
  let title: String
  /// Whether a larger figure is the better one.
  let largerIsBetter: Bool
  /// What CareFS is to reach.
  let targets: [Target]

  /// Works that are set up and run together.
  enum Suite: String, CaseIterable, Sendable {
    case care, documents, redb, ycsb, curve, cold, commits, readers, startup

    var title: String {
      switch self {
      case .care: "Care workload"
      case .documents: "FHIR documents"
      case .redb: "Pairs of 24 and 150 bytes, as in redb's benchmark"
      case .ycsb: "YCSB, each operation a transaction"
      case .curve: "Get by key, as the table grows"
      case .cold: "Data eight times the cache"
      case .commits: "Many durable commits"
      case .readers: "Two threads"
      case .startup: "Opening and resting"
      }
    }
  }

  /// Every work, in the order in which it is reported.
  static let all: [Work] = care + documents + pairs + mixes + others

  private static let care: [Work] = [
    Work(
      .care, "load_patients", "rows/s", "load patients, 1,000 a transaction", .times(4, "sqlite"),
      .times(1.5, "lmdb")),
    Work(
      .care, "load_appointments", "rows/s", "load appointments, 1,000 a transaction",
      .times(4, "sqlite"), .times(1.5, "lmdb")),
    Work(
      .care, "batch_insert", "rows/s", "insert everything in one transaction", .times(8, "sqlite"),
      .times(10, "grdb")),
    Work(
      .care, "get_by_key", "ops/s", "get by key", .times(3, "sqlite"), .times(1.5, "lmdb"),
      .times(10, "grdb")),
    Work(
      .care, "get_by_unique", "ops/s", "get by unique e-mail", .times(3, "sqlite"),
      .times(1.5, "lmdb")),
    Work(
      .care, "index_fetch", "rows/s", "rows of one doctor through the index", .times(2.5, "sqlite"),
      .times(1.2, "lmdb")),
    Work(
      .care, "scan", "rows/s", "scan, every column into a struct", .times(1.3, "sqlite"),
      .times(10, "grdb")),
    Work(.care, "scan_in_place", "rows/s", "scan, rows visited in place", .times(4, "sqlite")),
    Work(
      .care, "update_indexed", "rows/s", "update an indexed column, 1,000 a transaction",
      .times(4, "sqlite"), .times(1.5, "lmdb")),
    Work(
      .care, "durable_insert_p50_us", "us", "durable insert, one a commit, p50", larger: false,
      .timesBare(1.15, "durable_floor_us")),
    Work(.care, "durable_insert_p99_us", "us", "durable insert, one a commit, p99", larger: false),
    Work(
      .care, "durable_insert_p999_us", "us", "durable insert, one a commit, p99.9", larger: false),
    Work(.care, "durable_floor_us", "us", "floor: 4 KiB write and sync, p50", larger: false),
    Work(
      .care, "concurrent_durable", "rows/s", "durable inserts from 256 tasks", .times(10, "sqlite")),
    Work(.care, "cascade_delete", "rows/s", "delete patients with cascade", .times(5, "sqlite")),
    Work(.care, "file_mb", "MB", "file after the load", larger: false, .part(0.9, "sqlite")),
    Work(.care, "compacted_mb", "MB", "file after compact", larger: false, .part(0.8, "sqlite")),
    Work(.care, "check_mb_s", "MB/s", "check everything", .times(10, "sqlite")),
    Work(.care, "compact_mb_s", "MB/s", "compact", .times(3, "sqlite")),
    Work(.care, "peak_memory_mb", "MB", "peak memory, load and reads", larger: false),
  ]

  private static let documents: [Work] = [
    Work(
      .documents, "doc_put_mb_s", "MB/s", "put documents, 100 a transaction", .times(1, "sqlite")),
    Work(.documents, "doc_get_mb_s", "MB/s", "get whole documents", .times(1, "sqlite")),
    Work(
      .documents, "doc_path_ops", "ops/s", "one path in the middle or at the end of 100 KB",
      .times(3, "sqlite")),
    Work(
      .documents, "doc_file_mb", "MB", "file after the put", larger: false, .part(0.3, "sqlite")),
    Work(
      .documents, "bundle_put_mb_s", "MB/s", "put bundles of 1.5 MB, one a transaction",
      .times(1, "sqlite")),
    Work(.documents, "bundle_get_mb_s", "MB/s", "get whole bundles", .times(1, "sqlite")),
    Work(.documents, "bundle_path_ops", "ops/s", "one path out of the middle of a bundle"),
    Work(
      .documents, "bundle_file_mb", "MB", "file of the bundles", larger: false,
      .part(0.3, "sqlite")),
    Work(
      .documents, "small_doc_ratio", "x",
      "file of documents under 1 KB, as a part of SQLite's", larger: false, .figure(0.45)),
  ]

  private static let pairs: [Work] = [
    Work(.redb, "redb_bulk", "ms", "bulk load, one transaction", larger: false),
    Work(.redb, "redb_individual", "ms", "individual writes, one a commit", larger: false),
    Work(.redb, "redb_batch", "ms", "batch writes, 1,000 a commit", larger: false),
    Work(.redb, "redb_get", "ms", "random reads", larger: false),
    Work(.redb, "redb_range", "ms", "random range reads of 10", larger: false),
    Work(.redb, "redb_remove", "ms", "removals of half, one transaction", larger: false),
    Work(.redb, "redb_size", "MB", "uncompacted size", larger: false),
    Work(.redb, "redb_compacted", "MB", "compacted size", larger: false),
  ]

  private static let mixes: [Work] = [
    Work(.ycsb, "ycsb_a", "ops/s", "A: half reads, half updates"),
    Work(.ycsb, "ycsb_b", "ops/s", "B: 95 % reads, 5 % updates"),
    Work(.ycsb, "ycsb_c", "ops/s", "C: reads"),
    Work(.ycsb, "ycsb_d", "ops/s", "D: reads of the latest, 5 % inserts"),
    Work(.ycsb, "ycsb_e", "ops/s", "E: short scans, 5 % inserts"),
    Work(.ycsb, "ycsb_f", "ops/s", "F: half reads, half read-modify-writes"),
  ]

  private static let others: [Work] = [
    Work(.curve, "curve_get_1e4", "ops/s", "10 thousand rows"),
    Work(.curve, "curve_get_1e5", "ops/s", "100 thousand rows"),
    Work(.curve, "curve_get_1e6", "ops/s", "1 million rows"),
    Work(.curve, "curve_get_1e7", "ops/s", "10 million rows"),
    Work(.cold, "cold_load", "rows/s", "load patients and appointments", .times(1, "sqlite")),
    Work(.cold, "cold_get", "ops/s", "get by key", .times(1 / 1.3, "sqlite")),
    Work(
      .cold, "cold_memory_mib", "MiB", "peak memory beyond the cache", larger: false, .figure(64)),
    Work(
      .commits, "durable_row_bytes", "bytes", "bytes written for a durable row, pages too",
      larger: false, .part(0.5, "sqlite")),
    Work(
      .commits, "checkpoint_p999_us", "us", "commit beside a checkpoint, p99.9", larger: false),
    Work(
      .commits, "checkpoint_p999_x", "x", "the same, as times p50 without a checkpoint",
      larger: false, .figure(5)),
    Work(.readers, "two_readers", "x", "two readers, as times one", .figure(1.9)),
    Work(
      .readers, "reader_with_writer", "x", "a reader beside a busy writer, as part of alone",
      .figure(0.85)),
    Work(
      .readers, "long_reader_growth_mb", "MB", "file and log beyond those without a long read",
      larger: false, .figure(0)),
    Work(
      .readers, "long_reader_memory_mib", "MiB", "memory beyond the cache under a long read",
      larger: false),
    Work(
      .startup, "open_ms", "ms", "open a closed database of 1 GB and get a row", larger: false,
      .figure(5)),
    Work(
      .startup, "recover_ms", "ms", "open after a crash, 128 MiB of log, and get", larger: false,
      .figure(500)),
    Work(
      .startup, "idle_memory_mib", "MiB", "memory of an idle database beyond its cache",
      larger: false, .figure(2)),
  ]

  private init(
    _ suite: Suite, _ name: String, _ unit: String, _ title: String, larger: Bool = true,
    _ targets: Target...
  ) {
    self.suite = suite
    self.name = name
    self.unit = unit
    self.title = title
    largerIsBetter = larger
    self.targets = targets
  }
}
