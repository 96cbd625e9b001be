import CRocksDB

/// The writes of one transaction, and what of them its own checks must see: a batch that RocksDB
/// keeps sorted itself (`WriteBatchWithIndex`) is several times slower.
final class RocksDBBatch {
  private let store: RocksDBStore
  private let handle: OpaquePointer
  /// Rows and e-mails that are new in this transaction.
  private var rows: Set<Int64> = []
  private var emails: Set<String> = []
  /// Statuses that this transaction has changed.
  var statuses: [Int64: Int64] = [:]

  init(_ store: RocksDBStore) throws {
    self.store = store
    guard let made = rocksdb_writebatch_create() else { throw BenchError("rocksdb batch") }
    handle = made
  }

  deinit { rocksdb_writebatch_destroy(handle) }

  func commit() throws {
    try rocks { rocksdb_write(store.handle, store.durable, handle, $0) }
  }

  @inline(__always)
  func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    rocksdb_writebatch_put(handle, key.characters, key.count, value.characters, value.count)
  }

  @inline(__always) func delete(_ key: UnsafeRawBufferPointer) {
    rocksdb_writebatch_delete(handle, key.characters, key.count)
  }

  /// Whether a row is there, stored or new in this transaction.
  @inline(__always)
  func contains(_ table: RocksDBTable, _ id: Int64, _ key: UnsafeRawBufferPointer) throws -> Bool {
    if rows.contains(id << 4 | Int64(table.rawValue)) { return true }
    return try store.get(key) { _ in } != nil
  }

  /// Notes a new row; false when it is there already.
  @inline(__always)
  func adds(_ table: RocksDBTable, _ id: Int64, _ key: UnsafeRawBufferPointer) throws -> Bool {
    guard rows.insert(id << 4 | Int64(table.rawValue)).inserted else { return false }
    return try store.get(key) { _ in } == nil
  }

  /// Notes a new e-mail; false when it is taken.
  @inline(__always)
  func adds(_ email: String, _ key: UnsafeRawBufferPointer) throws -> Bool {
    guard emails.insert(email).inserted else { return false }
    return try store.get(key) { _ in } == nil
  }
}
