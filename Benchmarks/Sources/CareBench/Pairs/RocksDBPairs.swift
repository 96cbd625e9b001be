import CRocksDB

/// RocksDB under pairs of bytes, written in batches that keep no index of themselves.
final class RocksDBPairs: PairEngine, OnRocksDB {
  /// A batch is kept in memory whole; redb's benchmark splits at this length as well.
  private static let longestBatch = 100_000

  var opened: RocksDBStore?

  init(directory: String, cacheBytes: Int) throws {
    opened = try RocksDBStore(path: directory + "/pairs.rocksdb", cacheBytes: cacheBytes)
  }

  private func write(_ count: Int, _ body: (OpaquePointer) -> Void) throws {
    let store = try store()
    guard let batch = rocksdb_writebatch_create() else { throw BenchError("rocksdb batch") }
    defer { rocksdb_writebatch_destroy(batch) }
    for start in stride(from: 0, to: count, by: Self.longestBatch) {
      rocksdb_writebatch_clear(batch)
      let end = min(count, start + Self.longestBatch)
      for _ in start..<end { body(batch) }
      try rocks { rocksdb_write(store.handle, store.durable, batch, $0) }
    }
  }

  func put(_ count: Int, _ source: PairSource) throws {
    try write(count) { batch in
      source.next()
      rocksdb_writebatch_put(
        batch, source.key.characters, source.key.count, source.value.characters,
        source.value.count)
    }
  }

  func get(_ count: Int, _ source: PairSource) throws -> UInt64 {
    let store = try store()
    var sum: UInt64 = 0
    for _ in 0..<count {
      source.next()
      sum += try store.get(source.key) { UInt64($0[0]) } ?? 0
    }
    return sum
  }

  func scan(_ count: Int, length: Int, _ source: PairSource) throws -> UInt64 {
    let cursor = try RocksDBCursor(try store())
    defer { cursor.close() }
    var sum: UInt64 = 0
    for _ in 0..<count {
      source.next()
      cursor.seek(source.key)
      var left = length
      while left > 0, cursor.isValid {
        sum += UInt64(cursor.value[0])
        left -= 1
        if left > 0 { cursor.next() }
      }
    }
    return sum
  }

  func remove(_ count: Int, _ source: PairSource) throws {
    try write(count) { batch in
      source.next()
      rocksdb_writebatch_delete(batch, source.key.characters, source.key.count)
    }
  }

  func settle() throws { try store().settle() }
}
