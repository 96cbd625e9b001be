import CLMDB

/// LMDB under YCSB.
final class LMDBMix: MixEngine, OnLMDB {
  let store: LMDBStore<LMDBTable>
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)

  init(directory: String, cacheBytes: Int) throws {
    store = try LMDBStore(directory + "/mix.lmdb", mapBytes: 4 << 30) {
      try $0.table("usertable", flags: 0)
    }
  }

  deinit { buffer.deallocate() }

  func insert(_ records: [MixRecord]) throws {
    try open().write { transaction in
      for record in records {
        var row = PackedRowWriter(buffer)
        row.put(record)
        try withUTF8(record.key) {
          try transaction.put(
            table, UnsafeRawBufferPointer($0), row.bytes, flags: MDB_NOOVERWRITE)
        }
      }
    }
  }

  func read(_ key: String) throws -> Int {
    try open().read { transaction in
      try withUTF8(key) { bytes in
        guard let row = try transaction.get(table, UnsafeRawBufferPointer(bytes)) else { return 0 }
        return MixRecord(key: key, packed: row).length
      }
    }
  }

  func update(_ key: String, field: Int, _ text: String) throws {
    _ = try change(key, field: field, text, reads: false)
  }

  func scan(_ key: String, count: Int) throws -> Int {
    try open().read { transaction in
      var cursor = try LMDBCursor(transaction, table)
      defer { cursor.close() }
      var length = 0
      var left = count
      var more = try withUTF8(key) { try cursor.seek(UnsafeRawBufferPointer($0)) }
      while more, left > 0 {
        let key = UnsafeRawBufferPointer(start: cursor.key.mv_data, count: cursor.key.mv_size)
        let row = UnsafeRawBufferPointer(start: cursor.value.mv_data, count: cursor.value.mv_size)
        length += MixRecord(key: String(decoding: key, as: UTF8.self), packed: row).length
        left -= 1
        more = try left > 0 && cursor.move(MDB_NEXT)
      }
      return length
    }
  }

  func modify(_ key: String, field: Int, _ text: String) throws -> Int {
    try change(key, field: field, text, reads: true)
  }

  private func change(_ key: String, field: Int, _ text: String, reads: Bool) throws -> Int {
    try open().write { transaction in
      try withUTF8(key) { bytes in
        let bytes = UnsafeRawBufferPointer(bytes)
        guard let row = try transaction.get(table, bytes) else { return 0 }
        let length = reads ? MixRecord(key: key, packed: row).length : 0
        try transaction.put(
          table, bytes, MixRecord.change(row, field: field, text, in: buffer))
        return length
      }
    }
  }
}
