/// What works on a database of RocksDB.
protocol OnRocksDB: AnyObject {
  var opened: RocksDBStore? { get set }
}

extension OnRocksDB {
  static var name: String { "rocksdb" }

  @inline(__always) func store() throws -> RocksDBStore {
    guard let opened else { throw BenchError("rocksdb is closed") }
    return opened
  }

  /// There is none to make: what is in memory goes to disk.
  func checkpoint() throws { try store().settle() }

  func compact() throws -> Bool {
    try store().compact()
    return true
  }

  func close() throws { opened = nil }
}
