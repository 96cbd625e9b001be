import CLMDB

/// LMDB under pairs of bytes.
final class LMDBPairs: PairEngine, OnLMDB {
  let store: LMDBStore<LMDBTable>

  init(directory: String, cacheBytes: Int) throws {
    store = try LMDBStore(directory + "/pairs.lmdb", mapBytes: 16 << 30) {
      try $0.table("pairs", flags: 0)
    }
  }

  func put(_ count: Int, _ source: PairSource) throws {
    try open().write { transaction in
      for _ in 0..<count {
        source.next()
        try transaction.put(table, source.key, source.value)
      }
    }
  }

  func get(_ count: Int, _ source: PairSource) throws -> UInt64 {
    try open().read { transaction in
      var sum: UInt64 = 0
      for _ in 0..<count {
        source.next()
        if let value = try transaction.get(table, source.key) { sum += UInt64(value[0]) }
      }
      return sum
    }
  }

  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64 {
    try open().read { transaction in
      var sum: UInt64 = 0
      var cursor = try LMDBCursor(transaction, table)
      defer { cursor.close() }
      for _ in 0..<count {
        source.next()
        var left = length
        var more = try cursor.seek(source.key)
        while more, left > 0 {
          sum += UInt64(UnsafeRawPointer(cursor.value.mv_data).load(as: UInt8.self))
          left -= 1
          more = try left > 0 && cursor.move(MDB_NEXT)
        }
      }
      return sum
    }
  }

  func remove(_ count: Int, _ source: PairSource) throws {
    try open().write { transaction in
      for _ in 0..<count {
        source.next()
        try transaction.remove(table, source.key)
      }
    }
  }
}
