/// RocksDB with tables, indexes and references kept by hand: what its users have to write.
final class RocksDBEngine: CareEngine, OnRocksDB {
  var opened: RocksDBStore?
  /// Where rows and keys are put together.
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
  private let keyBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 16)

  init(directory: String, cacheBytes: Int) throws {
    opened = try RocksDBStore(path: directory + "/care.rocksdb", cacheBytes: cacheBytes)
  }

  private init(sharing store: RocksDBStore) { opened = store }

  deinit {
    buffer.deallocate()
    keyBuffer.deallocate()
  }

  var key: RocksDBKey { RocksDBKey(keyBuffer) }

  /// A transaction: durable when the body has returned.
  func write(_ body: (RocksDBBatch) throws -> Void) throws {
    let batch = try RocksDBBatch(try store())
    try body(batch)
    try batch.commit()
  }

  func reader() throws -> any CareEngine { RocksDBEngine(sharing: try store()) }

  func check() throws -> Bool { false }

  func settle() throws { try store().settle() }
}
