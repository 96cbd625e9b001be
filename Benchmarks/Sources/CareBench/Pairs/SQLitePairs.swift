/// SQLite under pairs of bytes: a table without row numbers, which is its fastest for this.
final class SQLitePairs: PairEngine, OnSQLite {
  let store: SQLiteStore
  private let insertPair: SQLiteStatement
  private let pairByKey: SQLiteStatement
  private let pairsFrom: SQLiteStatement
  private let deletePair: SQLiteStatement

  init(directory: String, cacheBytes: Int) throws {
    store = try SQLiteStore(
      directory + "/pairs.sqlite",
      tables: """
        CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)
        WITHOUT ROWID
        """, cacheBytes: cacheBytes)
    insertPair = try store.prepare("INSERT INTO pairs VALUES (?, ?)")
    pairByKey = try store.prepare("SELECT value FROM pairs WHERE key = ?")
    pairsFrom = try store.prepare(
      "SELECT value FROM pairs WHERE key >= ? ORDER BY key LIMIT ?")
    deletePair = try store.prepare("DELETE FROM pairs WHERE key = ?")
  }

  func put(_ count: Int, _ source: PairSource) throws {
    try write {
      for _ in 0..<count {
        source.next()
        insertPair.bind(1, blob: source.key)
        insertPair.bind(2, blob: source.value)
        try insertPair.run()
      }
    }
  }

  func get(_ count: Int, _ source: PairSource) throws -> UInt64 {
    try read {
      var sum: UInt64 = 0
      for _ in 0..<count {
        source.next()
        pairByKey.bind(1, blob: source.key)
        if try pairByKey.step() { sum += UInt64(pairByKey.blob(0)[0]) }
        pairByKey.reset()
      }
      return sum
    }
  }

  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64 {
    try read {
      var sum: UInt64 = 0
      for _ in 0..<count {
        source.next()
        pairsFrom.bind(1, blob: source.key)
        pairsFrom.bind(2, Int64(length))
        while try pairsFrom.step() { sum += UInt64(pairsFrom.blob(0)[0]) }
        pairsFrom.reset()
      }
      return sum
    }
  }

  func remove(_ count: Int, _ source: PairSource) throws {
    try write {
      for _ in 0..<count {
        source.next()
        deletePair.bind(1, blob: source.key)
        try deletePair.run()
      }
    }
  }
}
