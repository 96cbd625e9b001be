import CRocksDB

/// A walk over the keys that begin alike.
struct RocksDBCursor {
  private let handle: OpaquePointer

  init(_ store: RocksDBStore) throws {
    guard let made = rocksdb_create_iterator(store.handle, store.readOptions) else {
      throw BenchError("rocksdb iterator")
    }
    handle = made
  }

  func close() { rocksdb_iter_destroy(handle) }

  @inline(__always) var key: UnsafeRawBufferPointer {
    var count = 0
    let start = rocksdb_iter_key(handle, &count)
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  @inline(__always) var value: UnsafeRawBufferPointer {
    var count = 0
    let start = rocksdb_iter_value(handle, &count)
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  @inline(__always) var isValid: Bool { rocksdb_iter_valid(handle) != 0 }

  @inline(__always) func seek(_ key: UnsafeRawBufferPointer) {
    rocksdb_iter_seek(handle, key.characters, key.count)
  }

  @inline(__always) func next() { rocksdb_iter_next(handle) }

  /// Calls with each key that begins with these bytes.
  @inline(__always)
  func forEach(
    prefix: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    seek(prefix)
    while isValid {
      let key = key
      guard key.starts(with: prefix) else { break }
      try body(key)
      next()
    }
    try rocks { rocksdb_iter_get_error(handle, $0) }
  }
}
