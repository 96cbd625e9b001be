/// SQLite under pairs of bytes: a table without row numbers, which is its fastest for this.
final class SQLitePairs: PairEngine {
  static let name = "sqlite"

  private let database: SQLiteConnection
  private let begin: SQLiteStatement
  private let beginRead: SQLiteStatement
  private let commit: SQLiteStatement
  private let insertPair: SQLiteStatement
  private let pairByKey: SQLiteStatement
  private let pairsFrom: SQLiteStatement
  private let deletePair: SQLiteStatement

  init(directory: String, cacheBytes: Int) throws {
    database = try SQLiteConnection(path: directory + "/pairs.sqlite")
    try database.execute(SQLiteEngine.settings(cacheBytes: cacheBytes))
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)
      WITHOUT ROWID
      """)
    begin = try database.prepare("BEGIN IMMEDIATE")
    beginRead = try database.prepare("BEGIN")
    commit = try database.prepare("COMMIT")
    insertPair = try database.prepare("INSERT INTO pairs VALUES (?, ?)")
    pairByKey = try database.prepare("SELECT value FROM pairs WHERE key = ?")
    pairsFrom = try database.prepare(
      "SELECT value FROM pairs WHERE key >= ? ORDER BY key LIMIT ?")
    deletePair = try database.prepare("DELETE FROM pairs WHERE key = ?")
  }

  /// Lets the log grow.
  func keepsLog() { try? database.execute("PRAGMA wal_autocheckpoint = 0") }

  func put(_ count: Int, _ source: PairSource) throws {
    try begin.run()
    for _ in 0..<count {
      source.next()
      insertPair.bind(1, blob: source.key)
      insertPair.bind(2, blob: source.value)
      try insertPair.run()
    }
    try commit.run()
  }

  func get(_ count: Int, _ source: PairSource) throws -> UInt64 {
    try beginRead.run()
    var sum: UInt64 = 0
    for _ in 0..<count {
      source.next()
      pairByKey.bind(1, blob: source.key)
      if try pairByKey.step() { sum += UInt64(pairByKey.blob(0)[0]) }
      pairByKey.reset()
    }
    try commit.run()
    return sum
  }

  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64 {
    try beginRead.run()
    var sum: UInt64 = 0
    for _ in 0..<count {
      source.next()
      pairsFrom.bind(1, blob: source.key)
      pairsFrom.bind(2, Int64(length))
      while try pairsFrom.step() { sum += UInt64(pairsFrom.blob(0)[0]) }
      pairsFrom.reset()
    }
    try commit.run()
    return sum
  }

  func remove(_ count: Int, _ source: PairSource) throws {
    try begin.run()
    for _ in 0..<count {
      source.next()
      deletePair.bind(1, blob: source.key)
      try deletePair.run()
    }
    try commit.run()
  }

  func checkpoint() throws { try database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  func compact() throws -> Bool {
    try database.execute("VACUUM")
    try checkpoint()
    return true
  }

  func close() throws { try checkpoint() }
}
