import CRocksDB

/// RocksDB under YCSB.
final class RocksDBMix: MixEngine, OnRocksDB {
  var opened: RocksDBStore?
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

  init(directory: String, cacheBytes: Int) throws {
    opened = try RocksDBStore(path: directory + "/mix.rocksdb", cacheBytes: cacheBytes)
  }

  deinit { buffer.deallocate() }

  func insert(_ records: [MixRecord]) throws {
    let store = try store()
    guard let batch = rocksdb_writebatch_create() else { throw BenchError("rocksdb batch") }
    defer { rocksdb_writebatch_destroy(batch) }
    for record in records {
      var row = PackedRowWriter(buffer)
      row.put(record)
      let bytes = row.bytes
      try withUTF8(record.key) { key in
        let key = UnsafeRawBufferPointer(key)
        guard try store.get(key, { _ in }) == nil else {
          throw BenchError("rocksdb: a record is there")
        }
        rocksdb_writebatch_put(
          batch, key.characters, key.count, bytes.characters, bytes.count)
      }
    }
    try rocks { rocksdb_write(store.handle, store.durable, batch, $0) }
  }

  func read(_ key: String) throws -> Int {
    let store = try store()
    return try withUTF8(key) { bytes in
      try store.get(UnsafeRawBufferPointer(bytes)) { MixRecord(key: key, packed: $0).length } ?? 0
    }
  }

  func update(_ key: String, field: Int, _ text: String) throws {
    _ = try change(key, field: field, text, reads: false)
  }

  func scan(_ key: String, count: Int) throws -> Int {
    let cursor = try RocksDBCursor(try store())
    defer { cursor.close() }
    withUTF8(key) { cursor.seek(UnsafeRawBufferPointer($0)) }
    var length = 0
    var left = count
    while left > 0, cursor.isValid {
      let key = String(decoding: cursor.key, as: UTF8.self)
      length += MixRecord(key: key, packed: cursor.value).length
      left -= 1
      if left > 0 { cursor.next() }
    }
    return length
  }

  func modify(_ key: String, field: Int, _ text: String) throws -> Int {
    try change(key, field: field, text, reads: true)
  }

  /// One writer at a time is all that this workload has, so a get and a put are a transaction.
  private func change(_ key: String, field: Int, _ text: String, reads: Bool) throws -> Int {
    let store = try store()
    return try withUTF8(key) { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      let changed = try store.get(bytes) { row in
        (
          reads ? MixRecord(key: key, packed: row).length : 0,
          MixRecord.change(row, field: field, text, in: buffer)
        )
      }
      guard let (length, row) = changed else { return 0 }
      try rocks {
        rocksdb_put(
          store.handle, store.durable, bytes.characters, bytes.count, row.characters, row.count,
          $0)
      }
      return length
    }
  }

  func settle() throws { try store().settle() }
}
