import GRDB

/// GRDB through a pool of connections, with the settings of the SQLite engine.
final class GRDBEngine: CareEngine {
  static let name = "grdb"
  static let lookupShare = 10

  private var opened: DatabasePool?

  init(directory: String, cacheBytes: Int) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA cache_size = -\(cacheBytes / 1024); PRAGMA mmap_size = 1073741824;
          PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;
          """)
    }
    let pool = try DatabasePool(path: directory + "/care.grdb", configuration: configuration)
    // A pool lowers this when it opens; the other engines' commits are durable.
    try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: SQLiteEngine.tables)
    }
    opened = pool
  }

  func pool() throws -> DatabasePool {
    guard let opened else { throw BenchError("grdb is closed") }
    return opened
  }

  /// A pool serves all threads.
  func reader() throws -> any CareEngine { self }

  func checkpoint() throws {
    _ = try pool().writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  /// What SQLite does, which is measured without GRDB.
  func check() throws -> Bool { false }

  /// What SQLite does, which is measured without GRDB.
  func compact() throws -> Bool { false }

  func close() throws {
    try checkpoint()
    try opened?.close()
    opened = nil
  }
}
