import CLMDB

/// LMDB under pairs of bytes.
final class LMDBPairs: PairEngine {
  static let name = "lmdb"

  private let path: String
  private var environment: LMDBEnvironment?
  private var table: LMDBTable

  init(directory: String, cacheBytes: Int) throws {
    path = directory + "/pairs.lmdb"
    let opened = try LMDBEnvironment(path: path, mapBytes: 16 << 30)
    table = try opened.write { try $0.table("pairs", flags: 0) }
    environment = opened
  }

  private func open() throws -> LMDBEnvironment {
    guard let environment else { throw BenchError("lmdb is closed") }
    return environment
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

  func checkpoint() throws { try open().sync() }

  /// Copies into a new file, syncs it and puts it in the old one's place.
  func compact() throws -> Bool {
    try open().copyInPlace(path)
    environment = nil
    let opened = try LMDBEnvironment(path: path, mapBytes: 16 << 30)
    table = try opened.write { try $0.table("pairs", flags: 0) }
    environment = opened
    return true
  }

  func close() throws { environment = nil }
}
