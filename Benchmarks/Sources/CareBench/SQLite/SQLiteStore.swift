/// A database of SQLite with the settings that all works share.
final class SQLiteStore {
  let database: SQLiteConnection
  private let begin: SQLiteStatement
  private let beginRead: SQLiteStatement
  private let commit: SQLiteStatement
  private let rollback: SQLiteStatement

  /// The checkpoint step is larger than the default: measured faster at every load.
  private static func settings(cacheBytes: Int) -> String {
    """
    PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA cache_size = -\(cacheBytes / 1024); PRAGMA mmap_size = 8589934592;
    PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;
    """
  }

  init(_ path: String, tables: String, cacheBytes: Int) throws {
    database = try SQLiteConnection(path: path)
    try database.execute(Self.settings(cacheBytes: cacheBytes))
    try database.execute(tables)
    begin = try database.prepare("BEGIN IMMEDIATE")
    beginRead = try database.prepare("BEGIN")
    commit = try database.prepare("COMMIT")
    rollback = try database.prepare("ROLLBACK")
  }

  func prepare(_ sql: String) throws -> SQLiteStatement { try database.prepare(sql) }

  func write<R>(_ body: () throws -> R) throws -> R {
    try begin.run()
    do {
      let result = try body()
      try commit.run()
      return result
    } catch {
      try? rollback.run()
      throw error
    }
  }

  func read<R>(_ body: () throws -> R) throws -> R {
    try beginRead.run()
    defer { try? commit.run() }
    return try body()
  }

  /// Lets the log grow.
  func keepLog() throws { try database.execute("PRAGMA wal_autocheckpoint = 0") }

  func checkpoint() throws { try database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  func vacuum() throws {
    try database.execute("VACUUM")
    try checkpoint()
  }
}

/// What works on a database of SQLite.
protocol OnSQLite {
  var store: SQLiteStore { get }
}

extension OnSQLite {
  static var name: String { "sqlite" }

  func write<R>(_ body: () throws -> R) throws -> R { try store.write(body) }

  func read<R>(_ body: () throws -> R) throws -> R { try store.read(body) }

  func checkpoint() throws { try store.checkpoint() }

  func compact() throws -> Bool {
    try store.vacuum()
    return true
  }

  /// The connection closes with the object.
  func close() throws { try store.checkpoint() }
}
